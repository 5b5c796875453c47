/** read-setup against moto's S3, as a function and as the bundle that is deployed. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import {
  type S3Client as Client,
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { assert } from "chai";
import { unzipSync } from "fflate";
import { asciiJson } from "../../compiler/emit/job/encoding.ts";
import { groupsOf } from "../../compiler/emit/job/groups.ts";
import { publishOf } from "../../compiler/emit/job/publish.ts";
import { bind } from "../../compiler/plan/bind.ts";
import { bundleReadSetup, MAX_BUNDLE_BYTES } from "../../lambdas/read-setup/bundle.ts";
import { readSetup } from "../../lambdas/read-setup/handler.ts";
import { REQUESTS_AT_ONCE } from "../../lambdas/read-setup/source.ts";
import { loadRoot } from "../../loading/load.ts";
import { HOME } from "../../setup/node.mjs";
import { folderOf, program, removeFolders, SHOP } from "../cli/strata.ts";
import { type Moto, motoOrSkip } from "../moto.ts";

const BUCKETS = [
  { logical: "postgres-repo", physical: "acme-data" },
  { logical: "lake", physical: "acme-lake" },
];
const DATABASES = ["bookings", "shop"].map((pipeline) => ({ pipeline, database: `${pipeline}_dev` }));
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x", AWS_REGION: "us-east-1" };

describe("read-setup", function () {
  this.timeout(120_000);
  let moto: Moto;
  let s3: Client;
  let bucket = "";
  let number = 0;

  before(async function () {
    moto = await motoOrSkip(this);
    s3 = new S3Client({
      endpoint: moto.url,
      forcePathStyle: true,
      region: "us-east-1",
      credentials: { accessKeyId: "x", secretAccessKey: "x" },
    });
  });
  after(() => moto?.stop());
  beforeEach(async () => {
    number += 1;
    bucket = `code-${number}`;
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  });
  afterEach(removeFolders);

  const upload = async (root: string) => {
    for (const folder of ["pipelines", "sql"]) {
      for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key: relative(root, path), Body: readFileSync(path) }));
      }
    }
  };
  const settings = () => ({ codeBucket: bucket, groupPrefix: "groups/p/", buckets: BUCKETS, databases: DATABASES });
  const textOf = async (address: string) => {
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(address) ?? [];
    return (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
  };
  const expected = async (root: string, pipeline: string) => {
    const plan = (await loadRoot(root)).pipelines.find(({ name }) => name === pipeline)?.plan;
    if (plan === undefined) throw new Error("compiles");
    return {
      stages: plan.stages.map(({ name }) => name),
      groups: groupsOf(bind(plan, { buckets: BUCKETS, databases: DATABASES })).map(({ json }) => asciiJson(json)),
      publish: publishOf(bind(plan, { buckets: BUCKETS, databases: DATABASES })).map(({ json }) => asciiJson(json)),
    };
  };

  /** A constant argument is itself; an object is what is in it. */
  const contentOf = async (argument: string) => (argument.startsWith("s3://") ? textOf(argument) : argument);

  it("gives the same groups and publish arguments as the deployed definition would have inlined", async () => {
    await upload(HOME);
    const { stages, groups, publish } = await expected(HOME, "bookings");
    const answer = await readSetup({ pipeline: "bookings", stages }, settings(), s3);
    assert.deepEqual(await Promise.all(answer.groups.map(textOf)), groups);
    assert.deepEqual(await Promise.all(answer.publish.map(contentOf)), publish);
    assert.hasAllKeys(answer, ["groups", "publish"]);
    for (const [index, address] of answer.groups.entries()) {
      assert.equal(
        address,
        `s3://${bucket}/groups/p/${createHash("sha256")
          .update(groups[index] ?? "")
          .digest("hex")}.json`,
      );
    }
    assert.notInclude(JSON.stringify(answer), "SELECT", "no SQL in the execution's state");
  });

  it("derives tables and changes names with a database as the definition has them", async () => {
    const queries = JSON.parse(SHOP["pipelines/shop/sql_queries.json"] ?? "");
    for (const each of Object.values<Record<string, unknown>>(queries)) delete each.tables;
    const root = folderOf({
      ...SHOP,
      "pipelines/shop/sql_queries.json": JSON.stringify(queries),
      "pipelines/shop/pipeline.yaml": 'setup: runtime\nsources: { "db.t": { s3_path: "s3://lake/raw/orders/" } }\n',
      "sql/shop/orders.sql": "SELECT id, amount, '😀' AS e FROM db.t\n",
    });
    await upload(root);
    const { stages, groups, publish } = await expected(root, "shop");
    const answer = await readSetup({ pipeline: "shop", stages }, settings(), s3);
    assert.deepEqual(await Promise.all(answer.groups.map(textOf)), groups);
    assert.deepEqual(await Promise.all(answer.publish.map(contentOf)), publish);
    assert.include(groups[0], '"tables":[{"table_name":"db.t","s3_path":"s3://acme-lake/raw/orders/"}],"sql_text"');
    assert.include(publish[0], '"qualified_names"');
  });

  it("fails with the diagnostics of a mistake", async () => {
    await upload(folderOf({ ...SHOP, "sql/shop/totals.sql": "SELECT sum(amount) AS total FROM orders_silver\n" }));
    const problem = await readSetup({ pipeline: "shop", stages: ["bronze", "gold"] }, settings(), s3).catch(
      (each) => each,
    );
    assert.equal(problem.name, "StrataDiagnostics");
    assert.include(problem.message, "error[Q004]");
    assert.include(problem.message, "sql/shop/totals.sql:1:");
  });

  it("refuses stages that are not deployed, and a pipeline that is not there", async () => {
    await upload(folderOf(SHOP));
    const other = await readSetup({ pipeline: "shop", stages: ["bronze"] }, settings(), s3).catch((each) => each);
    assert.include(other.message, "run `pulumi up`");
    const deployed = { ...settings(), databases: [] };
    const tables = await readSetup({ pipeline: "shop", stages: ["bronze", "gold"] }, deployed, s3).catch(
      (each) => each,
    );
    assert.include(tables.message, "Iceberg tables of pipeline shop");
    const none = await readSetup({ pipeline: "nope", stages: [] }, settings(), s3).catch((each) => each);
    assert.include(none.message, "contains no pipeline");
  });

  it("reads all again when a file changes between listing and reading, and never mixes two versions", async () => {
    const root = folderOf(SHOP);
    await upload(root);
    let changed = false;
    const meddling = Object.create(s3) as Client;
    meddling.send = (async (command: object) => {
      if (!changed && command instanceof GetObjectCommand) {
        changed = true;
        await s3.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: "sql/shop/totals.sql",
            Body: "SELECT max(amount) AS total FROM orders_bronze\n",
          }),
        );
      }
      return s3.send(command as never);
    }) as never;
    const answer = await readSetup({ pipeline: "shop", stages: ["bronze", "gold"] }, settings(), meddling);
    assert.include(await textOf(answer.groups[1] ?? ""), "max(amount)");
  });

  it("gives up on files that never stop changing", async () => {
    await upload(folderOf(SHOP));
    const meddling = Object.create(s3) as Client;
    let version = 0;
    meddling.send = (async (command: object) => {
      if (command instanceof GetObjectCommand) {
        version += 1;
        await s3.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: "sql/shop/totals.sql",
            Body: `SELECT ${version} AS total FROM orders_bronze\n`,
          }),
        );
      }
      return s3.send(command as never);
    }) as never;
    const problem = await readSetup({ pipeline: "shop", stages: ["bronze", "gold"] }, settings(), meddling).catch(
      (each) => each,
    );
    assert.include(problem.message, "changed during 5 attempts to read them");
  });

  it("reads more files than one listing holds, with bounded concurrency", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 1050 }, (_, index) => [`sql/more/${index}.sql`, "SELECT 1 AS one\n"]),
    );
    await upload(folderOf({ ...SHOP, ...files }));
    let running = 0;
    let most = 0;
    const counting = Object.create(s3) as Client;
    counting.send = (async (command: object) => {
      running += 1;
      most = Math.max(most, running);
      return s3.send(command as never).finally(() => (running -= 1));
    }) as never;
    const answer = await readSetup({ pipeline: "shop", stages: ["bronze", "gold"] }, settings(), counting);
    assert.lengthOf(answer.groups, 2);
    assert.isAtMost(most, REQUESTS_AT_ONCE);
  });

  it("as the bundle that is deployed, alone in a folder, does the same", async () => {
    const [one, two] = [await bundleReadSetup(), await bundleReadSetup()];
    assert.deepEqual(one, two, "the same bytes");
    assert.isBelow(one.length, MAX_BUNDLE_BYTES);
    process.stdout.write(`    bundle: ${(one.length / 1024 ** 2).toFixed(1)} MiB zipped\n`);
    await upload(HOME);
    const { stages, groups, publish } = await expected(HOME, "bookings");
    const folder = folderOf(unzipSync(one));
    const event = JSON.stringify({ pipeline: "bookings", stages });
    const call = `import(${JSON.stringify(join(folder, "index.mjs"))}).then(({ handler }) => handler(${event})).then((answer) => console.log(JSON.stringify(answer)))`;
    const env = {
      ...CREDENTIALS,
      STRATA_CODE_BUCKET: bucket,
      STRATA_GROUP_PREFIX: "groups/b/",
      STRATA_BUCKETS: JSON.stringify(BUCKETS),
      STRATA_DATABASES: JSON.stringify(DATABASES),
      STRATA_S3_ENDPOINT: moto.url,
    };
    const { code, stdout, stderr } = await program(process.execPath, ["-e", call], { cwd: folder, env });
    assert.equal(code, 0, stderr);
    const answer = JSON.parse(stdout) as { groups: string[]; publish: string[] };
    assert.deepEqual(await Promise.all(answer.groups.map(textOf)), groups);
    assert.deepEqual(await Promise.all(answer.publish.map(contentOf)), publish);
  });
});
