/** What a run reports beside its rows: expectations that failed, what was skipped, a ledger that could not be written. */

import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { assert } from "chai";
import { stateOf } from "../../cli/root.ts";
import { reporterFor } from "../../local/report/reporter.ts";
import { type RunEvent, type RunResult, runPipeline } from "../../local/run/run.ts";
import { HOME } from "../../setup/node.mjs";
import { folderOf, removeFolders, SHOP, strata } from "../cli/strata.ts";
import { memoryStream, parquet, planIn, runnerOptions, withWorker } from "./runs.ts";

const NAMES = { "orders' é": "s3://lake/bronze/orders' é/", totals: "s3://lake/gold/totals/" };
const ROOT = {
  ...SHOP,
  "pipelines/shop/etl_stages.json": JSON.stringify({ bronze: ["orders' é"], gold: ["totals"] }),
  "pipelines/shop/sql_queries.json": JSON.stringify({
    "orders' é": {
      sql_name: "orders' é",
      sql_file: "shop/orders.sql",
      tables: [{ table_name: "orders_raw", s3_path: "s3://lake/raw/orders/" }],
      s3_target: NAMES["orders' é"],
    },
    totals: {
      sql_name: "totals",
      sql_file: "shop/totals.sql",
      tables: [{ table_name: "orders_bronze", s3_path: NAMES["orders' é"] }],
      s3_target: NAMES.totals,
    },
  }),
};

const PUBLISH = {
  "orders' é": {
    expectations: [
      { name: "expression(amount > 1)", kind: "expression", severity: "warn", failing: "NOT (amount > 1)" },
      { name: "not_null(id)", kind: "not_null", severity: "warn", failing: "`id` IS NULL" },
    ],
  },
  totals: {
    expectations: [
      { name: "accepted_values(total)", kind: "accepted_values", severity: "error", failing: "total <> 7" },
      { name: "row_count", kind: "row_count", severity: "error", rows: { min: 5 } },
    ],
  },
};

describe("expectations and the ledger of a local run, on Sail", function () {
  this.timeout(120_000);
  let root: string;
  let lake: string;

  beforeEach(async () => {
    root = folderOf(ROOT);
    lake = join(root, "my lake's é");
    await parquet(join(lake, "lake", "raw", "orders", "a.parquet"), { id: [1, 2, 3], amount: [1, 2, 0] });
  });
  afterEach(removeFolders);

  /** Runs, and answers what both streams got. */
  async function shown(publish: Readonly<Record<string, object>>, run = runPipeline) {
    const plan = await planIn(root);
    const [progress, results] = [memoryStream(), memoryStream()];
    const reporter = reporterFor(progress.stream, results.stream, { plan, textOf: () => undefined });
    const options = { ...runnerOptions(plan, lake), onEvent: reporter.onEvent, input: {} };
    const result = await withWorker({ publish }, () => run(options));
    reporter.finish(result);
    return { result, progress: progress.text(), results: results.text() };
  }

  it("reports each that failed: name, severity, number of rows, and a file with some of them", async () => {
    const { result, progress, results } = await shown(PUBLISH);
    const [orders, totals] = result.stages.flatMap(({ datasets }) => datasets);
    assert.equal(orders?.status, "SUCCEEDED");
    assert.deepEqual(
      orders?.expectations.map(({ name, severity, status, failing }) => [name, severity, status, failing]),
      [
        ["expression(amount > 1)", "warn", "FAILED", 2],
        ["not_null(id)", "warn", "PASSED", 0],
      ],
    );
    const sample = orders?.expectations[0]?.sample ?? "";
    assert.isTrue(sample.startsWith(join(lake, ".strata", "state", "samples")), sample);
    const rows = JSON.parse(readFileSync(sample, "utf8")).rows["expression(amount > 1)"];
    assert.sameMembers(
      rows.map((row: string) => JSON.parse(row).id),
      [1, 3],
    );
    assert.match(progress, /^ {2}warned {2}orders' é {2}3 rows, [\d.]+ s, 1 expectation failed$/m);
    assert.match(results, /^orders' é +SUCCEEDED, 1 warning +3 /m);
    assert.include(
      results,
      `expectations of \`orders' é\` that failed:\n  warning expression(amount > 1): 2 rows\n          sample: ${sample}\n`,
    );
    assert.equal(totals?.status, "FAILED");
    assert.match(results, /\n {2}error {3}accepted_values\(total\): 1 row\n {10}sample: .*\/samples\/totals\//);
    assert.match(results, /\n {2}error {3}row_count: 1 row, below the minimum of 5\n/);
    assert.match(results, /the result was not committed: [^\n]*\n {2}= help: the target is unchanged/);
    assert.notInclude(results, "not_null(id)", "what passed is not shown");
  });

  it("reports a warning that cannot be computed as such", async () => {
    const broken = {
      name: "broken",
      kind: "expression",
      severity: "warn",
      failing: "CAST(concat('x', id) AS INT) > 1",
    };
    const { result, results } = await shown({ "orders' é": { expectations: [broken] } });
    assert.equal(result.status, "SUCCEEDED");
    assert.include(results, "\n  warning broken: it cannot be computed: a value cannot be cast to INT: ");
    assert.notInclude(JSON.stringify(result), "'x", "no value of a row is kept");
  });

  it("keeps the ledger beside the default lake, or in the lake that is named", async () => {
    assert.equal(stateOf({}), join(HOME, ".strata", "state"));
    assert.equal(stateOf({ root }), join(root, ".strata", "state"));
    assert.equal(stateOf({ root, lake }), join(lake, ".strata", "state"));
    // The default lake under any of its names, there or not yet.
    const named = join(root, ".strata", "lake");
    const link = join(folderOf({}), "link");
    symlinkSync(root, link);
    for (let there = 0; there < 2; there += 1) {
      for (const each of [named, `${named}/`, relative(process.cwd(), named), join(link, ".strata", "lake")])
        assert.equal(stateOf({ root, lake: each }), stateOf({ root }), each);
      mkdirSync(named, { recursive: true });
    }
    symlinkSync(named, join(root, "other"));
    assert.equal(stateOf({ lake: join(root, "other") }), stateOf({ root }));
    const { code, stderr } = await strata(["run", "--root", root, "--lake", lake, "--concurrency", "1"]);
    assert.equal(code, 0, stderr);
    const folder = join(lake, ".strata", "state", "ledger");
    assert.sameMembers(readdirSync(folder), ["orders%27 %C3%A9", "totals"]);
    const [file = ""] = readdirSync(join(folder, "totals"));
    assert.deepInclude(JSON.parse(readFileSync(join(folder, "totals", file), "utf8")), {
      dataset: "totals",
      status: "SUCCEEDED",
      rows: 1,
    });
  });

  it("warns of a ledger that cannot be written, and the run succeeds", async () => {
    await strata(["run", "--root", root, "--lake", lake]); // makes the lake's own folder
    const state = join(root, "a file");
    writeFileSync(state, "x");
    const run = (options: Parameters<typeof runPipeline>[0]) => runPipeline({ ...options, state });
    const { result, progress } = await shown({}, run);
    assert.equal(result.status, "SUCCEEDED");
    assert.match(progress, /^ {2}warning cannot write or read the ledger record of orders' é: /m);
  });

  it("shows what was skipped as skipped, unchanged", async () => {
    const publish = { "orders' é": { skip_unchanged: true }, totals: { skip_unchanged: true } };
    assert.equal((await shown(publish)).result.status, "SUCCEEDED");
    const { result, progress, results } = await shown(publish);
    assert.equal(result.status, "SUCCEEDED");
    assert.deepEqual(statuses(result), ["SKIPPED", "SKIPPED"]);
    assert.match(progress, /^ {2}skipped orders' é {2}3 rows, unchanged$/m);
    assert.match(results, /^orders' é +SKIPPED, unchanged +3 /m);
    assert.notMatch(results + progress, /failed/i);
  });

  it("gives the job the state, and the number of datasets at the same time where one is given", async () => {
    const echo = folderOf({
      "worker.py": `import json, sys
print(json.dumps({"ready": {"engine": "fake"}}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"id": request["id"], "event": {"event": "args", **request["args"]}}), flush=True)
    print(json.dumps({"id": request["id"], "done": {"status": "SUCCEEDED", "error": None}}), flush=True)
`,
    });
    const args = async (concurrency: number | undefined) => {
      const events: RunEvent[] = [];
      const options = runnerOptions(await planIn(root), lake, events);
      await runPipeline({ ...options, program: join(echo, "worker.py"), concurrency, input: {} });
      return events.flatMap((event): object[] => (event.kind === "job" ? [event.event] : []));
    };
    for (const each of await args(7))
      assert.deepInclude(each, { "--concurrency": "7", "--state": join(lake, ".strata", "state") });
    for (const each of await args(undefined)) assert.notProperty(each, "--concurrency");
  });

  it("refuses an invalid number of datasets at the same time", async () => {
    for (const wrong of ["65", "1.5"]) {
      const { code, stderr } = await strata(["run", "--root", root, "--lake", lake, `--concurrency=${wrong}`]);
      assert.equal(code, 2);
      assert.match(stderr, /invalid `--concurrency .*`: not a number from 1 to 64/);
    }
  });
});

function statuses(result: RunResult): string[] {
  return result.stages.flatMap(({ datasets }) => datasets.map(({ status }) => status));
}
