/** The argument `--publish`: what of a plan it says, and that the job's own reader understands all of it. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { assert } from "chai";
import fc from "fast-check";
import { publishOf } from "../../compiler/emit/job/publish.ts";
import { bind } from "../../compiler/plan/bind.ts";
import type { Bindings } from "../../compiler/plan/bindings.ts";
import { pipelinesWithTables } from "../../compiler/plan/tables.ts";
import type { ExpectationPlan, IcebergTable, Plan, PublishPlan } from "../../compiler/plan/types.ts";
import { camel } from "../../contract/camel.ts";
import { WRITING_KEYS } from "../../contract/dataset.ts";
import { HOME } from "../../setup/node.mjs";
import { planOf, publishing } from "../asl/plans.ts";
import { compileFiles } from "./files.ts";

const NAMES: Pick<Bindings, "buckets" | "databases"> = {
  buckets: [{ logical: "lake", physical: "acme-lake" }],
  databases: [
    { pipeline: "p", database: "p_dev" },
    { pipeline: "other", database: "other_dev" },
  ],
};

const argumentOf = (plan: Plan) => publishOf(bind(plan, NAMES))[0]?.json ?? "";
const settingsOf = (plan: Plan) => JSON.parse(argumentOf(plan)) as Record<string, Record<string, unknown>>;

/** A plan whose dataset `d` reads one more source. */
function reading(plan: Plan, iceberg: IcebergTable | undefined): Plan {
  const source = {
    table: "t",
    location: "s3://lake/gold/t/",
    bucket: "lake",
    prefix: "gold/t/",
    writer: undefined,
    iceberg,
  };
  return {
    ...plan,
    stages: plan.stages.map((stage) => ({
      ...stage,
      datasets: stage.datasets.map((dataset) => ({ ...dataset, reads: [source] })),
    })),
  };
}

const PLAIN = planOf([["s", ["d"]]]);

describe("the argument --publish", () => {
  it("is empty for defaults, whatever parameters the SQL uses", () => {
    assert.equal(
      argumentOf(planOf([["s", ["d"]]], 'params: { day: { type: date, default: "2017-01-01" } }', "SELECT :day AS d")),
      "{}",
    );
    assert.equal(argumentOf(reading(PLAIN, undefined)), "{}");
  });

  it("names the parameters with `skip_unchanged`, none too: not to say them means all", () => {
    assert.deepEqual(settingsOf(publishing(PLAIN, { d: { skipUnchanged: true } })), {
      d: { skip_unchanged: true, params: [] },
    });
    const day = planOf([["s", ["d"]]], 'params: { day: { type: date, default: "2017-01-01" } }', "SELECT :day AS d");
    assert.deepEqual(settingsOf(publishing(day, { d: { skipUnchanged: true } })).d?.params, ["day"]);
  });

  it("carries the order inside a stage: who writes what a query or an expectation reads, a folder above or below, too", () => {
    const dataset = (name: string, reads: string[], more = {}) => ({
      sql_name: name,
      sql_file: "q.sql",
      tables: reads.map((path) => ({ table_name: "t", s3_path: `s3://lake/${path}/` })),
      s3_target: `s3://lake/gold/${name}/`,
      ...more,
    });
    const refers = { strata: { expectations: [{ references: { column: "one", dataset: "first" } }] } };
    const queries = {
      exact: dataset("exact", ["gold/first"]),
      above: dataset("above", ["gold/far"], { s3_target: "s3://lake/above/" }),
      below: dataset("below", ["gold/first/day=1"]),
      refers: dataset("refers", [], refers),
      own: dataset("own", ["gold/own"]),
      late: dataset("late", ["gold/first"]),
      first: dataset("first", []),
      far: dataset("far", [], { s3_target: "s3://lake/gold/far/away/" }),
    };
    const { pipelines, diagnostics } = compileFiles({
      "pipelines/p/etl_stages.json": JSON.stringify({
        a: Object.keys(queries).filter((name) => name !== "late"),
        b: ["late"],
      }),
      "pipelines/p/sql_queries.json": JSON.stringify(queries),
      "sql/q.sql": "SELECT 1 AS one",
    });
    const plan = pipelines[0]?.plan;
    if (plan === undefined) throw new Error(JSON.stringify(diagnostics));
    const [first, second] = publishOf(bind(plan, NAMES)).map(({ json }) => JSON.parse(json));
    const orders = Object.entries<{ waits_for?: string[] }>(first).map(([name, each]) => [name, each.waits_for]);
    assert.deepEqual(Object.fromEntries(orders), {
      exact: ["first"],
      above: ["far"],
      below: ["first"],
      refers: ["first"],
    });
    assert.deepEqual(second, {});
  });

  it("names the table that is written, and the tables that are read, in their pipelines' databases", () => {
    const reference = { view: "r", location: "s3://lake/gold/x/", bucket: "lake", prefix: "gold/x/", writer: "x" };
    const expectation: ExpectationPlan = {
      name: "references",
      kind: "references",
      severity: "warn",
      count: "SELECT 1 AS n",
      sample: "SELECT 1",
      reads: [{ ...reference, iceberg: { pipeline: "p", name: "x" } }],
    };
    const plan = publishing(reading(PLAIN, { pipeline: "other", name: "t" }), {
      d: { format: "iceberg", write: "merge", mergeKey: ["id"], expectations: [expectation] },
    });
    assert.deepEqual(settingsOf(plan).d, {
      write: "merge",
      format: "iceberg",
      merge_key: ["id"],
      expectations: [
        {
          name: "references",
          kind: "references",
          severity: "warn",
          count: "SELECT 1 AS n",
          sample: "SELECT 1",
          reads: [{ view: "r", location: "s3://acme-lake/gold/x/" }],
        },
      ],
      table: { database: "p_dev", name: "t0" },
      tables: [
        { location: "s3://acme-lake/gold/t/", database: "other_dev", name: "t" },
        { location: "s3://acme-lake/gold/x/", database: "p_dev", name: "x" },
      ],
    });
    assert.deepEqual(pipelinesWithTables(plan), ["p", "other"]);
  });

  it("says which tables a dataset of defaults reads", () => {
    assert.deepEqual(settingsOf(reading(PLAIN, { pipeline: "other", name: "t" })), {
      d: { tables: [{ location: "s3://acme-lake/gold/t/", database: "other_dev", name: "t" }] },
    });
  });

  it("says what is declared of the tables that a dataset reads and others write, name by name in order", () => {
    const plan = {
      ...reading(PLAIN, undefined),
      externals: [
        {
          ...{ location: "s3://lake/gold/t/", bucket: "lake", prefix: "gold/t/", tables: ["t"], writer: undefined },
          columns: [
            { name: "zip", type: "string" },
            { name: "__proto__", type: "int" },
          ],
        },
        {
          ...{ location: "s3://lake/gold/u/", bucket: "lake", prefix: "gold/u/", tables: ["u"], writer: undefined },
          columns: [{ name: "a", type: "int" }],
        },
      ],
    };
    assert.deepEqual(settingsOf(plan), {
      d: {
        sources: [
          {
            location: "s3://acme-lake/gold/t/",
            columns: [
              ["zip", "string"],
              ["__proto__", "int"],
            ],
          },
        ],
      },
    });
  });

  it("refuses a table whose pipeline has no database", () => {
    const plan = reading(PLAIN, { pipeline: "nowhere", name: "t" });
    assert.throws(() => publishOf(bind(plan, NAMES)), "no database for pipeline nowhere");
  });

  it("takes every name of a dataset for a name", () => {
    const names = ["__proto__", "10", "9", 'quo"te', "ü"];
    const plan = publishing(planOf([["s", names]]), Object.fromEntries(names.map((name) => [name, { keep: 1 }])));
    const expected = names
      .filter((name) => name !== "__proto__")
      .map((name) => `${JSON.stringify(name)}:{"keep":1}`)
      .join(",");
    assert.include(argumentOf(plan), expected);
  });
});

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const texts = fc.array(text, { maxLength: 3 });

const references = fc.record({
  view: text,
  location: fc.constant(""),
  bucket: fc.constantFrom("lake", "raw"),
  prefix: fc.constantFrom("gold/a/", "gold/ü b/"),
  writer: text,
  iceberg: fc.constant(undefined),
});
const bounds = fc.record(
  {
    min: fc.nat(),
    max: fc.maxSafeNat(),
    change: fc.double({ min: 0, max: 9, noNaN: true }).map((value) => value + 0),
  },
  { requiredKeys: [] },
);

/** What an expectation of each kind has. */
const subject = fc.oneof(
  fc.record({ kind: fc.constantFrom("not_null", "accepted_values", "expression"), failing: text }),
  fc.record({ kind: fc.constant("unique"), count: text, quick: text, sample: text }),
  fc.record({
    kind: fc.constant("references"),
    count: text,
    sample: text,
    reads: fc.array(references, { maxLength: 2 }),
  }),
  fc.record({ kind: fc.constant("row_count"), rows: bounds }),
  fc.record(
    { kind: fc.constant("freshness"), newest: text, withinSeconds: fc.nat(), of: text.filter((each) => each !== "") },
    { requiredKeys: ["kind", "newest", "withinSeconds"] },
  ),
);
const expectation = fc
  .tuple(text, fc.constantFrom("error", "warn"), subject)
  .map(([name, severity, about]) => ({ reads: [], ...about, name, severity }) as ExpectationPlan);
const publish: fc.Arbitrary<PublishPlan> = fc
  .record({
    write: fc.constantFrom("replace", "append", "replace_partitions", "merge"),
    format: fc.constantFrom("parquet", "iceberg"),
    partitionBy: texts,
    mergeKey: texts,
    sortBy: texts,
    fileSizeMib: fc.integer({ min: 1, max: 2048 }),
    compression: fc.constantFrom("zstd", "snappy", "gzip", "none"),
    keep: fc.nat({ max: 100 }),
    skipUnchanged: fc.boolean(),
    expectations: fc.array(expectation, { maxLength: 3 }),
  })
  // The job refuses what the compiler never gives it.
  .filter(
    ({ write, format, mergeKey, partitionBy }) =>
      (write !== "merge" || (format === "iceberg" && mergeKey.length > 0)) &&
      (write !== "replace_partitions" || partitionBy.length > 0),
  );

/** What the job should make of a plan, as JSON again. */
function expected(each: PublishPlan): object {
  const { expectations, ...writing } = each;
  const place = (bucket: string, prefix: string) => `s3://${bucket === "lake" ? "acme-lake" : bucket}/${prefix}`;
  return {
    ...Object.fromEntries(WRITING_KEYS.map((key) => [key, writing[camel(key)]])),
    ...(each.skipUnchanged && { params: [] }),
    expectations: expectations.map(({ reads, ...one }) => ({
      ...Object.fromEntries(
        Object.entries(one).map(([key, value]) => [key === "withinSeconds" ? "within_seconds" : key, value]),
      ),
      ...(one.kind === "references" && {
        reads: reads.map(({ view, bucket, prefix }) => ({ view, location: place(bucket, prefix) })),
      }),
    })),
  };
}

const PARSE = `
import json, sys
from strata_glue.arguments.settings import parse_publish
from strata_glue.contract import PublishSettings
from strata_glue.payload import as_json
for line in sys.stdin.buffer.read().decode().split("\\n")[:-1]:
    print(json.dumps(as_json(parse_publish(json.loads(line)).get("d", PublishSettings()))))
`;

describe("the job's reader of --publish", function () {
  this.timeout(180_000);

  it("loses nothing of 300 plans, defaults left out or not", function () {
    const python = process.env.STRATA_PYTHON;
    if (python === undefined) {
      process.stdout.write("    skipped: STRATA_PYTHON names no interpreter (`npm test` sets it)\n");
      this.skip();
    }
    const settings = fc.sample(publish, { numRuns: 300, seed: 5 });
    const given = settings.map((each) => argumentOf(publishing(PLAIN, { d: each })));
    const { status, stdout, stderr } = spawnSync(python, ["-c", PARSE], {
      input: given.map((each) => `${JSON.stringify(each)}\n`).join(""),
      env: { ...process.env, PYTHONPATH: join(HOME, "glue"), PYTHONIOENCODING: "utf-8" },
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    const read = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.lengthOf(read, settings.length);
    for (const [index, each] of settings.entries()) {
      const found = read[index] ?? {};
      assert.deepInclude(found, expected(each), given[index]);
    }
  });
});
