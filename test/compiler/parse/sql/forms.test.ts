/** Forms of SQL that people write: `check` refuses what Spark refuses, and nothing else. */

import { assert } from "chai";
import { readForms } from "../../../../bench/truth/forms.ts";
import { analyzeSql } from "../../../../compiler/parse/sql/analyze.ts";
import { newerThanSpark35 } from "../../../../compiler/parse/sql/newer.ts";

/** Refused by Spark for what only its catalog, its classes or its analyzer can determine. */
const OPEN = new Set([
  "SELECT TIMESTAMP '294247-01-10T04:00:54.775808Z'",
  "SELECT INTERVAL :p DAY",
  "SELECT INTERVAL '178956970-8' YEAR TO MONTH",
  'SELECT a:["b"]',
  "SELECT CAST(a AS TIME(7))",
  "SELECT CAST(a AS STRING COLLATE foo)",
  "SELECT CAST(a AS GEOMETRY(1234))",
  "FROM t |> WHERE a WINDOW w AS (ORDER BY a)",
  "FROM t |> ORDER BY a LIMIT 1",
  "SELECT a FROM t TABLESAMPLE (10M)",
  "SELECT a FROM t TABLESAMPLE (BUCKET 5 OUT OF 4)",
  "SELECT a FROM t WINDOW w AS v",
]);

/** Read by Spark, with a meaning that no author intends. */
const UNINTENDED = new Set([
  "SELECT 1e5L",
  "SELECT 1e5Y",
  "SELECT 1e2S",
  "SELECT 1.5e",
  "SELECT 1.5ex",
  "SELECT 1.5abc",
  "SELECT 123.abc",
  "SELECT 1e5e5",
  "SELECT INTERVAL '1' '2' DAY",
  "SELECT 1.a",
  "SELECT CONVERT(INT, a)",
  "SELECT f(DISTINCT)",
  "SELECT CASE END",
  "SELECT a ISNULL",
  "SELECT a NOTNULL",
  "SELECT SUM(a) OVER",
  "SELECT SUM(a) FILTER WHERE a > 1",
  "WITH a AS (SELECT 1), A AS (SELECT 2) SELECT * FROM a",
  "FROM t SELECT",
  "SELECT a FROM t OUTER JOIN u",
  "SELECT a FROM t OUTER JOIN u ON t.a = u.a",
  "SELECT a FROM t ASOF JOIN u ON a",
  "SELECT a FROM t LIMIT",
  "SELECT a FROM t WHERE",
  "SELECT a FROM t WHERE WHERE a",
  "SELECT a FROM FROM t",
  "SELECT SELECT a FROM t",
  "SELECT a AS FROM t",
  "SELECT a FROM , t",
  "SELECT a FROM t AS",
  "SELECT a FROM t1.2x",
  "SELECT a FROM UNNEST(b) AS x",
  "SELECT a FROM t, UNNEST(b) AS x",
  "SELECT a FROM t LATERAL VIEW explode(b) x AS",
  "SELECT DISTINCT FROM t",
  "SELECT DISTINCT ON (a) a, b FROM t",
  "SELECT DISTINCT a, DISTINCT b FROM t",
  "SELECT a, DISTINCT b FROM t",
  "SELECT TOP (10) a FROM t",
  "SELECT IF(a, 1, 2) END FROM t",
  "SELECT a END FROM t",
  "SELECT a AND FROM t",
  "SELECT WHERE a FROM t",
  "SELECT a FROM t where",
  "SELECT a FROM t order",
  "SELECT a FROM t group",
  "SELECT a FROM where b",
  "SELECT a FROM select",
  "SELECT a where FROM t",
  "SELECT union FROM t",
  "SELECT case + 1 FROM t",
  "SELECT a FROM t WHERE and = 1",
  "SELECT a FROM t WHERE not",
  "SELECT not FROM t",
  "SELECT distinct FROM t",
  "SELECT having FROM t",
  "SELECT a FROM t WHERE NOT",
  "SELECT count(distinct) FROM t",
  "SELECT IIF(a, b, c) FROM t",
  "SELECT a FROM t ASOF JOIN u ON t.a >= u.a",
  "SELECT CONVERT(INT, a) FROM t",
  "SELECT CONVERT(a, CHAR) FROM t",
  "SELECT a FROM t POSITIONAL JOIN u",
]);

const isRefused = (sql: string) => {
  const { syntaxError, statements } = analyzeSql(sql);
  return syntaxError !== undefined || statements.join() !== "query";
};

/** What is SQL, and no query: a mistake of a dataset all the same. */
const isOther = (sql: string) =>
  /^(CREATE|INSERT|DELETE|UPDATE|MERGE|EXPLAIN|DESCRIBE|SHOW|SET|USE|CALL|BEGIN|DECLARE)\b|^WITH .* INSERT/.test(sql);

/** Read by Spark 4.1 only, and not reported in a stage on Glue 5.1: what tokens alone do not show. */
const NOT_REPORTED =
  /^SELECT .*(a:|WITHIN GROUP|WATERMARK|WITHOUT TIME|AS TIME\(|VARIANT|'1' '2'|IDENTIFIER\(|>>)|^FROM t(, u)?$|^FROM t SELECT$|^(BEGIN|DECLARE|CALL)/;

describe("forms of SQL", () => {
  const forms = readForms();

  it("that Spark 3.5 does not read are reported in a stage on it, and no others", () => {
    const newer = forms.filter(([sql, readers]) => readers === "4.1" && !NOT_REPORTED.test(sql)).map(([sql]) => sql);
    assert.isAbove(newer.length, 40);
    assert.deepEqual(
      newer.filter((sql) => newerThanSpark35(sql) === undefined),
      [],
    );
    const read = forms.filter(([, readers]) => readers === "both").map(([sql]) => sql);
    assert.deepEqual(
      read.filter((sql) => newerThanSpark35(sql) !== undefined),
      [],
    );
  });

  it("that Spark 4.1 refuses are mistakes", () => {
    const refused = forms.filter(([, readers]) => readers === "3.5" || readers === "none").map(([sql]) => sql);
    assert.isAbove(refused.length, 800);
    assert.deepEqual(
      refused.filter((sql) => !isRefused(sql)),
      [...OPEN],
    );
  });

  it("that Spark 4.1 reads are not mistakes", () => {
    const read = forms.filter(([sql, readers]) => /^(both|4\.1)$/.test(readers) && !isOther(sql)).map(([sql]) => sql);
    assert.isAbove(read.length, 700);
    assert.deepEqual(
      read.filter((sql) => isRefused(sql)),
      [...UNINTENDED],
    );
  });
});
