/** A backfill: one execution a day, in order, on one engine; repeating it adds nothing twice. */

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { readEach } from "../../cli/each.ts";
import { dayLine } from "../../local/report/backfill.ts";
import { coloursOf } from "../../local/report/terminal.ts";
import { type DayResult, dayExecution, runBackfill } from "../../local/run/backfill.ts";
import type { Worker } from "../../local/worker/worker.ts";
import { HOME } from "../../setup/node.mjs";
import { folderOf, removeFolders, SHOP, strata } from "../cli/strata.ts";
import { rowsOf, startReader } from "./reader.ts";
import { memoryStream, parquet, planIn, runnerOptions, withWorker } from "./runs.ts";

const ROOT = {
  ...SHOP,
  "pipelines/shop/pipeline.yaml": 'params: { run_date: { type: date }, least: { type: int, default: "0" } }\n',
  "sql/shop/orders.sql": "SELECT id, CAST(:run_date AS STRING) AS day FROM orders_raw WHERE id > :least\n",
  "sql/shop/totals.sql": "SELECT count(*) AS n FROM orders_bronze\n",
};
const APPEND = { orders: { write: "append", params: ["run_date"] } };
const DAYS = ["2026-01-01", "2026-01-02", "2026-01-03"];

describe("a backfill, on Sail", function () {
  this.timeout(120_000);
  let root: string;
  let lake: string;

  beforeEach(async () => {
    root = folderOf(ROOT);
    lake = join(root, "my lake 'é'");
    await parquet(join(lake, "lake", "raw", "orders", "a.parquet"), { id: [1, 2] });
  });
  afterEach(removeFolders);

  async function backfill(days: readonly string[], more: { again?: boolean; input?: object; killAt?: string } = {}) {
    const { again = false, input = {}, killAt } = more;
    const [lines, starts] = [[] as DayResult[], join(root, `starts-${Math.random()}`)];
    const runs = await withWorker({ publish: APPEND, starts, ...(killAt && { killAt }) }, async () =>
      runBackfill({
        ...runnerOptions(await planIn(root), lake),
        input: input as Record<string, unknown>,
        param: "run_date",
        days,
        again,
        onDay: () => {},
        onResult: (run) => lines.push(run),
      }),
    );
    assert.deepEqual(lines, runs);
    return { runs, starts: readFileSync(starts, "utf8").split("\n").length - 1 };
  }

  /** Number of rows by day. */
  async function rows(): Promise<Record<string, number>> {
    const sql = "SELECT day, count(*) AS n FROM orders GROUP BY day ORDER BY day";
    const table = { name: "orders", location: "s3://lake/bronze/orders/" };
    const found = await rowsOf<{ day: string; n: number }>(reader, lake, table, sql);
    return Object.fromEntries(found.map(({ day, n }) => [day, n]));
  }

  let reader: Worker;
  before(() => {
    reader = startReader();
  });
  after(() => reader.kill());

  it("runs each day once, in order, on one engine, and adds nothing twice when it is repeated", async () => {
    const first = await backfill(DAYS);
    assert.deepEqual(
      first.runs.map(({ status, each }) => [status, each.run_date]),
      DAYS.map((day) => ["SUCCEEDED", day]),
    );
    assert.equal(first.starts, 1, "one engine for all days");
    assert.isTrue(first.runs.every(({ engine }) => engine?.startsWith("sail ")));
    assert.deepEqual(await rows(), { "2026-01-01": 2, "2026-01-02": 2, "2026-01-03": 2 });
    const repeated = await backfill([...DAYS, "2026-01-04"], { input: { datasets: ["orders"] } });
    assert.deepEqual(await rows(), { "2026-01-01": 2, "2026-01-02": 2, "2026-01-03": 2, "2026-01-04": 2 });
    const orders = repeated.runs.map(({ stages }) => stages[0]?.datasets[0]);
    assert.deepEqual(
      orders.map((dataset) => dataset?.repeated === true),
      [true, true, true, false],
    );
    await backfill(["2026-01-02"], { again: true });
    assert.equal((await rows())["2026-01-02"], 4, "--again is a new execution");
  });

  it("stops at the first day that fails, and the days before stand", async () => {
    const killed = await backfill(DAYS, { killAt: "committed" });
    assert.deepEqual(
      killed.runs.map(({ status }) => status),
      ["FAILED"],
    );
    const resumed = await backfill(DAYS);
    assert.deepEqual(
      resumed.runs.map(({ status }) => status),
      ["SUCCEEDED", "SUCCEEDED", "SUCCEEDED"],
    );
    assert.deepEqual(await rows(), { "2026-01-01": 2, "2026-01-02": 2, "2026-01-03": 2 }, "what was committed counts");
  });

  it("takes the issue's line, prints a line a day, and the result as JSON", async () => {
    const line = ["run", "--root", root, "--lake", lake, "--param", "run_date=…", "--each", "2026-01-01..2026-01-02"];
    const text = await strata(line);
    assert.equal(text.code, 0, text.stderr);
    assert.match(
      text.stdout,
      /^2026-01-01 {2}done {4}2 datasets, [\d.]+ s\n2026-01-02 {2}done {4}2 datasets, [\d.]+ s\n\n2 days done: 2026-01-01\.\.2026-01-02, in [\d.]+ s\nEngine: sail [^\n]*\n$/,
    );
    const again = await strata([...line.slice(0, -1), "2026-01-02..2026-01-03", "--format", "json"]);
    assert.equal(again.code, 0, again.stderr);
    assert.match(
      again.stderr,
      /^2026-01-02 {2}kept {4}2 datasets, all written earlier, [\d.]+ s\n2026-01-03 {2}done /m,
    );
    assert.match(again.stderr, /days that ran earlier were not written again; `--again` writes them again/);
    const { runs, status } = JSON.parse(again.stdout);
    assert.equal(status, "SUCCEEDED");
    assert.deepEqual(
      runs.map((run: DayResult) => [run.each.run_date, run.status, run.stages.length]),
      [
        ["2026-01-02", "SUCCEEDED", 2],
        ["2026-01-03", "SUCCEEDED", 2],
      ],
    );
  });

  it("says which days are done and how to go on, after the day that failed with its cause", async () => {
    const broken = folderOf({
      ...ROOT,
      "sql/shop/totals.sql": "SELECT CAST(max(day) AS INT) + :least AS n FROM orders_bronze WHERE day > '2026-01-01'\n",
    });
    const args = ["run", "--root", broken, "--lake", lake, "--each", "run_date=2026-01-01..2026-01-04"];
    const { code, stdout } = await strata(args);
    assert.equal(code, 1);
    assert.match(stdout, /^2026-01-01 {2}done .*\n2026-01-02 {2}failed {2}1 of 2 datasets, /);
    assert.match(stdout, /error: dataset `totals`: /);
    assert.match(
      stdout,
      /\nstopped at 2026-01-02; done: 2026-01-01, 1 of 4 days, in .*\n {2}help: resume with the same command and --each run_date=2026-01-02\.\.2026-01-04\n/,
    );
    const json = await strata([...args, "--format", "json"]);
    assert.equal(json.code, 1);
    assert.deepEqual(
      [JSON.parse(json.stdout).status, JSON.parse(json.stdout).runs.map((run: DayResult) => run.status)],
      ["FAILED", ["SUCCEEDED", "FAILED"]],
    );
  });

  it("a Ctrl-C ends it with 130 and says what is done", async () => {
    const child = spawn(
      process.execPath,
      [join(HOME, "bin", "strata.mjs"), "run", "--root", root, "--lake", lake, "--each", "2026-01-01..2026-12-31"],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    let [out, err] = ["", ""];
    child.stderr.on("data", (text) => (err += text));
    child.stdout.on("data", (text) => {
      out += text;
      if (/^2026-01-02 /m.test(out)) child.kill("SIGINT");
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    assert.equal(code, 130);
    const done = out.trimEnd().split("\n").length;
    const last = out.trimEnd().split("\n").at(-1)?.slice(0, 10);
    assert.match(err, new RegExp(`^strata: cancelled; done: 2026-01-01\\.\\.${last}, ${done} of 365 days, and`, "m"));
    assert.match(err, /help: resume with the same command and --each run_date=2026-\d\d-\d\d\.\.2026-12-31/);
  });

  it("marks days with warnings", () => {
    const dataset = (name: string, more: object) => ({
      ...{ name, status: "SUCCEEDED", rows: 1, bytes: 1, files: 1, seconds: 0, target: null, expectations: [] },
      ...more,
    });
    const warned = { name: "e", kind: "unique", severity: "warn", status: "FAILED", failing: 1 };
    const stages = [
      {
        name: "s",
        status: "SUCCEEDED",
        seconds: 1,
        datasets: [
          dataset("a", { expectations: [warned, { ...warned, status: "PASSED" }] }),
          dataset("b", { status: "SKIPPED" }),
          dataset("c", { status: "NOT_SELECTED" }),
        ],
      },
    ];
    const run = {
      each: { d: "2026-01-01" },
      execution: "e",
      status: "SUCCEEDED",
      seconds: 1,
      engine: null,
      stages,
      crawlers: [],
    };
    assert.equal(
      dayLine(run as unknown as DayResult, coloursOf(memoryStream().stream)),
      "2026-01-01  warned  2 datasets, 1 unchanged, 1 warning, 1.0 s",
    );
  });
});

describe("the days of a backfill", () => {
  afterEach(removeFolders);

  const plan = (params: string) => planIn(folderOf({ ...SHOP, "pipelines/shop/pipeline.yaml": `params: ${params}\n` }));
  const ONE = "{ run_date: { type: date }, least: { type: int, default: '0' } }";
  const TWO =
    '{ from: { type: date, default: "2026-01-01" }, until: { type: date, default: "2026-01-01" }, at: { type: timestamp, default: "2026-01-01" } }';
  const problem = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      return `${(error as Error).message} | ${(error as { help?: string }).help}`;
    }
    return assert.fail("it is accepted");
  };

  it("are a range, leap days and years among them", async () => {
    const one = await plan(ONE);
    assert.deepEqual(readEach("2024-02-28..2024-03-01", one, []), {
      param: "run_date",
      days: ["2024-02-28", "2024-02-29", "2024-03-01"],
    });
    assert.deepEqual(readEach("run_date=2025-12-31..2026-01-01", one, []).days, ["2025-12-31", "2026-01-01"]);
    assert.deepEqual(readEach("2026-01-01..2026-01-01", one, ["run_date"]).days, ["2026-01-01"]);
    assert.lengthOf(readEach("2000-01-01..2010-01-07", one, []).days, 3660);
  });

  it("go to the parameter that is named, else to the only one given, else to the only one there is", async () => {
    const two = await plan(TWO);
    assert.equal(readEach("until=2026-01-01..2026-01-02", two, ["from"]).param, "until");
    assert.equal(readEach("2026-01-01..2026-01-02", two, ["until", "at"]).param, "until");
    for (const given of [[], ["from", "until"]])
      assert.match(
        problem(() => readEach("2026-01-01..2026-01-02", two, given)),
        /`--each` is ambiguous.* one of its date parameters: from, until/,
      );
    assert.match(
      problem(() => readEach("at=2026-01-01..2026-01-02", two, [])),
      /no date parameter `at` .*from, until/,
    );
    const none = await plan("{ least: { type: int, default: '0' } }");
    assert.match(
      problem(() => readEach("2026-01-01..2026-01-02", none, [])),
      /no date parameter .*declare one/,
    );
  });

  it("are refused where they are invalid, reversed, or too many", async () => {
    const one = await plan(ONE);
    for (const range of [
      "",
      "..",
      "2026-01-01",
      "2026-01-01..",
      "2026-02-30..2026-03-01",
      "2026-01-01...2026-01-02",
      "2026-01-01..2026-01-02..2026-01-03",
      "1..2",
    ])
      assert.match(
        problem(() => readEach(range, one, [])),
        /invalid range of dates/,
        range,
      );
    assert.match(
      problem(() => readEach("2026-01-02..2026-01-01", one, [])),
      /ends before it begins \| write 2026-01-01\.\.2026-01-02/,
    );
    assert.match(
      problem(() => readEach("2000-01-01..2010-01-08", one, [])),
      /3,661 days; the limit is 3,660/,
    );
  });

  it("are usage errors of the command line", async () => {
    const root = folderOf(ROOT);
    for (const args of [
      ["--each", "x"],
      ["--each", "nope=2026-01-01..2026-01-02"],
      ["--again"],
      ["--each", "2026-01-01..2026-01-02", "--param", "least=x"],
    ]) {
      const { code, stderr } = await strata(["run", "--root", root, ...args]);
      assert.equal(code, 2, args.join(" "));
      assert.match(stderr, /^strata: /m);
    }
  });

  it("are executions with names of their own, the same when repeated, valid whatever things are called", async () => {
    const shop = await plan(ONE);
    const name = (input: object, of = shop) => dayExecution(of, "run_date", input as Record<string, unknown>);
    const day = { params: { run_date: "2026-01-01" } };
    assert.match(await name(day), /^shop-run-date-2026-01-01-[0-9a-f]{16}$/);
    assert.equal(
      await name(day),
      await name({ ...day, datasets: ["orders"], from: "bronze" }),
      "a selection does not change the execution",
    );
    assert.equal(
      await name(day),
      await name({ params: { least: "0", run_date: "2026-01-01" } }),
      "defaults are values",
    );
    assert.notEqual(await name(day), await name({ params: { run_date: "2026-01-01", least: "1" } }));
    assert.notEqual(await name(day), await name(day, { ...shop, pipeline: "other" }));
    const odd = await dayExecution({ ...shop, pipeline: `${"ß".repeat(90)} '"` }, "run_date", day);
    assert.match(odd, /^[A-Za-z0-9_-]{1,80}$/);
  });
});
