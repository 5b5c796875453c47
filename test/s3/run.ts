/**
 * Every S3 request of a real run, put to the policies of the stage's role: none is denied, and no statement is idle.
 *
 * moto replaces S3: it proves which requests the job sends, not how S3 answers them.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import { groupsOf } from "../../compiler/emit/job/groups.ts";
import { publishOf } from "../../compiler/emit/job/publish.ts";
import type { Statement } from "../../compiler/emit/permissions/document.ts";
import { bind } from "../../compiler/plan/bind.ts";
import { HOME } from "../../setup/node.mjs";
import { strata } from "../cli/strata.ts";
import { decide, type Request } from "../iam/evaluate.ts";
import { documentsOf, type Subject, settingsFrom, subjectOf } from "../iam/subjects.ts";
import { type Moto, startMoto } from "../moto.ts";
import { permissionsNeeded } from "./authorize.ts";
import { contentOf, oneDataset } from "./commits.ts";
import { createBucket, type Jobs, s3At, startJobs, upload } from "./jobs.ts";
import { type Recorded, type Recorder, startRecorder } from "./recorder.ts";

const BUCKET = "postgres-repo-dev-111111111111";

/** Statements that this run has no use for, each with the reason; all others must be used. */
const IDLE: Readonly<Record<string, string>> = {
  ReadCode: "Glue's own agent reads the script and the package before our code runs; groups are in the definition",
  Decrypt: "moto has no KMS behind its S3; KMS decides by the same bucket's key",
  Encrypt: "as Decrypt",
  ReadSecurity: "Glue's own agent reads the security configuration",
  WriteLogs: "Glue's own agent writes the logs",
};

/** Defines the tests of a run; `idle` are further statements without use on this engine, each with the reason. */
export function defineRun(
  engine: "sail" | "spark",
  python: string,
  jars: string,
  idle: Readonly<Record<string, string>> = {},
) {
  let moto: Moto;
  let recorder: Recorder;
  let jobs: Jobs;
  let subject: Subject;
  const lake = mkdtempSync(join(tmpdir(), "strata-lake-"));
  const used = new Set<string>();
  const denied: string[] = [];
  let count = 0;

  before(async function () {
    this.timeout(300_000);
    subject = await subjectOf(HOME, settingsFrom("dev", { buckets: { "postgres-repo": {} } }));
    const { code } = await strata(["data", "--lake", lake]);
    assert.equal(code, 0);
    moto = await startMoto();
    recorder = await startRecorder(moto.url);
    await upload(s3At(moto.url), join(lake, "postgres-repo"), BUCKET);
    await createBucket(s3At(moto.url), subject.bindings.stateBucket);
    jobs = startJobs(python, engine, recorder.url, jars);
  });
  after(() => {
    jobs?.stop();
    recorder?.stop();
    moto?.stop();
    rmSync(lake, { recursive: true, force: true });
  });

  it("runs all stages, and no request is denied to the stage's role", async function () {
    this.timeout(300_000);
    const { plan, bindings } = subject;
    const physical = bind(plan, bindings);
    const publish = publishOf(physical);
    for (const [index, { stage, json }] of groupsOf(physical).entries()) {
      recorder.take();
      const { status, failed } = await jobs.run({
        "--group_list": json,
        "--publish": publish[index]?.json ?? "",
        "--stage": stage,
        "--pipeline": "bookings",
        "--params": JSON.stringify(Object.fromEntries(plan.params.map((param) => [param.name, param.default]))),
        "--param_types": JSON.stringify(Object.fromEntries(plan.params.map(({ name, type }) => [name, type]))),
        "--state": `s3://${bindings.stateBucket}/${bindings.stages[index]?.statePrefix}`,
      });
      assert.equal(status, "SUCCEEDED", failed.join("\n"));
      const identity = subject.identities.find((each) => each.kind === "job" && each.subject === stage);
      assert.isDefined(identity);
      for (const request of recorder.take()) {
        count += 1;
        for (const needed of permissionsNeeded(request))
          note(identity ? documentsOf(identity) : [], stage, request, needed);
      }
    }
    assert.deepEqual(denied, []);
    assert.isAbove(count, 100, "requests were recorded");
  });

  for (const [write, rows, folder] of [
    ["replace", 1, ""],
    ["append", 2, ""],
    ["replace_partitions", 1, "k=1/"],
  ] as const)
    it(`commits twice with ${write}: the record and a listing agree`, async function () {
      this.timeout(300_000);
      const target = `s3://${BUCKET}/committed/${write}/`;
      for (const execution of ["one", "two"]) {
        const { status, failed } = await jobs.run(oneDataset(target, write, folder !== "", execution));
        assert.equal(status, "SUCCEEDED", failed.join("\n"));
      }
      const { record, listed } = await contentOf(s3At(moto.url), target);
      assert.deepInclude(record, { generation: 2, published: true, write, rows });
      assert.deepEqual(record.executions, ["p/one", "p/two"]);
      const committed = record.files.map(({ path }) => `${path}`);
      assert.sameMembers(listed, ["_strata/commit.json", ...committed]);
      for (const path of committed) assert.isTrue(path.startsWith(`${folder}part-`), path);
      recorder.take();
    });

  it("no statement about S3 is idle without a reason", () => {
    const all = subject.identities
      .filter(({ kind }) => kind === "job")
      .flatMap((identity) => documentsOf(identity).flatMap(({ Statement }) => Statement.map(({ Sid }) => Sid)));
    assert.deepEqual(
      [...new Set(all)].filter((sid) => !used.has(sid) && !(sid in IDLE) && !(sid in idle)),
      [],
    );
  });

  function note(documents: Parameters<typeof decide>[0], stage: string, request: Recorded, needed: Request): void {
    const { allowed, by } = decide(documents, needed);
    if (!allowed)
      denied.push(
        `${stage}: ${needed.action} ${needed.resource} ${JSON.stringify(needed.context ?? {})} (${request.method} → ${request.status})`,
      );
    for (const { Sid } of by as Statement[]) used.add(Sid);
  }
}
