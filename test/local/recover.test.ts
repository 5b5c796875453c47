/** `strata recover` by the real command line: after runs that were killed, to kept generations, and what it refuses. */

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { assert } from "chai";
import { Executions } from "../../local/run/executions.ts";
import { runPipeline } from "../../local/run/run.ts";
import type { Worker } from "../../local/worker/worker.ts";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { folderOf, removeFolders, SHOP, strata } from "../cli/strata.ts";
import { motoProblem, startMoto } from "../moto.ts";
import { processesOf } from "../processes.ts";
import { s3At, upload } from "../s3/jobs.ts";
import { rowsOf, startReader } from "./reader.ts";
import { parquet, planIn, runnerOptions, withWorker } from "./runs.ts";

const NAME = "o\"rders ' é $x";
const ROOT = {
  ...SHOP,
  "pipelines/shop/etl_stages.json": JSON.stringify({ bronze: [NAME, "seen"], gold: ["totals"] }),
  "pipelines/shop/sql_queries.json": JSON.stringify({
    [NAME]: {
      sql_name: NAME,
      sql_file: "shop/orders.sql",
      tables: [{ table_name: "orders_raw", s3_path: "s3://lake/raw/orders/" }],
      s3_target: "s3://lake/bronze/it's é/",
    },
    seen: {
      sql_name: "seen",
      sql_file: "shop/orders.sql",
      tables: [{ table_name: "orders_raw", s3_path: "s3://lake/raw/orders/" }],
    },
    totals: {
      sql_name: "totals",
      sql_file: "shop/totals.sql",
      tables: [{ table_name: "orders_bronze", s3_path: "s3://lake/bronze/it's é/" }],
      s3_target: "s3://lake/gold/totals/",
    },
  }),
};

describe("strata recover", function () {
  this.timeout(120_000);
  let root: string;
  let lake: string;
  let target: string;
  const recover = (...args: string[]) => strata(["recover", "--root", root, "--lake", lake, ...args]);

  beforeEach(() => {
    root = folderOf(ROOT);
    lake = join(root, "my lake 'é'");
    target = join(lake, "lake", "bronze", "it's é");
  });
  afterEach(removeFolders);

  /** One run of both datasets whose rows are `value`; killed at a step of the first, if one is named. */
  async function run(value: number, killAt?: string) {
    await parquet(join(lake, "lake", "raw", "orders", "a.parquet"), { id: [1, 2], amount: [value, value] });
    const options = { ...runnerOptions(await planIn(root), lake), input: {} };
    const publish = { [NAME]: { keep: 2 } };
    const { status } = await withWorker({ publish, ...(killAt && { killAt }) }, () => runPipeline(options));
    assert.equal(status, killAt === undefined ? "SUCCEEDED" : "FAILED");
  }

  const record = () => JSON.parse(readFileSync(join(target, "_strata", "commit.json"), "utf8"));
  const visible = () => readdirSync(target).filter((name) => name.endsWith(".parquet"));
  const recorded = () => record().files.map(({ path }: { path: string }) => path);
  const amounts = async () => {
    const table = { name: "t", location: "s3://lake/bronze/it's é/" };
    const rows = await rowsOf<{ amount: number }>(reader, lake, table, "SELECT DISTINCT amount FROM t");
    return rows.map(({ amount }) => amount);
  };
  let reader: Worker;
  before(() => {
    reader = startReader();
  });
  after(() => reader.kill());

  it("finishes an interrupted publish and removes what killed attempts left, each reported", async () => {
    await run(1);
    await run(2, "committed");
    assert.isFalse(record().published);
    const scratch = join(lake, ".strata", "tmp", "spark-0000", "blockmgr"); // Spark's, of a worker that was killed
    mkdirSync(scratch, { recursive: true });
    const { code, stdout, stderr } = await recover();
    assert.equal(code, 0, stderr);
    assert.isFalse(existsSync(scratch));
    const lines = {
      [NAME]: `an interrupted publish is finished: generation ${record().generation} is current, 1 file`,
      totals: "whole, nothing to do: generation 1 is current, 1 file",
    };
    assert.equal(
      stdout,
      Object.entries(lines)
        .map(([name, words]) => `${name.padEnd(NAME.length)}  ${words}\n`)
        .join(""),
    );
    assert.isTrue(record().published);
    assert.deepEqual(visible(), recorded(), "exactly the record's files");
    assert.deepEqual(await amounts(), [2]);
    await run(3, "written");
    assert.match(
      (await recover("--datasets", NAME)).stdout,
      /1 orphan file of interrupted runs removed: generation \d+ is current, 1 file\n$/,
    );
    assert.deepEqual(await amounts(), [2], "what was not committed is gone");
    assert.deepEqual(readdirSync(join(target, "_strata")).sort(), ["commit.json", "kept"]);
    assert.match((await recover("--datasets", NAME)).stdout, /^.* {2}whole, nothing to do/);
  });

  it("shows the generations that are kept, and goes back to one", async () => {
    for (const value of [1, 2, 3, 4]) await run(value);
    const { stdout } = await recover("--datasets", NAME, "--generations");
    const [head = "", titles = "", ...lines] = stdout.trimEnd().split("\n");
    assert.equal(head, NAME);
    assert.match(titles, /^ {2}generation +time +rows +execution$/);
    assert.deepEqual(
      lines.map((line) => /^ {2}(\d+)( current|) +20\S+Z +(\d+) {2}shop-\S+$/.exec(line)?.slice(1)),
      [
        ["4", " current", "2"],
        ["3", "", "2"],
        ["2", "", "2"],
      ],
    );
    const unknown = await recover("--datasets", NAME, "--to", "1");
    assert.equal(unknown.code, 1);
    assert.match(unknown.stdout, /FAILED: generation 1 of .* is not kept; kept: 3, 2\n$/);
    const back = await recover("--datasets", NAME, "--to", "2", "--format", "json");
    assert.equal(back.code, 0, back.stderr);
    const { status, datasets } = JSON.parse(back.stdout);
    assert.equal(status, "SUCCEEDED");
    assert.deepInclude(datasets[0], { dataset: NAME, action: "restored", generation: 5, files: 1 });
    assert.deepEqual(await amounts(), [2]);
    assert.deepEqual(visible(), recorded());
    const listed = JSON.parse((await recover("--generations", "--format", "json")).stdout);
    assert.deepEqual(
      listed.datasets[0].generations.map((each: { generation: number }) => each.generation),
      [5, 4, 3],
    );
    await run(6);
    assert.deepEqual(await amounts(), [6], "runs go on from there");
  });

  it("does the same to a deployed stack's buckets, with the caller's credentials", async function () {
    if (motoProblem() !== undefined) this.skip();
    await run(1);
    await run(2, "committed");
    writeFileSync(join(root, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
    const settings = ["region: eu-central-1", 'allowedAccountIds: ["111111111111"]', "buckets: { lake: {} }"];
    writeFileSync(join(root, "Pulumi.dev.yaml"), `config:\n${settings.map((each) => `  strata:${each}\n`).join("")}`);
    const moto = await startMoto();
    try {
      const s3 = s3At(moto.url);
      await upload(s3, join(lake, "lake"), "lake-dev-111111111111");
      const env = { AWS_ENDPOINT_URL_S3: moto.url, AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x" };
      const onStack = (...args: string[]) => strata(["recover", "--root", root, "--stack", "dev", ...args], { env });
      const { code, stdout, stderr } = await onStack();
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /an interrupted publish is finished: generation \d+ is current, 1 file/);
      const { Contents } = await s3.send(
        new ListObjectsV2Command({ Bucket: "lake-dev-111111111111", Prefix: "bronze/it's é/" }),
      );
      const keys = (Contents ?? []).map(({ Key }) => Key?.replace("bronze/it's é/", ""));
      const visibly = keys.filter((key) => !key?.startsWith("_"));
      assert.deepEqual(visibly, recorded(), "exactly the record's files");
      const back = await onStack("--datasets", NAME, "--to", "1");
      assert.match(
        back.stdout,
        /the earlier content is back, as a new generation: generation \d+ is current, 1 file\n$/,
      );
      const listed = await onStack("--generations", "--format", "json");
      assert.equal(JSON.parse(listed.stdout).datasets[0].target, "s3://lake-dev-111111111111/bronze/it's é/");
      assert.isFalse(record().published, "the lake is left alone");
      assert.equal((await onStack("--lake", lake)).code, 2);
    } finally {
      moto.stop();
    }
  });

  it("says once that there are no credentials, or that S3 is out of reach", async () => {
    writeFileSync(join(root, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
    const settings = ["region: eu-central-1", 'allowedAccountIds: ["111111111111"]', "buckets: { lake: {} }"];
    writeFileSync(join(root, "Pulumi.dev.yaml"), `config:\n${settings.map((each) => `  strata:${each}\n`).join("")}`);
    const loggedOut = Object.fromEntries(
      Object.keys(process.env).flatMap((name) => (/^AWS_/.test(name) ? [[name, undefined]] : [])),
    );
    const env = { ...loggedOut, HOME: root, AWS_EC2_METADATA_DISABLED: "true" };
    const keys = { AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x" };
    for (const [more, words] of [
      [{}, /no usable AWS credentials: Unable to locate credentials\n {2}help: log in .*/],
      [{ AWS_PROFILE: "nope" }, /no usable AWS credentials: .*nope.*\n {2}help: log in .*/],
      [{ AWS_ACCESS_KEY_ID: "x" }, /no usable AWS credentials: Partial credentials .*\n {2}help: log in .*/],
      [{ ...keys, AWS_ENDPOINT_URL: "http://127.0.0.1:1" }, /incomplete response of S3 for .* check the network/],
    ] as const) {
      const { code, stdout, stderr } = await strata(["recover", "--root", root, "--stack", "dev"], {
        env: { ...env, ...more },
      });
      assert.deepEqual([code, stdout], [1, ""], stderr);
      assert.match(stderr.replace(/^root: .*\n/, ""), new RegExp(`^strata: ${words.source}\\n$`));
    }
  });

  it("a Ctrl-C ends it with 130, leaves no process behind, and the next one goes on", async () => {
    await run(1);
    await run(2, "committed");
    const name = createHash("sha256").update("s3://lake/bronze/it's é/").digest("hex").slice(0, 32);
    const lock = join(lake, ".strata", "locks", name);
    const holder = await hold(lock); // so that it waits in the middle
    const child = spawn(
      process.execPath,
      [join(HOME, "bin", "strata.mjs"), "recover", "--root", root, "--lake", lake],
      {
        stdio: "ignore",
      },
    );
    const ended = new Promise((resolve) => child.on("close", resolve));
    await until("it waits for the lock", () => isWaitingFor(lock));
    child.kill("SIGINT");
    assert.equal(await ended, 130);
    await until("its process is gone", () => !isWaitingFor(lock));
    await holder.release();
    assert.match((await recover()).stdout, /an interrupted publish is finished/);
    assert.deepEqual(await amounts(), [2]);
  });

  it("says that the lake is in use, and still shows its generations", async () => {
    await run(1);
    const holder = await hold(join(lake, ".strata", "lock"));
    const refused = await recover();
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^strata: another run is using the lake .*\n {2}help: wait for its end, or name/m);
    const state = new Executions(join(lake, ".strata", "state"));
    const started = new Date().toISOString();
    const begun = { pipeline: "shop", engine: "sail", params: {}, selection: {}, sql: {}, committed: {} } as const;
    await state.begin({ execution: "shop-1", started, ...begun });
    const named = await recover();
    assert.include(named.stderr, `: execution \`shop-1\` (process ${process.pid})\n`);
    assert.equal((await recover("--generations")).code, 0);
    await holder.release();
    assert.equal((await recover()).code, 0);
  });

  it("continues with the others where one cannot be made whole, and exits 1", async () => {
    await run(1);
    writeFileSync(join(target, "_strata", "commit.json"), "{");
    const { code, stdout } = await recover();
    assert.equal(code, 1);
    assert.match(stdout, /FAILED: .* is not a valid commit record/);
    assert.match(stdout, /^totals +whole/m);
    const listed = await recover("--generations");
    assert.equal(listed.code, 1);
    assert.match(listed.stdout, /FAILED: .* is not a valid commit record[\s\S]*^totals\n/m);
  });

  it("says what was never committed, and makes no lake where there is none", async () => {
    mkdirSync(lake);
    assert.match((await recover()).stdout, /^totals +whole, nothing to do: nothing is committed yet$/m);
    assert.match((await recover("--generations")).stdout, /^totals {2}nothing is committed yet$/m);
    const nowhere = join(root, "nowhere");
    const { code, stderr } = await strata(["recover", "--root", root, "--lake", nowhere]);
    assert.equal(code, 1);
    assert.match(stderr, /there is no lake/);
    assert.isFalse(existsSync(nowhere));
  });

  it("shows what is left of a damaged target, and makes that its content when that is accepted", async () => {
    await run(1);
    const lost = recorded()[0];
    rmSync(join(target, lost));
    const failed = await recover("--datasets", NAME);
    assert.equal(failed.code, 1);
    assert.include(failed.stdout, `accept the loss: \`strata recover --rebuild 'o"rders '"'"' é $x'\``);
    const before = readFileSync(join(target, "_strata", "commit.json"), "utf8");
    const shown = await recover("--rebuild", NAME);
    assert.equal(shown.code, 0, shown.stderr);
    assert.include(shown.stdout, "would be rebuilt; nothing was changed\n");
    assert.include(shown.stdout, `gives up 1 file permanently:\n    ${lost}  2 rows, it is gone\n`);
    assert.include(shown.stdout, "run the command again with --yes\n");
    assert.equal(readFileSync(join(target, "_strata", "commit.json"), "utf8"), before);
    const done = await recover("--rebuild", NAME, "--yes", "--format", "json");
    assert.equal(done.code, 0, done.stderr);
    const { status, datasets } = JSON.parse(done.stdout);
    assert.equal(status, "SUCCEEDED");
    assert.deepInclude(datasets[0], { dataset: NAME, action: "rebuilt", generation: 2, files: 0, remembers: true });
    assert.deepEqual(datasets[0].gives_up, [{ file: lost, rows: 2, why: "it is gone" }]);
    assert.match(
      (await recover("--rebuild", NAME)).stdout,
      /whole, nothing to do: generation \d+ is current, .*; every file of its record is there\n$/,
    );
    await run(3);
    assert.deepEqual(await amounts(), [3], "runs go on from there");
    rmSync(join(target, "_strata", "commit.json"));
    const without = await recover("--datasets", NAME);
    assert.equal(without.code, 1);
    assert.match(
      without.stdout,
      /FAILED: the commit record of .* is missing, but 1 of its files .* exist: .*--rebuild 'o"/,
    );
    assert.match(
      (await recover("--rebuild", NAME, "--yes")).stdout,
      /rebuilt: generation 1 is current, 1 file\n {2}takes 1 file/,
    );
    assert.deepEqual(await amounts(), [3]);
    await run(4);
    assert.deepEqual(await amounts(), [4]);
  });

  for (const [args, message] of [
    [["--rebuild", "total"], /there is no dataset `total`[\s\S]*totals/],
    [["--rebuild", "seen"], /`seen` has no target/],
    [["--rebuild", "totals", "--to", "1", "--datasets", "totals"], /`--rebuild` excludes/],
    [["--yes"], /`--yes` needs `--rebuild`/],
    [["--to", "1"], /`--to` needs exactly one dataset/],
    [["--to", "1", "--datasets", `totals,${NAME}`], /`--to` needs exactly one dataset/],
    [["--to", "0", "--datasets", "totals"], /is not a generation/],
    [["--to", "x", "--datasets", "totals"], /is not a generation/],
    [["--to", "1", "--datasets", "totals", "--generations"], /`--generations` and `--to` exclude each other/],
    [["--datasets", "total"], /there is no dataset `total`[\s\S]*totals/],
    [["--datasets", "seen"], /`seen` has no target/],
  ] as const)
    it(`refuses ${args.join(" ")}`, async () => {
      mkdirSync(lake);
      const { code, stderr } = await recover(...args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    });
});

/** Holds a lock of the lake's, as a run or a writer does, until it is released. */
async function hold(file: string): Promise<{ release: () => Promise<unknown> }> {
  const code =
    "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()";
  const holder = spawn(pythonOf("sail"), ["-c", code, file], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => holder.on("close", resolve));
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  return {
    release: () => {
      holder.stdin.end();
      return ended;
    },
  };
}

/** True while a recovery has a file open, by /proc. */
function isWaitingFor(file: string): boolean {
  return processesOf("strata_glue.target.recover").some((name) => {
    try {
      return readdirSync(`/proc/${name}/fd`).some((each) => readlinkSync(`/proc/${name}/fd/${each}`) === file);
    } catch {
      return false; // it has ended
    }
  });
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let left = 2000; !holds(); left -= 1) {
    assert.isAbove(left, 0, what);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
