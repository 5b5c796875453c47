/** Mistakes in SQL: what is said, where, and what to do. */

import { assert } from "chai";
import { readBookings } from "../../../bench/truth/corpus.ts";
import { KINDS } from "../../../bench/truth/kinds.ts";
import { analyzeSql } from "../../../compiler/sql/analyze.ts";
import { lex } from "../../../compiler/sql/lexer.ts";

/** `«` and `»` are around the place. */
const CASES: readonly (readonly [sql: string, message: string, help?: RegExp])[] = [
  ["SELECT a«,» FROM t", "unexpected comma before `FROM`", /delete the comma/],
  ["SELECT a, b«,» , c FROM t", "unexpected comma before `,`"],
  ["SELECT max(a«,») FROM t", "unexpected comma before `)`"],
  ["SELECT a FROM t GROUP BY a«,» ORDER BY a", "unexpected comma before `ORDER`"],
  ["SELECT a FROM t GROUP BY a«,»", "unexpected comma before the end"],
  ["SELECT «TOP» 10 a FROM t", "Spark has no `TOP`", /LIMIT/],
  ["SELECT «TOP» (10) a FROM t", "Spark has no `TOP`"],
  ["SELECT v, «‘»x’ AS s FROM t", "`‘` (U+2018) is no quote in SQL", /word processors/],
  ["SELECT v AS «“»x” FROM t", "`“` (U+201C) is no quote in SQL"],
  ["SELECT v«\u200b» FROM t", "the SQL contains an invisible character (U+200B)", /delete it/],
  ["SELECT v «\ufeff»FROM t", "the SQL contains an invisible character (U+FEFF)"],
  ["SELECT a «–» b FROM t", "`–` (U+2013) is no minus in SQL", /write `-`/],
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
  ["SELECT a FROM t JOIN «'u'» ON true", "these quotes make a text, not a table's name", /`u`/],
  ["SELECT a FROM t WHERE a «=» AND b = 1", "something is missing between `=` and `AND`"],
  ["SELECT a FROM t WHERE a = 1 «AND»", "something is missing between `AND` and the end"],
  ["SELECT CAST(a «int») FROM t", "expected `AS` after `a`, found `int`"],
  ["SELECT a b «c» FROM t", "unexpected `c` after `b`"],
];

/** Right, however much like a mistake they look. */
const RIGHT = [
  "SELECT to, from FROM t",
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
