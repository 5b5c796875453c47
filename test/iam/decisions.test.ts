/** Every identity of the sample against every place, bucket, key and action: allowed exactly where the plan says. */

import { assert } from "chai";
import type { Identity } from "../../compiler/emit/permissions/permissions.ts";
import { stagedDatasets } from "../../compiler/plan/types.ts";
import { HOME } from "../../setup/node.mjs";
import { decide } from "./evaluate.ts";
import { documentsOf, type Subject, settingsFrom, subjectOf } from "./subjects.ts";

const READ = ["s3:GetObject"];
const WRITE = ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"];
const NEVER = [
  "s3:PutObjectAcl",
  "s3:DeleteObjectVersion",
  "s3:PutBucketPolicy",
  "s3:DeleteBucket",
  "s3:PutLifecycleConfiguration",
];
const VIA_S3 = { "kms:viaservice": "s3.eu-central-1.amazonaws.com" };

/** Counts what was decided, so that a test that decides nothing fails. */
let decisions = 0;

function expectAllowed(identity: Identity, request: Parameters<typeof decide>[1], expected: boolean): void {
  decisions += 1;
  const { allowed } = decide(documentsOf(identity), request);
  const what = `${identity.kind} ${identity.subject} ${request.action} ${request.resource} ${JSON.stringify(request.context ?? {})}`;
  assert.equal(allowed, expected, what);
}

for (const stack of ["dev", "prod"]) {
  describe(`who may do what in ${stack}`, () => {
    let subject: Subject;
    let places: { location: string; bucket: string; prefix: string }[];
    before(async () => {
      subject = await subjectOf(HOME, settingsFrom(stack, { buckets: { "postgres-repo": {} } }));
      const all = stagedDatasets(subject.plan).flatMap(({ reads, target }) => [...reads, ...(target ? [target] : [])]);
      places = [...new Map(all.map((each) => [each.location, each])).values()];
    });

    const of = (kind: Identity["kind"]) => subject.identities.filter((each) => each.kind === kind);
    const lake = () => subject.bindings.buckets[0]?.physical ?? "";
    const object = (bucket: string, key: string) => `arn:aws:s3:::${bucket}/${key}`;

    it("every job reads its sources, writes its targets, lists both, and touches no other place", () => {
      for (const identity of of("job")) {
        const stage = subject.plan.stages.find(({ name }) => name === identity.subject);
        const targets = stage?.datasets.flatMap(({ target }) => target?.location ?? []) ?? [];
        const sources = stage?.datasets.flatMap(({ reads }) => reads.map(({ location }) => location)) ?? [];
        assert.isAtLeast(targets.length, 1);
        for (const { location, prefix } of places) {
          const writes = targets.includes(location);
          const reads = writes || sources.includes(location);
          for (const key of [`${prefix}part-0.parquet`, `${prefix}_strata/attempts/x/part-0.parquet`]) {
            for (const action of READ) expectAllowed(identity, { action, resource: object(lake(), key) }, reads);
            for (const action of WRITE) expectAllowed(identity, { action, resource: object(lake(), key) }, writes);
            for (const action of NEVER) expectAllowed(identity, { action, resource: object(lake(), key) }, false);
          }
          // A neighbour whose name begins like the target's is another's.
          const neighbour = `${prefix.slice(0, -1)}_copy/part-0.parquet`;
          for (const action of [...READ, ...WRITE])
            expectAllowed(identity, { action, resource: object(lake(), neighbour) }, false);
          const list = (value: string) => ({
            action: "s3:ListBucket",
            resource: `arn:aws:s3:::${lake()}`,
            context: { "s3:prefix": value },
          });
          expectAllowed(identity, list(prefix), reads);
          expectAllowed(identity, list(`${prefix}day=1/`), reads);
          expectAllowed(identity, list(`${prefix.split("/")[0]}/`), false);
        }
        expectAllowed(
          identity,
          { action: "s3:ListBucket", resource: `arn:aws:s3:::${lake()}`, context: { "s3:prefix": "" } },
          false,
        );
      }
    });

    it("a job reads code and writes none; has its own state and no other stage's", () => {
      const { codeBucket, stateBucket, resultsBucket } = subject.bindings;
      for (const identity of of("job")) {
        for (const key of ["code/0/job.py", "groups/bookings/0.json"]) {
          expectAllowed(identity, { action: "s3:GetObject", resource: object(codeBucket, key) }, true);
          for (const action of WRITE) expectAllowed(identity, { action, resource: object(codeBucket, key) }, false);
        }
        expectAllowed(identity, { action: "s3:GetObject", resource: object(codeBucket, "groups/other/0.json") }, false);
        for (const { stage, statePrefix } of subject.bindings.stages)
          for (const action of ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"])
            expectAllowed(
              identity,
              { action, resource: object(stateBucket, `${statePrefix}x`) },
              stage === identity.subject,
            );
        for (const action of [...READ, ...WRITE])
          expectAllowed(identity, { action, resource: object(resultsBucket, "x") }, false);
      }
    });

    it("keys are used through S3 only, and only the stack's", () => {
      const { dataKey = "", operationsKey = "" } = subject.bindings;
      const foreign = dataKey.replace("data", "DATA");
      for (const identity of of("job")) {
        expectAllowed(identity, { action: "kms:Decrypt", resource: dataKey, context: VIA_S3 }, true);
        expectAllowed(identity, { action: "kms:Decrypt", resource: operationsKey, context: VIA_S3 }, true);
        expectAllowed(identity, { action: "kms:GenerateDataKey", resource: dataKey, context: VIA_S3 }, true);
        expectAllowed(identity, { action: "kms:GenerateDataKey", resource: operationsKey, context: VIA_S3 }, false);
        for (const action of ["kms:Decrypt", "kms:GenerateDataKey", "kms:ScheduleKeyDeletion", "kms:PutKeyPolicy"]) {
          expectAllowed(identity, { action, resource: dataKey }, false);
          expectAllowed(identity, { action, resource: foreign, context: VIA_S3 }, false);
        }
      }
    });

    it("the state machine starts its jobs and crawlers, and touches no data", () => {
      const [identity] = of("state-machine");
      assert.isDefined(identity);
      if (identity === undefined) return;
      const glue = (resource: string) => `arn:aws:glue:eu-central-1:111111111111:${resource}`;
      for (const { job } of subject.bindings.stages) {
        for (const action of ["glue:StartJobRun", "glue:GetJobRun", "glue:BatchStopJobRun"])
          expectAllowed(identity, { action, resource: glue(`job/${job}`) }, true);
        for (const action of ["glue:UpdateJob", "glue:DeleteJob", "iam:PassRole"])
          expectAllowed(identity, { action, resource: glue(`job/${job}`) }, false);
        expectAllowed(identity, { action: "glue:StartJobRun", resource: glue(`job/${job}2`) }, false);
      }
      for (const { name } of subject.bindings.crawlers)
        expectAllowed(identity, { action: "glue:StartCrawler", resource: glue(`crawler/${name}`) }, true);
      for (const { prefix } of places)
        for (const action of [...READ, ...WRITE, "s3:ListBucket"])
          expectAllowed(identity, { action, resource: object(lake(), `${prefix}x`) }, false);
    });

    it("a crawler reads its own tables and writes its own database only", () => {
      for (const identity of of("crawler")) {
        const crawler = subject.plan.crawlers.find(({ name }) => name === identity.subject);
        for (const { prefix } of places) {
          const own = prefix.startsWith(crawler?.prefix ?? "?");
          expectAllowed(identity, { action: "s3:GetObject", resource: object(lake(), `${prefix}x`) }, own);
          for (const action of WRITE)
            expectAllowed(identity, { action, resource: object(lake(), `${prefix}x`) }, false);
        }
        const table = (database: string) => `arn:aws:glue:eu-central-1:111111111111:table/${database}/x`;
        for (const action of ["glue:UpdateTable", "glue:CreatePartitionIndex", "glue:GetPartitionIndexes"])
          expectAllowed(identity, { action, resource: table(subject.bindings.database) }, true);
        expectAllowed(identity, { action: "glue:UpdateTable", resource: table("other") }, false);
        expectAllowed(identity, { action: "glue:DeleteTable", resource: table(subject.bindings.database) }, false);
      }
    });

    it("analysts query the catalogued tables in their workgroup, and nothing before them", () => {
      const [identity] = of("readers");
      assert.isDefined(identity);
      if (identity === undefined) return;
      for (const { prefix } of places) {
        const gold = prefix.startsWith("gold/");
        expectAllowed(identity, { action: "s3:GetObject", resource: object(lake(), `${prefix}x`) }, gold);
        for (const action of WRITE) expectAllowed(identity, { action, resource: object(lake(), `${prefix}x`) }, false);
      }
      const group = (name: string) => `arn:aws:athena:eu-central-1:111111111111:workgroup/${name}`;
      expectAllowed(
        identity,
        { action: "athena:StartQueryExecution", resource: group(subject.bindings.workgroup) },
        true,
      );
      expectAllowed(identity, { action: "athena:StartQueryExecution", resource: group("primary") }, false);
      expectAllowed(identity, { action: "athena:UpdateWorkGroup", resource: group(subject.bindings.workgroup) }, false);
      const database = (name: string) => `arn:aws:glue:eu-central-1:111111111111:database/${name}`;
      for (const action of ["glue:GetDatabase", "glue:CreateDatabase"])
        expectAllowed(identity, { action, resource: database("default") }, true);
      const own = database(subject.bindings.database);
      expectAllowed(identity, { action: "glue:CreateDatabase", resource: own }, false);
      const { resultsBucket, workgroup } = subject.bindings;
      expectAllowed(identity, { action: "s3:PutObject", resource: object(resultsBucket, `${workgroup}/x.csv`) }, true);
      expectAllowed(identity, { action: "s3:GetObject", resource: object(resultsBucket, "other/x.csv") }, false);
    });

    it("no role may do anything in the other stack, change identities, or assume another's role", () => {
      const other = stack === "dev" ? "prod" : "dev";
      for (const identity of subject.identities) {
        for (const { prefix } of places)
          for (const action of [...READ, ...WRITE])
            expectAllowed(
              identity,
              { action, resource: object(`postgres-repo-${other}-111111111111`, `${prefix}x`) },
              false,
            );
        for (const action of [
          "iam:PassRole",
          "iam:CreateRole",
          "iam:PutRolePolicy",
          "sts:AssumeRole",
          "glue:CreateJob",
          "lambda:UpdateFunctionCode",
        ])
          expectAllowed(identity, { action, resource: "*" }, false);
      }
    });
  });
}

after(() => {
  if (decisions > 0) assert.isAtLeast(decisions, 4000, "at least 2,000 decisions a stack");
});

describe("what S3 needs to answer that a key is missing", () => {
  it("a HEAD has no prefix: a job may find a key missing in its buckets, and in no other", async () => {
    const subject = await subjectOf(HOME, settingsFrom("dev", { buckets: { "postgres-repo": {} } }));
    for (const identity of subject.identities.filter(({ kind }) => kind === "job")) {
      expectAllowed(
        identity,
        { action: "s3:ListBucket", resource: "arn:aws:s3:::postgres-repo-dev-111111111111" },
        true,
      );
      expectAllowed(
        identity,
        { action: "s3:ListBucket", resource: "arn:aws:s3:::strata-code-dev-111111111111" },
        false,
      );
    }
  });
});
