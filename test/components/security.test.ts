/** What a security review checks in a stack, on mocks: keys, logs, boundaries, networks, separation, protection. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { folderOf, removeFolders, SHOP, strata } from "../cli/strata.ts";
import { byName, DEV, type Registered, runStack, type StackRun } from "./stack.ts";

const of = (resources: readonly Registered[], type: string) => Object.values(byName(resources, type));

interface LifecycleRule {
  readonly filter?: { readonly prefix?: string };
  readonly expiration?: { readonly days: number };
  readonly noncurrentVersionExpiration?: { readonly noncurrentDays: number };
}

const rulesOf = (resources: readonly Registered[], bucket: string) =>
  byName(resources, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")[bucket]
    ?.rules as LifecycleRule[];
const BUCKET = "aws:s3/bucket:Bucket";
const ROLES = "aws:iam/role:Role";

describe("a stack's security", function () {
  this.timeout(180_000);
  /** A root whose pipeline has no function, which takes most of a run, and what a stack with one asks for. */
  let root: string;
  let withFunction: string;
  let plain: StackRun;
  before(async () => {
    root = folderOf(SHOP);
    withFunction = folderOf({ ...SHOP, "pipelines/shop/pipeline.yaml": "setup: runtime\n" });
    plain = await runStack(withFunction, "dev", DEV);
  });
  after(removeFolders);

  it("encrypts everything by keys of its own, which rotate", async () => {
    const { resources } = plain;
    const keys = of(resources, "aws:kms/key:Key");
    assert.lengthOf(keys, 2);
    for (const key of keys) assert.isTrue(key.enableKeyRotation);
    const encryption = byName(
      resources,
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    );
    const algorithms = Object.fromEntries(
      Object.entries(encryption).map(([name, { rules }]) => [name, JSON.stringify(rules).includes('"aws:kms"')]),
    );
    assert.deepEqual(algorithms, {
      "lake/lake": true,
      "athena-results": true,
      state: true,
      code: true,
      "access-logs": false,
    });
    for (const group of of(resources, "aws:cloudwatch/logGroup:LogGroup"))
      assert.match(String(group.kmsKeyId), /keys\/operations/);
    for (const topic of of(resources, "aws:sns/topic:Topic"))
      assert.match(String(topic.kmsMasterKeyId), /keys\/operations/);
    const jobs = [...of(resources, "aws:glue/job:Job"), ...of(resources, "aws:glue/crawler:Crawler")];
    assert.isNotEmpty(jobs);
    for (const job of jobs) assert.equal(job.securityConfiguration, "strata-dev");
    const [configuration] = of(resources, "aws:glue/securityConfiguration:SecurityConfiguration");
    assert.match(JSON.stringify(configuration), /SSE-KMS.*CSE-KMS|CSE-KMS.*SSE-KMS/);
    assert.match(JSON.stringify(of(resources, "aws-native:athena:WorkGroup")), /"SSE_KMS"/);
  });

  it("can leave keys to S3 and CloudWatch", async () => {
    const { resources } = await runStack(root, "dev", { ...DEV, encryption: "s3" });
    assert.lengthOf(of(resources, "aws:kms/key:Key"), 1, "alerts need a key: EventBridge cannot use AWS's own of SNS");
    assert.isEmpty(of(resources, "aws:glue/securityConfiguration:SecurityConfiguration"));
    const rest = JSON.stringify(
      resources.filter(({ type }) => !type.startsWith("aws:sns") && !type.startsWith("aws:kms")),
    );
    assert.notMatch(rest, /aws:kms"|SSE_KMS|kmsKeyId|the-stacks-own-key/);
  });

  it("leaves no placeholder of a key in any policy", async () => {
    const { resources } = plain;
    assert.notInclude(JSON.stringify(resources), "the-stacks-own-key");
    assert.include(JSON.stringify(of(resources, "aws:iam/rolePolicy:RolePolicy")), "aws:kms/key:Key/keys/data");
  });

  it("stores code only where it is encrypted and versioned, and lets none of it expire", async () => {
    const large = `SELECT sum(amount) AS total FROM orders_bronze -- ${"x".repeat(140_000)}\n`;
    const { resources, options } = await runStack(folderOf({ ...SHOP, "sql/shop/totals.sql": large }), "dev", DEV);
    const objects = Object.keys(byName(resources, "aws:s3/bucketObjectv2:BucketObjectv2"));
    assert.lengthOf(objects, 3, "the entry point, the package, a group");
    for (const name of objects) {
      const { dependencies, retainOnDelete } = options[`aws:s3/bucketObjectv2:BucketObjectv2::${name}`] ?? {};
      const of = (type: string) => `aws:s3/${type}:${type[0]?.toUpperCase()}${type.slice(1)}::code`;
      assert.includeMembers(
        [...(dependencies?.bucket ?? [])],
        ["bucketVersioning", "bucketServerSideEncryptionConfiguration", "bucketPolicy"].map(of),
      );
      assert.isTrue(retainOnDelete, name);
    }
    assert.isEmpty(rulesOf(resources, "code").filter(({ expiration }) => expiration !== undefined));
  });

  it("logs every access, keeps old versions a month, and expires what a killed job leaves", async () => {
    const { resources } = plain;
    const buckets = Object.keys(byName(resources, BUCKET));
    assert.sameMembers(
      Object.keys(byName(resources, "aws:s3/bucketLogging:BucketLogging")),
      buckets.filter((name) => name !== "access-logs"),
    );
    for (const type of [
      "bucketVersioning:BucketVersioning",
      "bucketPublicAccessBlock:BucketPublicAccessBlock",
      "bucketPolicy:BucketPolicy",
      "bucketOwnershipControls:BucketOwnershipControls",
    ])
      assert.sameMembers(Object.keys(byName(resources, `aws:s3/${type}`)), buckets);
    const lake = JSON.stringify(
      byName(resources, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")["lake/lake"],
    );
    assert.match(lake, /"prefix":"[^"]*\/_strata\/attempts\/"/);
    assert.match(lake, /"abortIncompleteMultipartUpload":\{"daysAfterInitiation":7\}/);
  });

  it("expires attempts only after any pause of a pipeline, and never a commit record, what is kept, or data", async () => {
    const rules = rulesOf(plain.resources, "lake/lake");
    const expiring = rules.filter(({ expiration }) => expiration !== undefined);
    assert.sameMembers(
      expiring.map(({ filter }) => filter?.prefix),
      ["bronze/orders/_strata/attempts/", "gold/totals/_strata/attempts/"],
    );
    for (const { expiration } of expiring) assert.isAbove(expiration?.days ?? 0, 366, "a yearly run finds its commit");
    for (const key of ["commit.json", "kept/3/part-0.parquet"])
      for (const { filter } of expiring) assert.isFalse(`gold/totals/_strata/${key}`.startsWith(filter?.prefix ?? ""));
  });

  it("keeps rows that failed an expectation for a month, encrypted, for their stage alone", async () => {
    const { resources, options } = plain;
    const samples = rulesOf(resources, "state").filter(({ expiration }) => expiration !== undefined);
    assert.sameDeepMembers(
      samples.map(({ filter, expiration, noncurrentVersionExpiration: old }) => [
        filter?.prefix,
        expiration?.days,
        old?.noncurrentDays,
      ]),
      [
        ["shop/bronze/samples/", 30, 1],
        ["shop/gold/samples/", 30, 1],
      ],
    );
    const jobs = byName(resources, "aws:glue/job:Job");
    for (const stage of ["bronze", "gold"]) {
      const { "--state": state } = { ...(jobs[`shop/${stage}`]?.defaultArguments as Record<string, string>) };
      assert.equal(state, `s3://strata-state-dev-111111111111/shop/${stage}/`);
    }
    const policy = JSON.stringify(byName(resources, "aws:s3/bucketPolicy:BucketPolicy").state);
    assert.include(policy, "aws:SecureTransport");
    assert.isTrue(options[`${BUCKET}::state`]?.protect);
  });

  it("bounds every role, and puts roles and policies on the path", async () => {
    const boundary = "arn:aws:iam::111111111111:policy/boundary";
    const { resources } = await runStack(withFunction, "dev", {
      ...DEV,
      permissionsBoundary: boundary,
      rolePath: "/strata/",
    });
    const roles = of(resources, ROLES);
    assert.isAtLeast(roles.length, 4);
    for (const role of roles) assert.deepInclude(role, { permissionsBoundary: boundary, path: "/strata/" });
    for (const policy of of(resources, "aws:iam/policy:Policy")) assert.deepInclude(policy, { path: "/strata/" });
  });

  it("attaches no policy of AWS's", async () => {
    const { resources } = plain;
    assert.notMatch(JSON.stringify(resources), /iam::aws:policy/);
  });

  it("runs jobs and crawlers in a subnet by a connection of its own, or by one that is there", async () => {
    const subnet = { subnetId: "subnet-0a", availabilityZone: "eu-central-1a", securityGroupIds: ["sg-0a"] };
    const own = await runStack(root, "dev", { ...DEV, network: subnet });
    assert.lengthOf(of(own.resources, "aws:glue/connection:Connection"), 1);
    for (const job of of(own.resources, "aws:glue/job:Job")) assert.deepEqual(job.connections, ["strata-dev"]);
    assert.include(JSON.stringify(of(own.resources, "aws:glue/crawler:Crawler")), '"connectionName":"strata-dev"');
    const given = await runStack(root, "dev", { ...DEV, network: { connections: ["theirs"] } });
    assert.isEmpty(of(given.resources, "aws:glue/connection:Connection"));
    for (const job of of(given.resources, "aws:glue/job:Job")) assert.deepEqual(job.connections, ["theirs"]);
    const half = await runStack(root, "dev", { ...DEV, network: { subnetId: "subnet-0a" } });
    assert.match(half.error ?? "", /D003[\s\S]*strata:network/);
  });

  it("asks Lake Formation where it governs the database", async () => {
    const { resources } = await runStack(root, "dev", { ...DEV, lakeFormation: true });
    assert.include(JSON.stringify(of(resources, "aws:glue/crawler:Crawler")), '"useLakeFormationCredentials":true');
    assert.include(JSON.stringify(of(resources, "aws:iam/policy:Policy")), "lakeformation:GetDataAccess");
  });

  it("gives an existing bucket's own key to those who read it, and changes nothing of it", async () => {
    const key = "arn:aws:kms:eu-central-1:111111111111:key/33333333-3333-3333-3333-333333333333";
    const buckets = { lake: { name: "acme-lake", existing: true, key } };
    const { resources, outputs } = await runStack(root, "dev", { ...DEV, buckets });
    assert.equal(outputs?.buckets.lake, "acme-lake");
    assert.include(JSON.stringify(byName(resources, "aws:iam/rolePolicy:RolePolicy")["shop/bronze"]), key);
    assert.notInclude(JSON.stringify(resources.filter(({ type }) => type.startsWith("aws:s3/"))), "acme-lake");
    assert.notProperty(byName(resources, BUCKET), "lake/lake");
    const wrong = await runStack(root, "dev", { ...DEV, buckets: { lake: { key } } });
    assert.match(wrong.error ?? "", /has a key, but is not an existing bucket/);
  });

  it("refuses a bucket that another stack's settings name, in preview and on the command line", async () => {
    const shared = folderOf(SHOP);
    const file = (stack: string, bucket: string) =>
      writeFileSync(
        join(shared, `Pulumi.${stack}.yaml`),
        `config:\n  strata:region: eu-central-1\n  strata:allowedAccountIds: ["111111111111"]\n  strata:buckets:\n    lake: { name: ${bucket} }\n`,
      );
    writeFileSync(join(shared, "Pulumi.yaml"), "name: strata\nruntime: nodejs\n");
    file("dev", "acme-lake");
    file("prod", "acme-lake");
    const { resources, error } = await runStack(shared, "dev", { ...DEV, buckets: { lake: { name: "acme-lake" } } });
    assert.deepEqual(resources, []);
    assert.match(
      error ?? "",
      /error\[D009\]: the bucket `acme-lake` of stack `dev` is also named by Pulumi\.prod\.yaml/,
    );
    const { code, stderr } = await strata(["asl", "--root", shared, "--stack", "prod"]);
    assert.equal(code, 1);
    assert.include(stderr, "D009");
  });

  it("never puts data where code is", async () => {
    const { error } = await runStack(root, "dev", {
      ...DEV,
      buckets: { lake: { name: "strata-code-dev-111111111111" } },
    });
    assert.match(error ?? "", /D007.*the stack's own bucket of code and the logical bucket `lake`/);
  });

  it("names targets that no dataset writes any more, and deletes nothing", async () => {
    const first = await runStack(root, "dev", DEV);
    assert.notInclude(first.log, "D010");
    const targets = { shop: ["s3://lake-dev-111111111111/gold/gone/", "s3://lake-dev-111111111111/bronze/orders/"] };
    const { log, resources } = await runStack(root, "dev", DEV, { targets });
    assert.match(log, /warning\[D010\]: no dataset writes `s3:\/\/lake-dev-111111111111\/gold\/gone\/` any more/);
    assert.notInclude(log, "bronze/orders/` any more");
    assert.deepEqual(resources.map(({ name }) => name).sort(), first.resources.map(({ name }) => name).sort());
  });

  it("puts no secret-looking text and no account key into anything", async () => {
    const { resources } = plain;
    assert.notMatch(
      JSON.stringify(resources),
      /AKIA[0-9A-Z]{16}|aws_secret_access_key|AWS_SECRET_ACCESS_KEY|BEGIN [A-Z ]*PRIVATE KEY/,
    );
  });
});
