/** What is known of a query: its tables, columns and parameters, whatever comments, brackets and newer constructs it has. */

import { assert } from "chai";
import { readBookings } from "../../../../bench/truth/corpus.ts";
import { analyzeSql } from "../../../../compiler/parse/sql/analyze.ts";
import type { Extent } from "../../../../compiler/parse/sql/extent.ts";
import type { SqlFacts } from "../../../../compiler/parse/sql/facts.ts";
import { lex } from "../../../../compiler/parse/sql/lexer.ts";
import { outputsOf } from "../../names/outputs.ts";

/** A query, the tables that it reads, and the columns of its result where the text names them. */
type Case = readonly [sql: string, tables: string, outputs?: string];

/** Common table expressions wherever they can be. */
const SCOPES: readonly Case[] = [
  ["WITH a AS (SELECT v FROM t) (SELECT v FROM a) LIMIT 2", "t", "v"],
  ["WITH a AS (SELECT v FROM t) ((SELECT v FROM a) UNION (SELECT v FROM u)) ORDER BY v", "t,u", "v"],
  ["WITH a AS (SELECT v FROM t), b AS (SELECT v FROM a) FROM b SELECT v", "t", "v"],
  ["WITH a AS (SELECT v FROM t) SELECT v FROM a UNION ALL SELECT v FROM A ORDER BY v", "t", "v"],
  ["SELECT * FROM (WITH a AS (SELECT v FROM t) SELECT v FROM a) x", "t", "v"],
  ["SELECT (WITH a AS (SELECT v FROM t) SELECT max(v) FROM a) AS m FROM u", "t,u", "m"],
  ["SELECT v FROM t WHERE v IN (WITH a AS (SELECT v FROM u) (SELECT v FROM a))", "t,u", "v"],
  ["WITH a AS (WITH b AS (SELECT v FROM t) SELECT v FROM b) SELECT v FROM a JOIN b ON true", "t,b", "v"],
  ["(WITH a AS (SELECT v FROM t) SELECT v FROM a) UNION ALL SELECT v FROM a", "t,a", "v"],
  ["WITH t AS (SELECT v FROM t) SELECT v FROM t", "t", "v"],
  ["WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r", "", "n"],
  [
    "WITH RECURSIVE r(n) MAX RECURSION LEVEL 9 AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r, u",
    "u",
    "n",
  ],
  ["WITH a(x, y) AS (SELECT 1, 2) SELECT a.*, 3 AS z FROM a", "", "x,y,z"],
  ["WITH a AS (TABLE t) TABLE a", "t"],
  ["SELECT v FROM t, LATERAL (SELECT w FROM u WHERE u.k = t.k) x", "t,u", "v"],
];

/** What Spark reads, and few others. */
const OF_SPARK: readonly Case[] = [
  ["SELECT timestamp_ntz '2026-01-01' AS a, TIMESTAMP_LTZ'2026-01-01' AS b FROM t", "t", "a,b"],
  ["SELECT v FROM t LIMIT :n OFFSET CAST(1 AS int)", "t", "v"],
  ["SELECT v FROM (SELECT v FROM t LIMIT 2 + :n) LIMIT -1", "t", "v"],
  ["SELECT a FROM VALUES 1, 2, 3 AS d(a) JOIN t", "t", "a"],
  ["SELECT count(*) AS n FROM VALUES now(), now(), array(1, 2) d(a)", "", "n"],
  ["SELECT div(a, 2) AS div, 7 div 2 AS b FROM t", "t", "div,b"],
  ["SELECT ! a AS n, a ! BETWEEN 1 AND 2 AS b, a IS ! NULL AS c FROM t", "t", "n,b,c"],
  ["SELECT all, to, from FROM t GROUP BY all, to, from", "t", "all,to,from"],
  ["SELECT t.order, t.where AS select FROM t", "t", "order,select"],
  ["SELECT a >>> 2 AS b, CAST(c AS array<array<array<int>>>) AS c FROM t", "t", "b,c"],
  ["SELECT x::GEOMETRY(ANY) AS g FROM t", "t", "g"],
  [
    "SELECT * FROM f(TABLE(t) PARTITION BY (a, b) ORDER BY c), g(1, TABLE(SELECT v FROM u) WITH SINGLE PARTITION)",
    "t,u",
  ],
  ["SELECT * FROM explode(collection => TABLE(t))", "t"],
  ["SELECT mask(v, lowerChar => 'q') AS m FROM t", "t", "m"],
  ["SELECT v FROM t UNION ALL TABLE u", "t,u", "v"],
  ["SELECT posexplode(v) AS (null, column) FROM t", "t", "null,column"],
  ["SELECT * EXCEPT (a.b.c) FROM t", "t"],
  ["SELECT - INTERVAL -1 DAY 1 HOUR AS i FROM t", "t", "i"],
  ["SELECT * FROM t PIVOT (sum(a) FOR y IN (2012 first, 2013 AS second))", "t"],
  ["SELECT /*+ BROADCAST(u) */ /*+ REPARTITION(3) */ v FROM t JOIN u USING (v)", "t,u", "v"],
  ["SELECT v\f FROM\u00a0t", "t", "v"],
  ["SELECT v FROM t\n-- end ; of it\n;\n;", "t", "v"],
  ["SELECT array[0] AS y FROM t", "t", "y"],
  ["FROM t |> WHERE a = 1 |> JOIN u USING (a) |> SELECT b", "t,u", "b"],
  ["SELECT IDENTIFIER('ab' || 's')(b) AS a FROM t", "t", "a"],
  ["SELECT NULL:a AS b, d:e.f AS f FROM t WHERE e = 1", "t", "b,f"],
  ["SELECT map[k] AS x FROM t", "t", "x"],
  ["SELECT corr(DISTINCT a, c) AS c FROM t", "t", "c"],
  ["SELECT * FROM t UNPIVOT (v FOR n IN (a, b))", "t"],
  ["SELECT left.a, order.a AS b FROM left, order", "left,order", "a,b"],
  ["SELECT sum(a) FROM VALUES (NULL), (NULL) AS d(a)", "", "sum(a)"],
];

/** True where a query looks at more than one row. */
const AGGREGATES: readonly (readonly [sql: string, isOne: boolean])[] = [
  ["SELECT a + max(b) FROM t", true],
  ["SELECT a FROM t ORDER BY try_sum(b)", true],
  ["SELECT first(a IGNORE NULLS) FROM t", true],
  ["SELECT abs(a) OVER (ORDER BY b) FROM t", true],
  ["SELECT count_min_sketch(a, 0.1, 0.9, 1) FROM t", true],
  ["SELECT greatest(a, b), sum, a LIKE ANY ('x') FROM t", false],
];

/** Nested this many times. */
const nested = (times: number): readonly string[] => [
  `SELECT ${"abs(".repeat(times)}:p${")".repeat(times)} AS a FROM t`,
  `SELECT ${"(".repeat(times)}:p${")".repeat(times)} AS a FROM t`,
  `${"SELECT * FROM (".repeat(times)}SELECT :p AS a FROM t${")".repeat(times)}`,
  `SELECT ${"CASE WHEN a THEN ".repeat(times)}:p${" END".repeat(times)} AS a FROM t`,
];

/** Longer than any stack is deep, and nested as deep as people nest. */
const LARGE: readonly string[] = [
  ...nested(40),
  `SELECT :p + ${Array.from({ length: 15_000 }, () => "a").join(" + ")} AS a FROM t`,
  `SELECT :p AS a FROM t WHERE a IN (${Array.from({ length: 150_000 }, () => "1").join()})`,
  Array.from({ length: 600 }, () => "SELECT :p AS a FROM t").join(" UNION ALL "),
];

const tablesOf = ({ tables }: SqlFacts) => tables.map(({ name }) => name).join();

/** Facts with the text at each place instead of the place, which a comment moves. */
function withoutPlaces(sql: string): unknown {
  const isPlace = (value: object): value is Extent => "offset" in value && "length" in value;
  const read = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(read);
    if (typeof value !== "object" || value === null) return value;
    const { offset, length, ...rest } = value as Extent;
    const entries = Object.entries(isPlace(value) ? rest : value).map(([key, each]) => [key, read(each)]);
    return {
      ...Object.fromEntries(entries),
      ...(isPlace(value) && { text: lex(sql.slice(offset, offset + length)).tokens.map(({ text }) => text) }),
    };
  };
  return read(analyzeSql(sql));
}

describe("facts of a query", () => {
  for (const [sql, tables, outputs] of [...SCOPES, ...OF_SPARK]) {
    it(sql.replaceAll("\n", " "), () => {
      const facts = analyzeSql(sql);
      assert.isUndefined(facts.syntaxError);
      assert.isUndefined(facts.notAnalyzed);
      assert.deepEqual(facts.statements, ["query"]);
      assert.equal(tablesOf(facts), tables);
      assert.equal(outputsOf(sql)?.join(), outputs);
      for (const { name, offset, length } of facts.tables)
        assert.equal(sql.slice(offset, offset + length), name, "its place");
    });
  }

  for (const [sql, isOne] of AGGREGATES) it(`rows of ${sql}`, () => assert.equal(analyzeSql(sql).aggregates, isOne));

  for (const sql of LARGE)
    it(`large: ${sql.slice(0, 60)}`, () => {
      const { syntaxError, notAnalyzed, params } = analyzeSql(sql);
      assert.isUndefined(syntaxError ?? notAnalyzed);
      assert.deepEqual(outputsOf(sql), ["a"]);
      assert.equal(params[0]?.name, "p");
    });

  for (const sql of nested(5000)) {
    it(`not analyzed: ${sql.slice(0, 60)}`, () => {
      const facts = analyzeSql(sql);
      assert.isUndefined(facts.syntaxError);
      assert.deepEqual(facts.notAnalyzed, { offset: 0, length: 6 });
      assert.deepEqual(facts.statements, ["query"]);
      assert.include(
        facts.params.map(({ name }) => name),
        "p",
      );
      assert.include(facts.words, "t");
    });

    it(`not analyzed hides no mistake: ${sql.slice(0, 60)}`, () => {
      for (const broken of [
        `${sql})`,
        `${sql} /* x`,
        `${sql} ‘x’`,
        `{{ config() }} ${sql}`,
        `SELECT a, , b FROM (${sql})`,
      ])
        assert.isDefined(analyzeSql(broken).syntaxError, broken);
      assert.lengthOf(analyzeSql(`${sql}; SELECT 1`).statements, 2);
    });
  }

  it("change with no comment, blank or line break between tokens", () => {
    const queries = [...[...SCOPES, ...OF_SPARK].map(([sql]) => sql), ...readBookings().map(({ sql }) => sql)];
    for (const sql of queries) {
      const { tokens } = lex(sql);
      const expected = withoutPlaces(sql);
      for (const between of [
        " ",
        "\n",
        "\r\n\t",
        " -- one, more; (it's\n",
        " /* one /* in */ another ( ' */",
        "\u00a0\f",
      ]) {
        const gap = (at: number) => {
          const [one, other] = [tokens[at - 1], tokens[at]];
          if (one === undefined || other === undefined) return between;
          return other.start > one.end || /^[(),]$/.test(one.text) || /^[(),]$/.test(other.text) ? between : "";
        };
        const changed = tokens.map(({ text }, at) => `${gap(at)}${text}`).join("") + between;
        assert.deepEqual(withoutPlaces(changed), expected, changed);
      }
    }
  });

  it("change with no comment at any single place", () => {
    const sql =
      "WITH a AS (SELECT v, max(w) AS m FROM t GROUP BY v) SELECT a.v, m, CASE WHEN m > :p THEN 1 ELSE 2 END AS c FROM a LEFT JOIN u ON a.v = u.v";
    const expected = withoutPlaces(sql);
    for (const { start, text } of lex(sql).tokens) {
      if (text === ":" || sql[start - 1] === ":" || text === "." || sql[start - 1] === ".") continue;
      for (const comment of ["\n-- x\n", "/* x */"]) {
        const changed = `${sql.slice(0, start)}${comment}${sql.slice(start)}`;
        assert.deepEqual(withoutPlaces(changed), expected, changed);
      }
    }
  });

  it("stand for texts of any size", () => {
    for (const sql of [
      `SELECT '${"a".repeat(4e6)}' AS a`,
      `SELECT 1 AS a -- ${"a".repeat(4e6)}`,
      `SELECT 1 AS a ${"/*".repeat(1e5)}${"*/".repeat(1e5)}`,
    ])
      assert.deepEqual(outputsOf(sql), ["a"]);
  });
});
