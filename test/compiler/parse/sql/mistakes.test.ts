/** Mistakes in SQL: the message, its position and its help. */

import { assert } from "chai";
import { readBookings } from "../../../../bench/truth/corpus.ts";
import { KINDS } from "../../../../bench/truth/kinds.ts";
import { analyzeSql } from "../../../../compiler/parse/sql/analyze.ts";
import { lex } from "../../../../compiler/parse/sql/lexer.ts";

/** `«` and `»` are around the place. */
const CASES: readonly (readonly [sql: string, message: string, help?: RegExp])[] = [
  ["SELECT a«,» FROM t", "unexpected comma before `FROM`", /delete the comma/],
  ["SELECT a, b«,» , c FROM t", "unexpected comma before `,`"],
  ["SELECT max(a«,») FROM t", "unexpected comma before `)`"],
  ["SELECT a FROM t GROUP BY a«,» ORDER BY a", "unexpected comma before `ORDER`"],
  ["SELECT a FROM t GROUP BY a«,»", "unexpected comma before the end"],
  ["SELECT «TOP» 10 a FROM t", "Spark has no `TOP`", /LIMIT/],
  ["SELECT «TOP» (10) a FROM t", "Spark has no `TOP`"],
  ["SELECT v, «‘»x’ AS s FROM t", "`‘` (U+2018) is not a quote in SQL", /word processors/],
  ["SELECT v AS «“»x” FROM t", "`“` (U+201C) is not a quote in SQL"],
  ["SELECT v«\u200b» FROM t", "the SQL contains an invisible character (U+200B)", /delete it/],
  ["SELECT v «\ufeff»FROM t", "the SQL contains an invisible character (U+FEFF)"],
  ["SELECT a «–» b FROM t", "`–` (U+2013) is not a minus sign in SQL", /write `-`/],
  ["SELECT «größe» FROM t", "the name `größe` has letters beyond ASCII", /`größe`/],
  ["SELECT v «/*» to do FROM t", "a comment begins here and does not end", /\*\//],
  ["SELECT v FROM t WHERE a = «'»x", "a text begins here and does not end"],
  ["SELECT «`»v FROM t", "a name in backticks begins here and does not end"],
  ["SELECT CASE WHEN a THEN b «ELSE IF» c THEN d END FROM t", "Spark has no `ELSE IF`", /WHEN/],
  ["SELECT CASE WHEN a THEN b «ELSE IF» (c = 1) THEN d END FROM t", "Spark has no `ELSE IF`"],
  ["SELECT v FROM «{{» ref('t') }}", "Strata has no templates (Jinja)", /table's name/],
  ["«{{» config(materialized='table') }}\nSELECT v FROM t", "Strata has no templates (Jinja)", /sql_queries\.json/],
  ["SELECT v FROM t «{%» if x %} WHERE v = 1 {% endif %}", "Strata has no templates (Jinja)", /parameters/],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what other tools replace
  ["SELECT v FROM t WHERE a = «${»day}", "Strata puts no variables into SQL", /:name/],
  ["SELECT max«(»v FROM t", "`(` is not closed"],
  ["SELECT v«)» FROM t", "`)` closes nothing"],
  ["SELECT f(a[1«)» FROM t", "`)` does not close `[`"],
  ["SELECT a «FORM» t", "unexpected `FORM`", /`FROM`/],
  ["«SELCT» a FROM t", "unexpected `SELCT`", /`SELECT`/],
  ["SELECT a FROM t «WEHRE» a = 1", "unexpected `WEHRE`", /`WHERE`/],
  ["SELECT a FROM t WHERE a = 1 «&&» b = 2", "Spark has no `&&`", /AND/],
  ["SELECT «[»a] FROM t", "Spark SQL has no square brackets around names or lists", /backticks/],
  ["SELECT a FROM t LIMIT «10, 20»", "Spark has no `LIMIT` of two numbers", /LIMIT 20 OFFSET 10/],
  ["SELECT a FROM t «FETCH FIRST» 5 ROWS ONLY", "Spark has no `FETCH FIRST`", /LIMIT/],
  ["SELECT a FROM t WHERE a «IN» 1, 2", "`IN` is not followed by a list in brackets"],
  ["SELECT a FROM t WHERE a IN «()»", "the list of `IN` is empty"],
  ['SELECT a FROM «"db"."t"»', "these quotes make a text, not a table's name", /`db`\.`t`/],
  ['SELECT a FROM «"db".t» AS x', "these quotes make a text, not a table's name", /`db`\.t/],
  ['SELECT a FROM «db."t"» AS x', "these quotes make a text, not a name", /db\.`t`/],
  ['SELECT «"t"."a"» FROM t', "these quotes make a text, not a name", /`t`\.`a`/],
  ['SELECT max(«c.`t`."a"») FROM t', "these quotes make a text, not a name", /c\.`t`\.`a`/],
  ["SELECT a FROM t JOIN «'u'» ON true", "these quotes make a text, not a table's name", /`u`/],
  ["SELECT a FROM t WHERE a «=» AND b = 1", "something is missing between `=` and `AND`"],
  ["SELECT a FROM t WHERE a = 1 «AND»", "something is missing between `AND` and the end"],
  ["SELECT CAST(a «int») FROM t", "expected `AS` after `a`, found `int`"],
  ["«SELECT» FROM t", "`SELECT` has no columns", /\*/],
  ["«SELECT» DISTINCT FROM t", "`SELECT` has no columns"],
  ["«SELECT» NOT FROM t", "`SELECT` has no columns"],
  ["«SELECT» WHERE FROM t", "`SELECT` has no columns"],
  ["SELECT a FROM t UNION ALL «SELECT»", "`SELECT` has no columns"],
  ["SELECT a FROM t WHERE EXISTS («SELECT» FROM u)", "`SELECT` has no columns"],
  ["SELECT «CASE a END» FROM t", "`CASE` has no `WHEN`", /WHEN/],
  ["SELECT «CASE a ELSE» 1 END FROM t", "`CASE` has no `WHEN`"],
  ["SELECT a «=>» 1 FROM t", "`=>` gives a function's argument its name, and a value follows it", />=/],
  ["SELECT b, a «=>» 1 FROM t", "`=>` gives a function's argument its name, and a value follows it"],
  ["SELECT f(a «=>» ) FROM t", "`=>` gives a function's argument its name, and a value follows it"],
  ["SELECT a«::» FROM t", "no type is behind `::`"],
  ["SELECT a::«int64» FROM t", "Spark has no type `int64`", /BIGINT/],
  ["SELECT CAST(a AS «datetime») FROM t", "Spark has no type `datetime`", /TIMESTAMP/],
  ["SELECT CAST(a AS «varchar») FROM t", "`varchar` lacks its length", /STRING/],
  ["SELECT CAST(a AS «array») FROM t", "`array` lacks the types of its parts"],
  ["SELECT a FROM t «LATERAL VIEW explode»(b)", "`LATERAL VIEW` has no name", /explode\(…\) v AS c/],
  ["SELECT a FROM t «LATERAL VIEW OUTER explode»(b) WHERE a = 1", "`LATERAL VIEW` has no name"],
  ["SELECT a FROM t «LATERAL VIEW explode» x", "`LATERAL VIEW` calls no function"],
  ["SELECT «INTERVAL 3»", "an interval has no unit", /DAY/],
  ["SELECT a + «INTERVAL '60'» FROM t", "an interval has no unit"],
  ["SELECT a + «INTERVAL n» DAY FROM t", "the number of an interval is a column", /n \* INTERVAL 1 DAY/],
  ["SELECT (a «AS» date) + 1 FROM t", "a value in brackets has no name", /CAST/],
  ["SELECT a FROM t WHERE a BETWEEN ('x' «AS» date) AND b", "a value in brackets has no name"],
  ["SELECT (sum(a)) «OVER» (PARTITION BY b) FROM t", "`OVER` must follow a function"],
  ["SELECT sum(a) «FILTER (»a > 1) FROM t", "`FILTER` has no `WHERE` with a condition"],
  ["SELECT sum(a) OVER (ORDER BY a «ROWS» 1) FROM t", "the bounds of `ROWS` are not complete"],
  ["SELECT sum(a) OVER (ORDER BY a «ROWS» BETWEEN 1 AND 2) FROM t", "the bounds of `ROWS` are not complete"],
  ["SELECT a FROM t JOIN u «USING a»", "`USING` is not followed by columns in brackets"],
  ["SELECT a FROM t WHERE a «IS 1»", "`IS` is followed by a value"],
  ["SELECT a«[]» FROM t", "nothing is between `[` and `]`"],
  ["SELECT «()» FROM t", "nothing is between `(` and `)`"],
  ["SELECT t«.» IS NULL FROM t", "no name is behind `.`"],
  ["SELECT a«.1» FROM t", "`.1` is not part of a name or number"],
  ["SELECT json «'$.en'» AS b FROM t", "a string follows `json`, which is not a literal's type"],
  ["SELECT a «#»b FROM t", "`#` is not part of SQL"],
  ["SELECT a FROM t WHERE a «NOT NULL»", "Spark has no `NOT NULL` here", /IS NOT NULL/],
  ["SELECT a FROM t WHERE a «SIMILAR TO» 'x'", "Spark has no `SIMILAR TO` here", /RLIKE/],
  ["SELECT a FROM t «FOR UPDATE»", "Spark has no `FOR UPDATE` here"],
  ["SELECT a FROM t «OFFSET 1 LIMIT» 2", "Spark has no `OFFSET 1` here", /in front/],
  ["SELECT a «INTO» x FROM t", "a query has no `INTO`"],
  ["SELECT a FROM t «QUALIFY» row_number() OVER (ORDER BY a) = 1", "Spark has no `QUALIFY`"],
  ["SELECT * «EXCLUDE» (a) FROM t", "Spark has no `* EXCLUDE`", /EXCEPT/],
  ["SELECT a FROM t AS «left»", "`left` cannot be a table alias", /backticks/],
  ["SELECT a FROM (SELECT a FROM t) AS «Union»", "`Union` cannot be a table alias"],
  ["SELECT a FROM t JOIN db.u AS «semi» ON true", "`semi` cannot be a table alias"],
  ["SELECT a FROM t «NATURAL JOIN u ON» t.a = u.a", "`NATURAL JOIN` takes no `ON`", /delete/],
  ["SELECT a FROM t «NATURAL LEFT JOIN (SELECT a FROM u) AS x USING» (a)", "`NATURAL JOIN` takes no `USING`"],
  ["SELECT a b «c» FROM t", "unexpected `c` after `b`"],
  // What is inside of literals.
  ["SELECT DATE «'2026-02-30'» AS d FROM t", "`2026-02-30` is not a valid date", /day that exists/],
  ["SELECT a FROM t WHERE b < TIMESTAMP «'2026-01-01 25:00:00'»", "`2026-01-01 25:00:00` is not a valid timestamp"],
  ["SELECT TIMESTAMP_NTZ «'10:00:00'» FROM t", "`10:00:00` is not a valid timestamp"],
  [
    "SELECT TIMESTAMP «'2026-01-01 10:00:00 Europe/Nowhere'» FROM t",
    "`2026-01-01 10:00:00 Europe/Nowhere` is not a valid timestamp",
  ],
  ["SELECT TIME «'24:00:00'» FROM t", "`24:00:00` is not a valid time"],
  ["SELECT X«'GG'» FROM t", "`GG` is not a valid hexadecimal number"],
  ["SELECT «300Y» FROM t", "`300Y` does not fit `TINYINT`", /at most 127/],
  ["SELECT -«129Y» FROM t", "`129Y` does not fit `TINYINT`", /at most 128/],
  ["SELECT a -«128Y» FROM t", "`128Y` does not fit `TINYINT`"],
  ["SELECT «99999999999999999999L» FROM t", "`99999999999999999999L` does not fit `BIGINT`"],
  ["SELECT «1e400» FROM t", "`1e400` does not fit `DOUBLE`"],
  ["SELECT «1e39F» FROM t", "`1e39F` does not fit `FLOAT`"],
  ["SELECT «1e40BD» FROM t", "`1e40BD` does not fit `DECIMAL`", /38 digits/],
  ["SELECT «1.5abc» FROM t", "`1.5abc` is not a valid number"],
  [
    "SELECT INTERVAL «'1-12'» YEAR TO MONTH FROM t",
    "`1-12` is not a valid interval `YEAR TO MONTH`",
    /INTERVAL '1-2' YEAR TO MONTH/,
  ],
  ["SELECT INTERVAL '1' «HOUR TO DAY» FROM t", "an interval has no `HOUR TO DAY`", /DAY TO HOUR/],
  ["SELECT INTERVAL «'x'» DAY FROM t", "`x` is not a valid number of an interval's `DAY`", /whole number/],
  ["SELECT INTERVAL «1.5» DAY FROM t", "`1.5` is not a valid number of an interval's `DAY`", /smaller unit/],
  ["SELECT INTERVAL «'1 fortnight'» FROM t", "`1 fortnight` is not a valid interval", /1 day 2 hours/],
  ["SELECT INTERVAL 1 MONTH 2 «DAY» FROM t", "an interval has either years and months, or days and times"],
  ["SELECT INTERVAL «300000000 YEAR» FROM t", "an interval is longer than Spark counts"],
  ["SELECT CAST(a AS DECIMAL(«39», 2)) FROM t", "a DECIMAL of 39 digits does not exist"],
  ["SELECT a FROM t WHERE a LIKE 'x' ESCAPE «'ab'»", "`ESCAPE` takes one character"],
  // What the parser reads over.
  ["WITH a AS (SELECT 1 AS x), «a» AS (SELECT 2 AS x) SELECT x FROM a", "two tables of a `WITH` have the name `a`"],
  ["WITH a AS (SELECT 1 AS x)«;» SELECT x FROM a", "`;` ends the query too early", /delete/],
  ["«;» SELECT a FROM t", "a `;` is in front of the query", /delete/],
  ["TABLE t «u»", "unexpected `u` after `t`"],
  ["FROM t «WHERE» a > 1", "unexpected `WHERE` after `t`"],
  ["SELECT CASE WHEN a «b» END FROM t", "expected `THEN` after `a`, found `b`"],
  ["SELECT a FROM t GROUP «a»", "expected `BY` after `GROUP`, found `a`"],
  ["WITH a AS «SELECT» 1 SELECT * FROM a", "expected `(` after `AS`, found `SELECT`"],
  ["SELECT f(a «b») FROM t", "expected `)` after `a`, found `b`"],
  ["SELECT a FROM t LIMIT« »", "the query ends too early after `LIMIT`"],
  ["SELECT a FROM t GROUP BY a «WHERE» b", "unexpected `WHERE` after `a`", /in this order: SELECT, FROM, WHERE/],
  ["SELECT a FROM t |> «SELEC» a", "unexpected `SELEC`", /`SELECT`/],
  ["SELECT a FROM t |> «WHERE»", "something is missing between `WHERE` and the end"],
  ["SELECT a FROM t «OUTER JOIN» u ON t.a = u.a", "`OUTER JOIN` lacks its side", /LEFT OUTER JOIN/],
  // Other databases.
  ["SELECT «IF a THEN» b ELSE c END FROM t", "Spark has no `IF … THEN`", /CASE WHEN/],
  ["FROM t «QUALIFY» 1 = 1", "Spark has no `QUALIFY`"],
  [
    "SELECT string_agg(a, ',' «ORDER BY» b) FROM t",
    "`string_agg` takes no `ORDER BY` among its arguments",
    /WITHIN GROUP/,
  ],
  [
    "SELECT lag(a «IGNORE NULLS») OVER (ORDER BY b) FROM t",
    "`lag` takes no `IGNORE NULLS` among its arguments",
    /OVER/,
  ],
  ["SELECT a «->>» 'b' FROM t", "Spark has no `->>` here", /get_json_object/],
  ["SELECT a FROM t, «UNNEST»(b) AS x", "Spark has no function `UNNEST`", /explode/],
  ["SELECT «DISTINCT ON» (a) a, b FROM t", "Spark has no `DISTINCT ON`", /row_number/],
  ["SELECT DATEADD(«'day'», 1, a) FROM t", "`DATEADD` takes a unit without quotes", /`DAY`/],
  ["SELECT a FROM t WHERE a = «$»1", "Strata has no parameters with `$`", /:name/],
  ["SELECT a FROM t UNION ALL «BY NAME» SELECT b FROM u", "Spark SQL has no `BY NAME`"],
  ["SELECT «N'x'» FROM t", "Spark has no texts with `N` in front"],
  ["SELECT a FROM t «#» comment", "`#` is not part of SQL", /`--` in front of a comment/],
  ["WITH a AS (SELECT 1) «INSERT INTO» t SELECT * FROM a", "a query has no `INSERT`", /target/],
];

/** Right, however much like a mistake they look. */
const RIGHT = [
  "SELECT DATE '2026', DATE '2026-1-1', DATE 'epoch', DATE 'now', DATE 'today CET', DATE '2026-01-01 x', DATE '2024-02-29' FROM t",
  "SELECT TIMESTAMP '2026-01-01 1', TIMESTAMP '10:00', TIMESTAMP '2026-01-01T10:00:00.1 Europe/Berlin', TIMESTAMP 'tomorrow PST' FROM t",
  "SELECT TIMESTAMP '2026-01-01 10:00:00+1:0', TIMESTAMP_NTZ '2026-01-01 10:00:00Z', TIME '10:00 AM', X'ABC', -128Y, 1e308, 1e37BD FROM t",
  "SELECT INTERVAL '1 2:3:4.5' DAY TO SECOND, INTERVAL -'1-2' YEAR TO MONTH, INTERVAL '.5' SECOND, INTERVAL '-1 day +2 hours' FROM t",
  "SELECT sum(a) OVER (ORDER BY b RANGE BETWEEN CAST(2.5 AS DECIMAL(10, 2)) PRECEDING AND CURRENT ROW) AS s, X 'F0' AS x FROM t",
  "SELECT any_value(a IGNORE NULLS) AS a, first(b) IGNORE NULLS OVER (ORDER BY c) AS b, listagg(a) WITHIN GROUP (ORDER BY b) AS c FROM t",
  "FROM t |> WHERE a > 1 |> AGGREGATE sum(a) AS s GROUP BY b AS c |> ORDER BY s |> LIMIT 3",
  "SELECT from, where FROM t UNION ALL SELECT all, select FROM t",
  "SELECT CASE WHEN a THEN CASE b WHEN 1 THEN 2 END ELSE t.end END AS c FROM t",
  "SELECT f(a => 1, b => 'x') AS f, mask(v, lowerChar => :p) AS m FROM t",
  "SELECT a::int, b::decimal(3, 1), c::array<struct<x: int NOT NULL, y: varchar(3)>>, d :: interval day FROM t",
  "SELECT a, c FROM t LATERAL VIEW OUTER explode(b) x AS c LATERAL VIEW explode(d) y",
  "SELECT INTERVAL 3 DAYS 2 HOURS + INTERVAL '3 days' - INTERVAL '1-2' YEAR TO MONTH, interval + 1 AS p, INTERVAL -1 DAY FROM t",
  "SELECT aggregate(a, (0 AS s, 0 AS n), (x, y) -> x) AS a, struct(1 AS x), (SELECT max(b) AS m FROM u) AS m FROM (t AS x JOIN u AS y)",
  "SELECT first(a) IGNORE NULLS OVER (ORDER BY a ROWS BETWEEN 1 + 1 PRECEDING AND CURRENT ROW), sum(a) FILTER (WHERE a > 1) OVER w FROM t WINDOW w AS (ORDER BY rows, range RANGE UNBOUNDED PRECEDING)",
  "SELECT a AS using, b AS into, c AS qualify, d is FROM t JOIN u USING (a) WHERE a IS NOT NULL AND b IS NOT DISTINCT FROM c",
  "SELECT DATE '2026-01-01', X'1F', r'\\d', a LIKE ANY ('x'), b COLLATE UTF8_LCASE = 'x', trim(BOTH 'x' FROM c) FROM t VERSION AS OF '3'",
  "SELECT date.a FROM lineorder date JOIN db.supplier row ON row.a = date.a, u type WHERE type.b = 1",
  "SELECT to, from FROM t",
  "SELECT a AS left, b AS on, c AS union FROM t AS `left` NATURAL JOIN u LEFT JOIN v ON true",
  "SELECT cast(a AS struct<a int, b date, c binary, from: int>) AS x, trim(BOTH FROM b) AS y, cast(c AS decimal(3, 1)) AS z FROM t",
  "SELECT * FROM (SELECT a FROM t NATURAL JOIN u), v JOIN w ON true",
  "SELECT a, left(b, 1), offset, end FROM t",
  "SELECT top, top + 1 AS x FROM t",
  "SELECT CASE WHEN a THEN b ELSE if(c, d, e) END FROM t",
  "SELECT CASE WHEN a THEN b ELSE if END FROM t",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a text that looks like a template
  "SELECT '‘ ’ \u200b – {{ x }} ${y}' AS a, `größe –` FROM t -- ‘ {{\n",
  "SELECT extract(YEAR FROM '2026-01-01') AS y, trim(BOTH 'x' FROM 'xax') AS a, a IS DISTINCT FROM 'x' AS b FROM t",
  "SELECT position('a' IN b) AS p, a & b AS c, array(1)[0] AS d FROM t",
  "SELECT v:['name'] AS n, transform(a, (x, i) -> x + i) AS l FROM t",
  "SELECT cast(a AS array<struct<b: int>>) AS s, a <=> b AS e, -a AS m, + 1 AS p FROM t",
  "SELECT a FROM t WHERE a NOT IN (1) AND b LIKE ANY ('x', 'y') AND NOT c",
];

describe("mistakes in SQL", () => {
  for (const [marked, message, help] of CASES) {
    it(marked.replaceAll("\n", " "), () => {
      const sql = marked.replace(/[«»]/g, "");
      const { syntaxError } = analyzeSql(sql);
      assert.equal(syntaxError?.message, message);
      assert.equal(syntaxError?.offset, marked.indexOf("«"));
      assert.equal(syntaxError?.length, marked.indexOf("»") - marked.indexOf("«") - 1);
      if (help) assert.match(syntaxError?.help ?? "", help);
    });
  }

  for (const sql of RIGHT) it(`none in ${sql.slice(0, 80)}`, () => assert.isUndefined(analyzeSql(sql).syntaxError));

  it("show each statement at its place", () => {
    const sql = "SELECT a FROM t -- one;\n; ;\nSELECT b FROM t";
    const { starts, statements } = analyzeSql(sql);
    assert.deepEqual(statements, ["query", "query"]);
    assert.deepEqual(
      starts.map(({ offset }) => offset),
      [0, sql.lastIndexOf("SELECT")],
    );
    for (const other of ["CREATE TABLE x AS SELECT 1", "DROP TABLE x"])
      assert.notDeepEqual(analyzeSql(other).statements, ["query"]);
    for (const nothing of ["", "-- nothing", ";;"]) assert.deepEqual(analyzeSql(nothing).statements, []);
  });

  // `npm run truth` does it with 220 that Spark refuses; here every kind is tried on the sample.
  it("are found in the sample's queries, broken in every way that they can be", () => {
    const queries = readBookings();
    const first = <T>(of: readonly T[]) => of[0];
    const last = <T>(of: readonly T[]) => of.at(-1);
    let tried = 0;
    for (const [kind, make] of Object.entries(KINDS)) {
      for (const { name, sql } of queries) {
        for (const broken of [make(sql, lex(sql).tokens, first), make(sql, lex(sql).tokens, last)]) {
          if (broken === undefined || broken === sql) continue;
          tried += 1;
          const { syntaxError, statements } = analyzeSql(broken);
          assert.isTrue(syntaxError !== undefined || statements.join() !== "query", `${kind} in ${name}: ${broken}`);
        }
      }
    }
    assert.isAbove(tried, 300);
  });
});
