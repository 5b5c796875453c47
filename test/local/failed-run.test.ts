/** What a person reads when a run has failed: the remedy that fits, the folder on disk, the place of an expectation. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { calling } from "../../cli/calling.ts";
import { reporterContext } from "../../cli/reporting.ts";
import { type LoadedRoot, loadRoot } from "../../loading/load.ts";
import { failures } from "../../local/report/failures.ts";
import { reporterFor } from "../../local/report/reporter.ts";
import { Shown } from "../../local/report/shown.ts";
import { summaryTable } from "../../local/report/summary.ts";
import { coloursOf } from "../../local/report/terminal.ts";
import type { DatasetResult, RunResult } from "../../local/run/result.ts";
import { folderOf, removeFolders, strata } from "../cli/strata.ts";
import { memoryStream, parquet } from "./runs.ts";

const dataset = (file: string, tables: Readonly<Record<string, string>>, target: string, strata?: object) => ({
  sql_name: file,
  sql_file: `shop/${file}.sql`,
  tables: Object.entries(tables).map(([table_name, s3_path]) => ({ table_name, s3_path })),
  s3_target: target,
  ...(strata && { strata }),
});
const QUERIES = {
  orders: dataset("orders", { orders_raw: "s3://lake/raw/orders/" }, "s3://lake/bronze/orders/", {
    expectations: [{ row_count: { min: 100 } }, { expression: "id < 3", severity: "warn" }],
  }),
  totals: dataset("totals", { o: "s3://lake/bronze/orders/", other: "s3://lake/other/" }, "s3://lake/gold/totals/", {
    expectations: [{ references: { column: "id", dataset: "orders", to: "id" } }],
  }),
  spare: dataset("spare", { orders_raw: "s3://lake/raw/orders/" }, "s3://lake/spare/"),
  reader: dataset(
    "reader",
    { s: "s3://lake/spare/", t: "s3://lake/raw/orders/tags/", u: "s3://lakes/raw/orders/", v: "s3://nowhere/at/all/" },
    "s3://lake/reader/",
  ),
};
const ROOT = {
  "sql/shop/orders.sql": "SELECT id FROM orders_raw\n",
  "sql/shop/totals.sql": "SELECT o.id FROM o JOIN other ON o.id = other.id\n",
  "sql/shop/spare.sql": "SELECT id FROM orders_raw\n",
  "sql/shop/reader.sql": "SELECT s.id FROM s, t, u, v\n",
  "pipelines/shop/sql_queries.json": JSON.stringify(QUERIES, null, 2),
  "pipelines/shop/etl_stages.json": JSON.stringify({ bronze: ["orders"], gold: ["totals", "reader"] }),
  "pipelines/shop/pipeline.yaml": "expectations:\n  - not_null: id\n    severity: warn\n",
  "sql/shop/others.sql": "SELECT id FROM orders_raw\n",
  "pipelines/second/sql_queries.json": JSON.stringify({
    others: dataset("others", { orders_raw: "s3://lake/raw/orders/" }, "s3://lake/other/"),
  }),
  "pipelines/second/etl_stages.json": JSON.stringify({ first: ["others"] }),
};
const made = (name: string, error: DatasetResult["error"], rest: Partial<DatasetResult> = {}): DatasetResult => ({
  ...{ name, status: "FAILED", rows: null, bytes: null, files: null, seconds: 0, commitSeconds: null, target: null },
  expectations: [],
  ...(error && { error }),
  ...rest,
});
const result = (datasets: readonly DatasetResult[], rest: Partial<RunResult> = {}): RunResult => ({
  version: 1,
  ...{ execution: "e", status: "FAILED", seconds: 1, engine: "sail", crawlers: [], ...rest },
  stages: [{ name: "gold", status: "FAILED", seconds: 1, datasets }],
});
const nothing = (location: string) =>
  ({
    class: "SOURCE_MISSING",
    message: `source table \`x\` does not exist: there are no files in ${location}`,
  }) as const;

/** How the user's shell calls strata here. */
const STRATA = calling().join(" ");

describe("what a failed run says", function () {
  this.timeout(180_000);
  let root: string;
  let lake: string;
  let loaded: LoadedRoot;
  const colours = coloursOf(memoryStream().stream, { NO_COLOR: "1" });

  before(async () => {
    root = folderOf(ROOT);
    lake = join(root, "lake é");
    loaded = await loadRoot(root);
    for (const folder of ["lake/raw/order", "lake/raw/items", "lake/raw/_tmp"])
      mkdirSync(join(lake, folder), { recursive: true });
  });
  after(removeFolders);

  function context() {
    const plan = loaded.pipelines.find(({ name }) => name === "shop")?.plan;
    assert.isDefined(plan, JSON.stringify(loaded.diagnostics, null, 1));
    return reporterContext(loaded, plan as NonNullable<typeof plan>, { lake });
  }
  const said = (name: string, error: DatasetResult["error"]) =>
    failures(result([made(name, error)]), context(), colours, new Shown());

  for (const [what, name, location, help] of [
    [
      "a dataset of an earlier stage",
      "totals",
      "s3://lake/bronze/orders/",
      () =>
        `dataset \`orders\` (stage \`bronze\`) writes it; run that first: ${STRATA} run shop --datasets orders --lake '${lake}'`,
    ],
    [
      "a dataset of another pipeline",
      "totals",
      "s3://lake/other/",
      () =>
        `dataset \`others\` (stage \`first\` of pipeline \`second\`) writes it; run that first: ${STRATA} run second --datasets others --lake '${lake}'`,
    ],
    [
      "a dataset that no stage lists",
      "reader",
      "s3://lake/spare/",
      () => "dataset `spare` writes it but is in no stage: add it to `etl_stages.json`",
    ],
    [
      "a folder of nearly that name",
      "orders",
      "s3://lake/raw/orders/",
      () => "did you mean `s3://lake/raw/order/`? If not, put the table's Parquet files there, or correct `s3_path`",
    ],
    [
      "a folder that is missing further up",
      "reader",
      "s3://lake/raw/orders/tags/",
      () => "`s3://lake/raw/order/` has no folder; put",
    ],
    [
      "a bucket one letter off",
      "reader",
      "s3://lakes/raw/orders/",
      () => "did you mean `s3://lake/raw/order/`? If not, put",
    ],
    [
      "a bucket like no other",
      "reader",
      "s3://nowhere/at/all/",
      () =>
        `the lake \`${lake}\` has no bucket \`nowhere\`, only \`lake\`; put the table's Parquet files there, or correct \`s3_path\``,
    ],
  ] as const)
    it(`names ${what} where its source is missing, and the folder on disk`, () => {
      const text = said(name, nothing(location));
      assert.include(text, `  = help: ${help()}`);
      const folder = join(lake, location.slice("s3://".length, -1));
      assert.include(text, `\n  = note: \`${location}\` is \`${folder}\` in this lake\n`);
      assert.notInclude(text, "raw tables");
    });

  it("adds nothing to a message that has its own remedy", () => {
    for (const message of [
      "has no Parquet file in s3://lake/raw/orders/ itself: rename the folders",
      "the dataset reads its own target as `o`, and s3://lake/raw/orders/ has no content yet: put files there",
    ])
      assert.notInclude(said("orders", { class: "SOURCE_EMPTY", message }), "= help");
  });

  it("shows the folder of a location in every error, and leaves the result's own text alone", () => {
    const error = { class: "SOURCE_BROKEN", message: "source table `o` (s3://lake/bronze/orders/): a.csv is CSV" };
    assert.include(said("totals", error), `\`${join(lake, "lake/bronze/orders")}\` in this lake`);
    assert.notInclude(said("totals", error), "= help");
    assert.notInclude(error.message, lake);
    const crawler = { name: "c", status: "FAILED", tables: [], error: "no table at s3://lake/gold/totals/" } as const;
    const text = failures(result([], { crawlers: [crawler] }), context(), colours, new Shown());
    assert.include(text, `\`${join(lake, "lake/gold/totals")}\` in this lake`);
  });

  it("notes what changed in the sources since the last good run, also without a failure", () => {
    const sourceChanges = [
      { table: "orders_raw", column: "status", before: "string" },
      { table: "other\u001b", column: "a", now: "int" },
      { table: "orders_raw", column: "unit_price", before: "double", now: "string" },
      ...Array.from({ length: 20 }, (_, index) => ({ table: "other\u001b", column: `c${index}`, now: "int" })),
    ];
    const error = { class: "SOURCE_COLUMNS", message: "no" };
    const text = failures(result([made("orders", error, { sourceChanges })]), context(), colours, new Shown());
    assert.include(
      text,
      "\n  = note: `orders_raw` since the last good run: −status, unit_price: double → string\n  = note: `other\\u001b` since the last good run: +a, +c0,",
    );
    assert.match(text, /\+c10, and 9 more$/);
    const progress = memoryStream();
    const event = { event: "dataset_finished", name: "orders", status: "SUCCEEDED", rows: 1, seconds: 1 } as const;
    const more = { expectations: [], source_changes: sourceChanges.slice(0, 1) };
    reporterFor(progress.stream, memoryStream().stream, context()).onEvent({
      kind: "job",
      stage: "bronze",
      event: { ...event, ...more } as never,
    });
    assert.include(progress.text(), "\n    changed: `orders_raw` since the last good run: −status\n");
  });

  it("names the sample's command for the sample's own tables of its own root only", async () => {
    const sample = await loadRoot(join(import.meta.dirname, "..", ".."));
    const plan = sample.pipelines.find(({ name }) => name === "bookings")?.plan as NonNullable<
      ReturnType<typeof context>["plan"]
    >;
    for (const { reads, name } of plan.stages.flatMap(({ datasets }) => datasets))
      for (const { location, writer } of reads) {
        const own = reporterContext(sample, plan, { lake: "l" });
        const text = failures(result([made(name, nothing(location))]), own, colours, new Shown());
        if (writer === undefined) assert.include(text, `write the sample's raw tables: ${STRATA} data --lake l`);
        else assert.include(text, `dataset \`${writer}\``);
      }
    assert.isUndefined(context().commands?.data("s3://postgres-repo/raw/bookings/tickets/"));
  });

  it("points at the expectation that cannot be computed, or whose other table is missing", () => {
    const lines = ROOT["pipelines/shop/sql_queries.json"].split("\n");
    const line = (text: string) => lines.findIndex((each) => each.includes(text)) + 1;
    const broken = { class: "EXPECTATION_BROKEN", message: "row_count cannot be computed: no" };
    assert.include(said("orders", broken), `--> pipelines/shop/sql_queries.json:${line('"row_count"')}:`);
    const sql = { class: "X", message: "no", line: 1, column: 8 };
    assert.include(said("orders", sql), "--> sql/shop/orders.sql:1:8\n1 | SELECT id FROM orders_raw\n");
  });

  it("counts in words with the right number, and what was not selected", () => {
    const [progress, results] = [memoryStream(), memoryStream()];
    const reporter = reporterFor(progress.stream, results.stream, context());
    for (const tables of [["a"], Array.from({ length: 1234 }, (_, index) => `t${index}`)])
      reporter.onEvent({ kind: "crawler", result: { name: "c", status: "SUCCEEDED", tables } });
    for (const [status, rows] of [
      ["SUCCEEDED", 1],
      ["SKIPPED", 7534],
    ] as const)
      reporter.onEvent({
        kind: "job",
        stage: "s",
        event: { event: "dataset_finished", name: "d", status, rows, seconds: 1, expectations: [] } as never,
      });
    assert.match(
      progress.text(),
      /c: 1 table\n.*c: 1,234 tables\n.* d {2}1 row, 1\.0 s\n.* d {2}7,534 rows, unchanged\n/s,
    );
    const left = ["a", "b"].map((name) => made(name, undefined, { status: "NOT_SELECTED" }));
    assert.include(summaryTable(result([...left, made("c", undefined)]), colours), "not selected: 2 datasets");
  });

  it("in a real run: limits, places, folders and commands", async () => {
    await parquet(join(lake, "lake", "raw", "orders", "a.parquet"), { id: [1, 2, 3] });
    const run = (...args: string[]) => strata(["run", "shop", "--root", root, "--lake", lake, ...args]);
    const { code, stdout } = await run();
    assert.equal(code, 1);
    assert.include(
      stdout,
      "error: dataset `orders`: the result was not committed: row_count fails: 3 rows, below the minimum of 100\n  = help: the target is unchanged",
    );
    assert.notInclude(stdout, "--> sql/");
    assert.match(
      stdout,
      /\n {2}error {3}row_count: 3 rows, below the minimum of 100\n {10}--> pipelines\/shop\/sql_queries\.json:\d+:11\n/,
    );
    assert.match(
      stdout,
      /\n {2}warning id < 3: 1 row\n {10}--> pipelines\/shop\/sql_queries\.json:\d+:11\n {10}sample: /,
    );
    assert.include(stdout, "not run: stage gold");
    const alone = await run("--datasets", "totals", "--format", "json");
    assert.include(
      alone.stderr,
      `run that first: ${STRATA} run shop --datasets orders --root ${root} --lake '${lake}'`,
    );
    assert.include(alone.stderr, "not selected: 2 datasets");
    assert.notInclude(JSON.parse(alone.stdout).stages[1].datasets[0].error.message, lake);
  });
});
