/** Properties of the compiler: whatever the text, an answer with places inside the files; same input, same answer. */

import { assert } from "chai";
import fc from "fast-check";
import { COMPILER_CODES } from "../../compiler/codes.ts";
import { hasErrors } from "../../compiler/diagnostics.ts";
import { SHOP } from "../cli/strata.ts";
import { compileFiles, type Files } from "./files.ts";

const WHOLE: Files = {
  ...SHOP,
  "pipelines/shop/pipeline.yaml":
    'description: a shop\nparams: { least: { type: int, default: "0" } }\nqueries: { all: "SELECT * FROM totals" }\nexpectations: [{ row_count: { min: 1 } }, { expression: "1 = 1" }]\n',
  "sql/shop/orders.sql": "SELECT id, amount FROM orders_raw WHERE id >= :least\n",
};

/** One file with a piece cut out and another put in. */
const mutated = fc
  .record({
    path: fc.constantFrom(...Object.keys(WHOLE)),
    from: fc.nat(),
    cut: fc.nat({ max: 12 }),
    insert: fc.oneof(
      fc.constantFrom(
        "",
        "{",
        "}",
        "[",
        ",",
        '"',
        "'",
        "`",
        ":",
        "null",
        "__proto__",
        "\\",
        "--",
        "/*",
        ";",
        "\t",
        "&a",
        "*a",
      ),
      fc.string({ unit: "binary", maxLength: 6 }),
    ),
  })
  .map(({ path, from, cut, insert }): Files => {
    const text = WHOLE[path] ?? "";
    const at = from % (text.length + 1);
    return { ...WHOLE, [path]: text.slice(0, at) + insert + text.slice(at + cut) };
  });

/** Every position is in its file; every code is known; there is a plan exactly where there is no error. */
function assertSound(files: Files): void {
  const { diagnostics, pipelines } = compileFiles(files);
  for (const { code, file, line, column, message, help } of diagnostics) {
    assert.property(COMPILER_CODES, code);
    const lines = (files[file] ?? "").split(/\r\n|\n|\r/);
    assert.isAtMost(line, lines.length, `${code} ${file}:${line}`);
    assert.isAtMost(column, (lines[line - 1] ?? "").length + 1, `${code} ${file}:${line}:${column}`);
    assert.isNotEmpty(message);
    assert.isNotEmpty(help);
  }
  for (const { plan, diagnostics: own } of pipelines) if (plan === undefined) assert.isTrue(hasErrors(own));
}

describe("the compiler", function () {
  this.timeout(180_000);

  it("answers any mutation of a right root, with places inside the files", () => {
    fc.assert(fc.property(mutated, assertSound), { numRuns: 400 });
  });

  it("answers any text in any file", () => {
    const anyText = fc.record({
      path: fc.constantFrom(...Object.keys(WHOLE)),
      text: fc.oneof(fc.string({ unit: "binary" }), fc.json(), fc.string()),
    });
    fc.assert(
      fc.property(anyText, ({ path, text }) => assertSound({ ...WHOLE, [path]: text })),
      { numRuns: 300 },
    );
  });

  it("gives the same bytes for the same input", () => {
    fc.assert(
      fc.property(mutated, (files) =>
        assert.equal(JSON.stringify(compileFiles(files)), JSON.stringify(compileFiles(files))),
      ),
      { numRuns: 50 },
    );
  });

  it("makes a plan that is plain, frozen JSON with a version", () => {
    const plan = compileFiles(WHOLE).pipelines[0]?.plan;
    assert.isDefined(plan);
    assert.property(plan, "version");
    const plain = (value: unknown): boolean =>
      typeof value !== "object" ||
      value === null ||
      (Object.isFrozen(value) &&
        (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) &&
        Object.values(value).every(plain));
    assert.isTrue(plain(plan));
  });

  it("reads CRLF, a byte order mark and characters beyond the basic plane like any other text", () => {
    const crlf = Object.fromEntries(Object.entries(WHOLE).map(([path, text]) => [path, text.replaceAll("\n", "\r\n")]));
    assert.deepEqual(compileFiles(crlf).diagnostics, []);
    const sql = { ...WHOLE, "sql/shop/orders.sql": "SELECT '🚀' AS a, :least, missing.b FROM orders_raw, missing\n" };
    const [found] = compileFiles(sql).diagnostics;
    assert.deepInclude(found, {
      code: "Q004",
      line: 1,
      column: "SELECT '🚀' AS a, :least, missing.b FROM orders_raw, ".length + 1,
    });
  });

  it("compiles 500 datasets in one stage", () => {
    const names = Array.from({ length: 500 }, (_, index) => `d${index}`);
    const dataset = (name: string) => [
      name,
      {
        sql_name: name,
        sql_file: "p/q.sql",
        tables: [{ table_name: "t", s3_path: "s3://b/raw/t/" }],
        s3_target: `s3://b/out/${name}/`,
      },
    ];
    const { diagnostics, pipelines } = compileFiles({
      "pipelines/p/etl_stages.json": JSON.stringify({ all: names }),
      "pipelines/p/sql_queries.json": JSON.stringify(Object.fromEntries(names.map(dataset))),
      "sql/p/q.sql": "SELECT * FROM t",
    });
    assert.deepEqual(diagnostics, []);
    assert.lengthOf(pipelines[0]?.plan?.stages[0]?.datasets ?? [], 500);
  });
});

/** SQL of dataset `totals`, which lists `orders_bronze` only → codes about it. */
function codesOf(sql: string): string[] {
  const { diagnostics } = compileFiles({ ...SHOP, "sql/shop/totals.sql": sql });
  // Joins do not matter here.
  return diagnostics.map(({ code }) => code).filter((code) => code !== "Q051");
}

describe("tables that a query uses", () => {
  const RIGHT = [
    "WITH t AS (SELECT * FROM orders_bronze) SELECT * FROM t",
    "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT n FROM t JOIN orders_bronze",
    "WITH a AS (SELECT 1 AS x), b AS (SELECT * FROM a) SELECT * FROM b, orders_bronze",
    "SELECT * FROM (SELECT id FROM orders_bronze) AS t WHERE t.id IN (SELECT id FROM orders_bronze)",
    "SELECT o.id, x FROM orders_bronze o LATERAL VIEW explode(array(1, 2)) e AS x",
    "SELECT * FROM orders_bronze PIVOT (sum(amount) FOR id IN (1, 2))",
    "SELECT * FROM ORDERS_BRONZE",
    "SELECT * FROM `orders_bronze`",
    "SELECT id FROM orders_bronze UNION ALL SELECT id FROM orders_bronze",
    "SELECT * FROM orders_bronze WHERE EXISTS (WITH u AS (SELECT 1) SELECT * FROM u)",
    "SELECT * FROM orders_bronze, LATERAL (SELECT orders_bronze.id AS i)",
    "SELECT id FROM orders_bronze; -- the end\n",
  ];
  for (const sql of RIGHT) it(`none is missing in ${sql}`, () => assert.deepEqual(codesOf(sql), []));

  const WRONG: Readonly<Record<string, string[]>> = {
    "SELECT * FROM orders_bronze JOIN other USING (id)": ["Q004"],
    "SELECT * FROM orders_bronze WHERE id IN (SELECT id FROM other)": ["Q004"],
    "WITH t AS (SELECT * FROM other) SELECT * FROM t, orders_bronze": ["Q004"],
    "SELECT * FROM (WITH t AS (SELECT 1) SELECT * FROM t) JOIN t JOIN orders_bronze": ["Q004"],
    "SELECT * FROM other PIVOT (sum(amount) FOR id IN (1, 2)), orders_bronze": ["Q004"],
    "SELECT * FROM orders_bronze JOIN IDENTIFIER('other')": ["Q009"],
    "SELECT (SELECT max(id) FROM other) AS m FROM orders_bronze": ["Q004"],
  };
  for (const [sql, codes] of Object.entries(WRONG))
    it(`one is missing in ${sql}`, () => assert.deepEqual(codesOf(sql), codes));
});

describe("several pipelines in one root", () => {
  const mart = (target: string, table = "totals"): Files => ({
    ...SHOP,
    "pipelines/mart/etl_stages.json": '{"one":["report"]}',
    "pipelines/mart/sql_queries.json": `{"report":{"sql_name":"report","sql_file":"mart/report.sql","tables":[{"table_name":"${table}","s3_path":"s3://lake/gold/totals/"}],"s3_target":"${target}"}}`,
    "sql/mart/report.sql": `SELECT * FROM ${table}`,
  });

  it("a source that another pipeline writes is external, with its writer", () => {
    const { diagnostics, pipelines } = compileFiles(mart("s3://lake/mart/report/"));
    assert.deepEqual(diagnostics, []);
    const plan = pipelines.find(({ name }) => name === "mart")?.plan;
    assert.include(JSON.stringify(plan), '"shop"');
  });

  it("targets are compared across pipelines", () => {
    const codes = compileFiles(mart("s3://lake/bronze/orders/2017/")).diagnostics.map(({ code }) => code);
    assert.isTrue(
      codes.some((code) => code.startsWith("G")),
      codes.join(),
    );
  });
});

describe("a crawler", () => {
  it("leaves out folders beside its tables that are only read", () => {
    const { diagnostics, pipelines } = compileFiles({
      "pipelines/p/etl_stages.json": '{"all":["out"]}',
      "pipelines/p/sql_queries.json":
        '{"out":{"sql_name":"out","sql_file":"p/q.sql","tables":[{"table_name":"t","s3_path":"s3://b/data/raw/"}],"s3_target":"s3://b/data/out/"}}',
      "sql/p/q.sql": "SELECT * FROM t",
    });
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(
      pipelines[0]?.plan?.crawlers.map(({ exclusions }) => exclusions),
      [["**/_strata/**", "raw/**"]],
    );
  });
});
