/** Which texts in double quotes Q006 warns of: those that may be names, and those that are columns. */

import { assert } from "chai";
import { compileFiles } from "../../files.ts";

const dataset = (name: string, table: string, path: string) => ({
  sql_name: name,
  sql_file: `${name}.sql`,
  tables: [{ table_name: table, s3_path: path }],
  s3_target: `s3://lake/out/${name}/`,
});

/** Warnings of a query on `planes_raw`, which has the columns `code` and `Range`, and of one on what the first gives. */
function warnings(sql: string, later = "SELECT * FROM planes") {
  const { diagnostics } = compileFiles({
    "pipelines/p/etl_stages.json": '{"a": ["planes"], "b": ["later"]}',
    "pipelines/p/sql_queries.json": JSON.stringify({
      planes: dataset("planes", "planes_raw", "s3://lake/raw/planes/"),
      later: dataset("later", "planes", "s3://lake/out/planes/"),
    }),
    "pipelines/p/pipeline.yaml": "sources: { planes_raw: { columns: { code: string, Range: int } } }\n",
    "sql/planes.sql": sql,
    "sql/later.sql": later,
  });
  assert.deepEqual(
    diagnostics.filter(({ code }) => code !== "Q006"),
    [],
    sql,
  );
  return diagnostics;
}

const FROM = "FROM planes_raw";

describe("texts in double quotes", () => {
  it("that make no sense as a name cause no warning", () => {
    for (const sql of [
      'array("a", "b") AS x',
      'concat(code, "km") AS x',
      'date_trunc("month", now()) AS x',
      'date_format(now(), "yyyy") AS x',
      'named_struct("range", 1) AS x',
      'map("code", code) AS x',
      'map("code", code)["code"] AS x',
      'CASE WHEN code = \'a\' THEN "high" ELSE "low" END AS x',
      'code IN ("SU", "CN") AS x',
      'code LIKE "SU" AS x',
      'code || "km" AS x',
      '"two words" AS x',
    ])
      assert.deepEqual(warnings(`SELECT ${sql} ${FROM}`), [], sql);
  });

  it("that may be a name are", () => {
    for (const sql of [
      `SELECT "model" AS x ${FROM}`,
      `SELECT code, "model" AS x ${FROM}`,
      `SELECT DISTINCT "model" AS x ${FROM}`,
      `SELECT code ${FROM} WHERE "model" = 'a'`,
      `SELECT code ${FROM} WHERE upper(code) = "model"`,
      `SELECT code ${FROM} WHERE ("model" LIKE 'a')`,
      `SELECT code ${FROM} GROUP BY code, "model"`,
      `SELECT code ${FROM} ORDER BY "model"`,
      `SELECT if("model" > 1, 1, 2) AS x ${FROM}`,
    ]) {
      const [warning, ...others] = warnings(sql);
      assert.equal(warning?.message, 'Spark reads `"model"` as a string, not as a name', sql);
      assert.isEmpty(others);
    }
  });

  it("that are a declared column name it with its table, wherever an expression may be", () => {
    for (const sql of ['"range" AS x', 'coalesce("range", 0) AS x', 'CASE WHEN true THEN "RANGE" END AS x'])
      assert.include(warnings(`SELECT ${sql} ${FROM}`)[0]?.message, "not as column `Range` of table `planes_raw`", sql);
  });

  it("that are a column of what another dataset gives name it with its table", () => {
    const [warning] = warnings(`SELECT code AS id ${FROM}`, 'SELECT max("ID") AS x FROM planes');
    assert.include(warning?.message, "not as column `id` of table `planes`");
    assert.include(warning?.help, "`id`");
    assert.deepInclude(warning, { file: "sql/later.sql", line: 1, column: 12, length: 4, severity: "warning" });
  });
});
