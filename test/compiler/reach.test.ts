/** SQL that reaches out of its query is refused, wherever SQL is taken and whether the parser reads it or not. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { SHOP } from "../cli/strata.ts";
import { compileFiles, type Files } from "./files.ts";

interface Case {
  readonly sql: string;
  readonly codes: readonly string[];
}

const CASES = JSON.parse(readFileSync(join(HOME, "test", "fixtures", "reach.json"), "utf8")) as Case[];

/** Codes about what is read and called. */
const ABOUT_REACH = /^Q(003|004|009|02\d)$/;

function codesOf(files: Files): string[] {
  const found = compileFiles({ ...SHOP, ...files }).diagnostics.map(({ code }) => code);
  return [...new Set(found.filter((code) => ABOUT_REACH.test(code)))];
}

const QUERIES = SHOP["pipelines/shop/sql_queries.json"] ?? "";
const withStrata = (strata: object) => ({
  "pipelines/shop/sql_queries.json": QUERIES.replace(
    '"target_name": "totals_gold"',
    `"target_name": "totals_gold", "strata": ${JSON.stringify(strata)}`,
  ),
});
const UNREAD = withStrata({ allow: { Q001: "the parser does not know the words behind it" } });
const BROKEN = "\nThis is nothing that any parser reads ((";

describe("SQL that reaches out of its query", () => {
  for (const { sql, codes } of CASES) {
    it(`${codes.join() || "nothing"} for ${sql.replaceAll("\n", " ")}`, () => {
      assert.deepEqual(codesOf({ "sql/shop/totals.sql": sql.replaceAll("$P", "/tmp") }), codes);
    });
  }

  it("is refused where nothing else is known of the text", () => {
    // By tokens alone a table of a catalog looks as a column does: there the job's rights decide.
    const known = CASES.filter(({ codes, sql }) => codes.length > 0 && !/spark_catalog|global_temp/.test(sql));
    for (const { sql } of known) {
      const files = { ...UNREAD, "sql/shop/totals.sql": sql.replaceAll("$P", "/tmp").replace(/ --'$/, "") + BROKEN };
      const found = codesOf(files);
      assert.isTrue(found.includes("Q020") || found.includes("Q021"), `${sql}: ${found}`);
    }
  });

  for (const sql of [
    "ADD JAR 's3://b/x.jar'",
    "SET spark.sql.ansi.enabled = false",
    "WITH x AS (SELECT 1) INSERT INTO t SELECT 1",
    "FROM orders_bronze INSERT OVERWRITE DIRECTORY '/tmp/x' SELECT 1",
    "BEGIN SELECT 1; SELECT 2; END",
  ])
    it(`as a statement, where nothing else is known of the text: ${sql}`, () => {
      const { diagnostics } = compileFiles({ ...SHOP, ...UNREAD, "sql/shop/totals.sql": sql + BROKEN });
      const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code);
      assert.isTrue(errors.includes("Q020") || errors.includes("Q002"), errors.join());
    });

  it("is reported at the function", () => {
    const { diagnostics } = compileFiles({
      ...SHOP,
      "sql/shop/totals.sql": "SELECT sum(amount) AS total,\n  Reflect('a', 'b') AS x\nFROM orders_bronze",
    });
    assert.deepEqual(
      diagnostics.map(({ code, line, column, length }) => ({ code, line, column, length })),
      [{ code: "Q020", line: 2, column: 3, length: 7 }],
    );
  });

  it("is refused in expectations of a dataset and of a pipeline, and in named queries", () => {
    const expression = "reflect('java.lang.System', 'getenv', 'X') = 'y'";
    assert.deepEqual(codesOf(withStrata({ expectations: [{ expression }] })), ["Q020"]);
    for (const yaml of [
      `expectations: [{ expression: "${expression}" }]`,
      `queries: { all: "SELECT ${expression}" }`,
      `queries: { all: "USING EXTERNAL FUNCTION f(x VARCHAR) RETURNS VARCHAR LAMBDA 'l' SELECT f('a')" }`,
      `queries: { all: "SELECT TRANSFORM(a) USING 'sh' FROM t" }`,
    ])
      assert.deepEqual(codesOf({ "pipelines/shop/pipeline.yaml": yaml }), ["Q020"], yaml);
  });

  it("is not allowed by a reason, except XPath", () => {
    const reasons = withStrata({ allow: { Q021: "we write the XML ourselves" } });
    const compiled = compileFiles({
      ...SHOP,
      ...reasons,
      "sql/shop/totals.sql": "SELECT xpath_string(id, 'a') AS x FROM orders_bronze",
    });
    assert.deepEqual(
      compiled.diagnostics.map(({ code, severity }) => [code, severity]),
      [["Q021", "warning"]],
    );
    const refused = compileFiles({ ...SHOP, ...withStrata({ allow: { Q020: "please" } }) });
    assert.deepEqual(
      refused.diagnostics.map(({ code }) => code),
      ["C013"],
    );
  });
});
