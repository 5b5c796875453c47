/** Readers of a lake take a target's files from its commit record: whole, of one generation, whatever was interrupted. */

import { spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import type { Plan } from "../../compiler/plan/types.ts";
import { readDatabase, readDatabases, recordTables } from "../../local/catalog/catalog.ts";
import { crawl, type Described } from "../../local/catalog/crawl.ts";
import { type Query, query } from "../../local/catalog/query.ts";
import { folderOf as folderOfLocation } from "../../local/lake-path.ts";
import { reporterFor } from "../../local/report/reporter.ts";
import { type RunEvent, runPipeline } from "../../local/run/run.ts";
import { UserError } from "../../local/user-error.ts";
import type { Worker } from "../../local/worker/worker.ts";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { folderOf, program, removeFolders, SHOP, strata } from "../cli/strata.ts";
import { startReader } from "./reader.ts";
import { memoryStream, parquet, planIn, runnerOptions, withWorker } from "./runs.ts";

const LOCATION = "s3://lake/bronze/it's é x=1/";

/** One for all queries of this file. */
let worker: Worker;
before(() => {
  worker = startReader();
});
after(() => worker.kill());

const csv = async (asked: Omit<Query, "format">) => (await query({ ...asked, format: "csv" }, worker)).text;

// What a record may hold, and files that are not records: glue/tests/test_publish.py and test_source_files.py, of the same reader.
describe("a target's commit record, for readers here", () => {
  let lake: string;
  let target: string;

  beforeEach(async () => {
    lake = join(folderOf({}), "day=9", "my lake");
    target = join(lake, LOCATION.slice("s3://".length));
    await recordTables(lake, "shop", [{ name: "orders", location: LOCATION, columns: [] }]);
  });
  afterEach(removeFolders);

  /** A file of the target with one row; returns its entry for the record. */
  async function file(path: string, value: number, staged?: string, column = "a") {
    const place = join(target, staged ?? path);
    await parquet(place, { [column]: [value] });
    return { path, rows: 1, bytes: statSync(place).size, ...(staged === undefined ? {} : { staged }) };
  }

  function record(files: readonly object[], more: object = {}): void {
    const value = {
      ...{
        strata: 1,
        generation: 3,
        published: true,
        attempt: "",
        execution: "",
        pipeline: "",
        stage: "",
        dataset: "",
      },
      ...{ time: "", write: "replace", fingerprints: {}, executions: [], drops: [], keep: 0, kept: [], kept_drops: [] },
      ...{ files, partition_by: [], schema: [{ name: "a", type: "bigint" }] },
      ...more,
    };
    mkdirSync(join(target, "_strata"), { recursive: true });
    writeFileSync(join(target, "_strata", "commit.json"), JSON.stringify(value));
  }

  const ask = (sql = "SELECT * FROM orders ORDER BY a") => csv({ lake, database: "shop", sql });
  const refused = async (sql?: string) => {
    const problem = await ask(sql).then(
      (answer) => assert.fail(answer),
      (error) => error,
    );
    assert.instanceOf(problem, UserError);
    return problem as UserError;
  };

  it("finds files where they were written, as long as they are not published", async () => {
    record(
      [
        await file("one.parquet", 1, "_strata/attempts/x-1/one.parquet"),
        await file("two.parquet", 2), // copied already
      ],
      { published: false, drops: ["old.parquet"] },
    );
    await file("old.parquet", 3);
    assert.equal(await ask(), "a\r\n1\r\n2\r\n");
  });

  it("says that a file is gone, or another one, with the remedy, to each query of that table", async () => {
    const one = await file("one.parquet", 1);
    record([one, { path: "gone.parquet", rows: 1, bytes: 9 }], { dataset: "the log" });
    const { message } = await refused();
    // Recovery knows which ways there are: no generation may be kept, and an append cannot be computed again.
    assert.match(
      message,
      /gone\.parquet is gone, though recorded in generation 3 .*`strata recover --rebuild 'the log'`/,
    );
    record([one]);
    truncateSync(join(target, "one.parquet"), 10);
    const broken = /one\.parquet has 10 bytes instead of the recorded/;
    for (const from of ["orders", "shop.`orders`", "ORDERS", "(SELECT * FROM Shop.Orders)"])
      assert.match((await refused(`SELECT * FROM ${from}`)).message, broken, from);
    assert.equal(await ask("SELECT 7 AS orders"), "orders\r\n7\r\n", "others can be asked");
    rmSync(join(target, "_strata"), { recursive: true });
    assert.match((await refused()).message, /^table `orders` .*one\.parquet/);
  });

  it("says that the user may not read a file", async function () {
    record([await file("one.parquet", 1)]);
    // Root reads every file: in a user namespace it is another user.
    const other = ["unshare", "-U", "--map-user=65534", "--map-group=65534"];
    if (process.geteuid?.() !== 0 || (await program("sh", ["-c", '"$@"', "sh", ...other, "true"])).code !== 0)
      this.skip();
    chownSync(join(target, "one.parquet"), 12345, 12345);
    chmodSync(join(target, "one.parquet"), 0o600);
    const command = [
      process.execPath,
      join(HOME, "bin", "strata.mjs"),
      "query",
      "SELECT * FROM orders",
      "--lake",
      lake,
    ];
    const { code, stderr } = await program("unshare", [...other.slice(1), ...command, "--root", folderOf(SHOP)]);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /table `orders` cannot be read: permission denied for a file of the lake/);
    assert.notMatch(stderr, /^\s+at |Traceback/m);
  });

  it("reads as usual what Strata did not write, whatever the lake's own folders are called", async () => {
    await file("k=v/one.parquet", 1);
    assert.equal(await ask("SELECT a, k FROM orders"), "a,k\r\n1,v\r\n");
    rmSync(join(target, "k=v"), { recursive: true });
    await file("one.parquet", 1);
    assert.equal(await ask(), "a\r\n1\r\n", "folders above the location are not partitions");
  });

  it("takes one SELECT, and reaches no other file", async () => {
    record([await file("x.parquet", 1)]);
    const kept = readFileSync(join(target, "x.parquet"));
    for (const sql of [`SELECT * FROM parquet.\`${target}\``, "INSERT INTO orders SELECT 1", "SELECT 1; SELECT 2", ""])
      await refused(sql); // more of these: test/compiler/given-query.test.ts
    assert.deepEqual(readFileSync(join(target, "x.parquet")), kept);
  });

  it("shows a terminal no control character of a value, and an error none at all; programs get every byte", async () => {
    record([await file("x.parquet", 1)]);
    const root = folderOf(SHOP);
    const value = "chr(27) || '[31mred'";
    const asked = (sql: string) => ["query", sql, "--root", root, "--lake", lake, "--format", "csv"];
    const failed = await strata(asked(`SELECT CAST(${value} AS INT)`));
    assert.equal(failed.code, 1);
    assert.notInclude(failed.stderr, "\u001b");
    assert.equal((await strata(asked(`SELECT ${value} AS t`))).stdout, "t\r\n\u001b[31mred\r\n");
    const terminal = "import pty, sys; pty.spawn(sys.argv[1:])";
    const command = [process.execPath, join(HOME, "bin", "strata.mjs"), ...asked(`SELECT ${value} AS t`)];
    const { stdout } = await program(pythonOf("sail"), ["-c", terminal, ...command]);
    assert.include(stdout, "\\u001b[31mred");
    assert.notInclude(stdout, "\u001b[31mred");
  });

  it("calls a count what was asked for", async () => {
    record([await file("x.parquet", 1)]);
    assert.equal(await ask("SELECT count(*), 1 + count(*) FROM orders"), "count(*),(1 + count(*))\r\n1,2\r\n");
  });

  it("has one rule with the job of what names a folder inside the lake", () => {
    const { inside, outside } = JSON.parse(readFileSync(join(HOME, "test", "fixtures", "locations.json"), "utf8"));
    for (const [location, folder] of Object.entries<string>(inside))
      assert.equal(folderOfLocation("/lake", location), join("/lake", folder), location);
    for (const location of outside)
      assert.throws(() => folderOfLocation("/lake", location), UserError, "is not a folder inside the lake");
  });

  it("takes no folder outside of the lake, and no file that is not a database", async () => {
    record([await file("x.parquet", 1)]);
    const catalog = join(lake, ".strata", "catalog");
    writeFileSync(join(catalog, "%zz.json"), "{}");
    assert.equal(await ask(), "a\r\n1\r\n", "the rest can be read");
    for (const location of ["s3://../x/", "s3://b/\0/"]) {
      await recordTables(lake, "shop", [{ name: "out", location, columns: [] }]);
      assert.match((await refused("SELECT * FROM out")).message, /folder inside the lake/);
    }
    const long = ["größe".repeat(40), `${"größe".repeat(40)}2`, "x".repeat(255)];
    for (const database of long) await recordTables(lake, database, [{ name: "t", location: LOCATION, columns: [] }]);
    const known = (await readDatabases(lake)).map(({ database }) => database);
    assert.deepEqual(known, [...long, "shop"].sort(), "names longer than a file's");
    for (const database of long) assert.lengthOf((await readDatabase(lake, database)).tables, 1);
    writeFileSync(join(catalog, "other.json"), '{"version": 1, "database": "other", "tables": [{"name": 5}]}');
    assert.match((await refused()).message, /the local catalog .*other.json cannot be read/);
  });

  for (const [what, script, place, queries] of [
    ["generation", "writer.py", LOCATION, 60],
    ["snapshot of an Iceberg table", "iceberg_writer.py", "s3://lake/days/", 30],
  ] as const)
    it(`answers with one whole ${what} while a writer commits one after another without a pause`, async function () {
      this.timeout(120_000);
      // Sail takes no blank in the path of an Iceberg table.
      const where = place === LOCATION ? lake : folderOf({});
      const format = place === LOCATION ? {} : { format: "iceberg" as const };
      await recordTables(where, "shop", [{ name: "orders", location: place, columns: [], ...format }]);
      const writer = spawn(pythonOf("sail"), [join(HOME, "test", "local", script), where, place], {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, PYTHONPATH: join(HOME, "glue") },
      });
      const ended = new Promise((resolve) => writer.on("close", resolve));
      await Promise.race([new Promise((resolve) => writer.stdout.once("data", resolve)), ended]);
      try {
        const seen = new Set<string>();
        for (let left: number = queries; left > 0; left -= 1) {
          const sql = "SELECT min(a), max(a), count(*) FROM orders";
          const answer = await csv({ lake: where, database: "shop", sql });
          const [, low, high, rows] = answer.split(/[\r\n,()]+/).slice(-5);
          assert.equal(low, high, "rows of one generation");
          assert.equal(rows, "3", "all of them");
          seen.add(low ?? "");
        }
        assert.isAbove(seen.size, 5, "the content changed meanwhile");
        assert.isNull(writer.exitCode, "the writer never failed");
      } finally {
        writer.kill("SIGKILL");
        await ended;
      }
    });
});

describe("a crawl of several tables, on Sail", function () {
  this.timeout(120_000);
  afterEach(removeFolders);

  it("fails a run only for what it wrote, says what it could not read, and records the others", async () => {
    const root = folderOf({ ...SHOP, "pipelines/shop/pipeline.yaml": "crawlers: { all: s3://lake/bronze/ }\n" });
    const queries = join(root, "pipelines", "shop", "sql_queries.json");
    writeFileSync(queries, readFileSync(queries, "utf8").replace("lake/gold/", "lake/bronze/"));
    const lake = join(root, "lake");
    const plan = await planIn(root);
    await parquet(join(lake, "lake", "raw", "orders", "a.parquet"), { id: [1, 2], amount: [3, 4] });
    const events: RunEvent[] = [];
    const run = (input: object) => runPipeline({ ...runnerOptions(plan, lake, events), input: { ...input } });
    assert.equal((await run({})).status, "SUCCEEDED");
    const files = ["bronze/orders", "bronze/totals"].map((name) => join(lake, "lake", name, "_strata", "commit.json"));
    const before = readFileSync(files[1] as string);
    writeFileSync(files[1] as string, "{");
    rmSync(join(lake, ".strata", "catalog"), { recursive: true });
    const beside = await run({ datasets: ["orders"] });
    assert.equal(beside.status, "SUCCEEDED");
    const [crawler] = beside.crawlers;
    assert.deepInclude(crawler, { name: "all", status: "SUCCEEDED", tables: ["orders"] });
    assert.match(
      crawler?.warnings?.join() ?? "",
      /^table `totals` cannot be read: .*commit\.json is not a valid commit record/,
    );
    const { stream, text } = memoryStream();
    const reporter = reporterFor(stream, stream, { plan, textOf: () => undefined });
    for (const event of events) reporter.onEvent(event);
    assert.match(text(), /crawler all: 1 table\n {2}warning: table `totals` cannot be read/);
    writeFileSync(files[1] as string, before);
    // A reader of the target fails before the crawl; here the record breaks between the two.
    const breaking = await runPipeline({
      ...runnerOptions(plan, lake),
      input: { datasets: ["orders"] },
      onEvent: (event) => {
        if (event.kind === "job" && event.event.event === "job_finished") writeFileSync(files[0] as string, "{");
      },
    });
    assert.equal(breaking.status, "FAILED");
    assert.deepInclude(breaking.crawlers[0], { status: "FAILED", tables: ["totals"] });
    assert.match(breaking.crawlers[0]?.error ?? "", /^table `orders` cannot be read: .* is not a valid commit record/);
  });
});

describe("a run that is killed, for readers here, on Sail", function () {
  this.timeout(120_000);
  let root: string;
  let whole: string;
  let plan: Plan;
  const run = async (lake: string, value: number, killAt?: string) => {
    await parquet(join(lake, "lake", "raw", "orders", "a.parquet"), { id: [1, 2], amount: [value, value] });
    const options = { ...runnerOptions(plan, lake), input: { datasets: ["orders"] } };
    return withWorker(killAt === undefined ? {} : { killAt }, () => runPipeline(options));
  };
  before(async () => {
    root = folderOf({ ...SHOP, "pipelines/shop/pipeline.yaml": "crawlers: { all: s3://lake/bronze/ }\n" });
    whole = join(root, "whole");
    plan = await planIn(root);
    assert.equal((await run(whole, 1)).status, "SUCCEEDED");
  });
  after(removeFolders);

  for (const [step, amount] of [
    ["written", 1],
    ["committed", 2],
  ] as const)
    it(`at \`${step}\`: the crawl and a query see the ${amount === 1 ? "old" : "new"} content, whole`, async () => {
      const lake = join(root, step);
      cpSync(whole, lake, { recursive: true });
      assert.equal((await run(lake, 2, step)).status, "FAILED");
      const [crawler] = plan.crawlers;
      if (crawler === undefined) throw new Error("the pipeline has a crawler");
      const describe = (tables: unknown) => worker.ask<Described[]>({ describe: tables, lake });
      const [orders] = (await crawl(plan, crawler, lake, "shop", describe)).tables;
      assert.deepEqual(
        orders?.columns.map(({ name }) => name),
        ["id", "amount"],
      );
      const sql = "SELECT id, amount FROM orders ORDER BY id";
      assert.equal(await csv({ lake, database: "shop", sql }), `id,amount\r\n1,${amount}\r\n2,${amount}\r\n`);
      const strata = join(lake, "lake", "bronze", "orders", "_strata");
      assert.isNotEmpty(readdirSync(strata));
      writeFileSync(join(strata, "commit.json"), "{");
      const { tables, unreadable } = await crawl(plan, crawler, lake, "shop", describe);
      assert.isEmpty(tables);
      assert.match(
        String(unreadable.get("orders")),
        /^table `orders` cannot be read: .* is (no|not a valid) commit record/,
      );
    });
});
