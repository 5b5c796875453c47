/**
 * What expectations compile to, as a file that both sides read: this test holds the compiler against it, and
 * glue/tests/test_compiled.py runs it on each engine. UPDATE_GOLDENS=1 writes it.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { publishOf } from "../../compiler/emit/job/publish.ts";
import { bind } from "../../compiler/plan/bind.ts";
import type { ExpectationPlan } from "../../compiler/plan/types.ts";
import { HOME } from "../../setup/node.mjs";
import { compileFiles, type Files } from "./files.ts";

const FILE = join(HOME, "test", "fixtures", "expectations", "publish.json");

/** Every kind, with names and values that must be quoted. */
const EXPECTATIONS = [
  { not_null: ["id", "we`ird é"] },
  { unique: ["id", "we`ird é"] },
  {
    accepted_values: {
      column: "word",
      values: ["plain", "it's", "back\\slash", 'dou"ble', "é✓🚀", "new\nline", "%_$x{}", ""],
    },
    name: "words",
  },
  { accepted_values: { column: "id", values: [1, 2, 3, -4] }, name: "numbers" },
  { accepted_values: { column: "flag", values: [true] }, name: "flags", severity: "warn" },
  { references: { column: ["id", "word"], dataset: "other", to: ["key", "text"] } },
  { references: { column: "parent", dataset: "d", to: "id" }, name: "parent" },
  { row_count: { min: 1, max: 100, change: 0.5 } },
  { freshness: { column: "at", within: "2 days", of: "run_date" } },
  { expression: "parent IS NULL -- at the top\nOR parent <> id", name: "not its own parent" },
];

function filesWith(expectations: readonly object[], defaults = ""): Files {
  const dataset = (name: string, more: object) => ({ sql_name: name, sql_file: `${name}.sql`, tables: [], ...more });
  const params = expectations === EXPECTATIONS ? 'params: { run_date: { type: date, default: "2026-01-02" } }\n' : "";
  return {
    "pipelines/p/etl_stages.json": JSON.stringify({ one: ["d", "other"] }),
    "pipelines/p/sql_queries.json": JSON.stringify({
      d: dataset("d", { s3_target: "s3://b/out/d/", strata: { expectations } }),
      other: dataset("other", { s3_target: "s3://b/out/other/" }),
    }),
    "pipelines/p/pipeline.yaml": `${params}${defaults}` || "{}\n",
    "sql/d.sql":
      "SELECT 1 AS id, 'x' AS `we``ird é`, 'plain' AS word, true AS flag, 2 AS parent, TIMESTAMP'2026-01-01 00:00:00' AS at\n",
    "sql/other.sql": "SELECT 1 AS key, 'plain' AS text\n",
  };
}

function compiled(files: Files): readonly ExpectationPlan[] {
  const { pipelines, diagnostics } = compileFiles(files);
  assert.deepEqual(diagnostics, []);
  return pipelines[0]?.plan?.stages[0]?.datasets[0]?.publish.expectations ?? [];
}

describe("compiled expectations", () => {
  it("are what both compiler and job are tested with", () => {
    const { pipelines, diagnostics } = compileFiles(filesWith(EXPECTATIONS));
    assert.deepEqual(diagnostics, []);
    const plan = pipelines[0]?.plan;
    if (plan === undefined) throw new Error("compiles");
    const [argument] = publishOf(bind(plan, { buckets: [], databases: [{ pipeline: "p", database: "p" }] }));
    const text = `${JSON.stringify(JSON.parse(argument?.json ?? ""), null, 2)}\n`;
    if (process.env.UPDATE_GOLDENS === "1") writeFileSync(FILE, text);
    assert.equal(text, existsSync(FILE) ? readFileSync(FILE, "utf8") : "run with UPDATE_GOLDENS=1");
  });

  it("have a name that can be shown", () => {
    for (const [name, problem] of [
      ["", "is empty"],
      ["a\u0007", "has control characters"],
    ]) {
      const { diagnostics } = compileFiles(filesWith([{ not_null: ["id"], name }]));
      assert.deepEqual(
        diagnostics.map(({ message }) => message),
        [`the name of an expectation ${problem}`],
      );
    }
  });

  it("accept values of one type only: a column has one, and a cast fails in the run", () => {
    const mixed = [
      ["x", 1],
      [1, true],
      [1.5, 2, "x"],
    ].map((values) => ({ accepted_values: { column: "word", values } }));
    assert.deepEqual(
      mixed.flatMap((one) => compileFiles(filesWith([one])).diagnostics.map(({ message }) => message)),
      [
        "`values` of `accepted_values` of dataset `d` mixes texts and numbers",
        "`values` of `accepted_values` of dataset `d` mixes numbers and booleans",
        "`values` of `accepted_values` of dataset `d` mixes numbers and texts",
      ],
    );
  });

  it("wait for what they refer to, and for nothing where that is themselves", () => {
    const dataset = compileFiles(filesWith(EXPECTATIONS)).pipelines[0]?.plan?.stages[0]?.datasets[0];
    assert.deepEqual(dataset?.waitsFor, ["other"]);
    const own = dataset?.publish.expectations.find(({ name }) => name === "parent");
    assert.deepEqual(own?.reads, []);
    assert.include(own?.kind === "references" ? own.count : "", "ANTI JOIN strata_result");
  });

  it("begin with the pipeline's, unless the dataset has one of that name", () => {
    const defaults = 'expectations: [{ row_count: { min: 1 } }, { expression: "1 = 1" }]\n';
    assert.deepEqual(
      compiled(filesWith([{ row_count: { max: 9 } }], defaults)).map((each) => [
        each.name,
        each.kind === "row_count" ? each.rows : undefined,
      ]),
      [
        ["1 = 1", undefined],
        ["row_count", { max: 9 }],
      ],
    );
  });

  it("of the pipeline leave datasets without a target alone", () => {
    const files = filesWith([], "expectations: [{ row_count: { min: 1 } }]\n");
    const queries = (files["pipelines/p/sql_queries.json"] ?? "").replace('"s3_target":"s3://b/out/other/"', '"k":1');
    const plan = compileFiles({ ...files, "pipelines/p/sql_queries.json": queries }).pipelines[0]?.plan;
    const [d, other] = plan?.stages[0]?.datasets ?? [];
    assert.lengthOf(d?.publish.expectations ?? [], 1);
    assert.deepEqual(other?.publish.expectations, []);
  });

  it("skip the check of columns where the query does not name them", () => {
    const files = { ...filesWith([{ not_null: "anything" }]), "sql/d.sql": "SELECT * FROM sql_keywords()\n" };
    assert.deepEqual(compileFiles(files).diagnostics, []);
  });
});
