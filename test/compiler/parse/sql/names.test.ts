/** Words of SQL that are names: a query says the same with and without backticks around them. Spark 4.1 reads every query of this file. */

import { assert } from "chai";
import { analyzeSql } from "../../../../compiler/parse/sql/analyze.ts";
import { outputsOf } from "../../names/outputs.ts";

/** Words that people call their tables and columns; none begins a part of a query where it is tried. */
const WORDS = `
  alter begin binary both char check collate column comment count create current data date day decimal default delete drop fetch first
  format hour index insert key last leading level local location match max merge minus month name next only open option partition percent
  plan position qualify range rank replace role row schema second semi set sort source start state string struct sum table target text
  time timestamp to top trailing type unknown update user value values version view week year zone`
  .trim()
  .split(/\s+/);

/** `@` is the word. `but`: words that are something else there, or that Strata keeps an error there. */
const PLACES: readonly (readonly [sql: string, but?: RegExp])[] = [
  ["SELECT a, @, b FROM t GROUP BY a, @, b ORDER BY @ DESC"],
  ["SELECT @ + 1 AS x, sum(@) AS y, a - @ AS z, coalesce(@, 0) AS v FROM t"],
  ["SELECT a FROM t WHERE @ = 1 AND b > 2 OR a = @"],
  ["SELECT a FROM t WHERE @ IS NULL AND @ IN (1, 2) AND NOT @"],
  ["SELECT t.@, b FROM t WHERE t.@ = 1 AND t.@ IS NOT NULL"],
  ["SELECT a AS @, b AS c FROM t"],
  ["SELECT a @, b FROM t", /^(minus|qualify)$/],
  ["SELECT @.a FROM t AS @ WHERE @.a = 1", /^(minus|semi)$/],
  ["SELECT @.a FROM t @ JOIN u ON @.a = u.a", /^(merge|minus|semi|set|sort)$/],
  ["SELECT a FROM u JOIN t @ USING (a) WHERE a > 1", /^(minus|semi|set|sort)$/],
  ["SELECT @.a FROM (SELECT a FROM t) @ WHERE @.a > 1", /^(minus|semi|set|sort)$/],
  ["SELECT a FROM @ WHERE @.a = 1"],
  ["SELECT a FROM t LEFT JOIN @ x ON t.a = x.a"],
  ["WITH @ AS (SELECT 1 AS a) SELECT a FROM @"],
  ["WITH x AS (SELECT a FROM t), @ AS (SELECT a FROM x) SELECT a FROM @ JOIN t USING (a)"],
  ["SELECT a FROM VALUES (1) AS @(a)", /^(minus|semi)$/],
  ["SELECT a FROM t AS x(@, b)"],
  ["SELECT sum(a) OVER @ AS x, sum(b) OVER (@) AS y FROM t WINDOW @ AS (PARTITION BY b)"],
  ["SELECT sum(a) OVER (PARTITION BY b, @ ORDER BY @) AS x FROM t"],
  ["SELECT x FROM t LATERAL VIEW explode(a) @ AS x"],
  ["SELECT x FROM t LATERAL VIEW OUTER db.explode(a) v @", /^(minus|semi|set|sort)$/],
  ["SELECT cast(a AS STRUCT<b: STRING, @: INT>) AS x FROM t"],
  ["SELECT transform(a, @ -> @ + 1) AS x FROM t"],
  ["SELECT CASE WHEN @ > 1 THEN @ ELSE @ END AS x FROM t", /^(binary)$/],
];

/** Words of clauses are names in fewer places. */
const CLAUSES: readonly (readonly [sql: string, tables: string, outputs?: string])[] = [
  ["SELECT a FROM t WHERE order = 1 AND from > 2 AND b = group", "t", "a"],
  ["SELECT order.a, u.from FROM order JOIN u ON order.id = u.order", "order,u", "a,from"],
  ["SELECT a AS between, b AS and, c AS in, d AS like FROM t", "t", "between,and,in,like"],
  ["SELECT cast(a AS STRUCT<from: STRING, order: INT>) AS x FROM t", "t", "x"],
  ["SELECT date[0] AS x, time[1] AS y FROM t", "t", "x,y"],
  ["SELECT a FROM values v JOIN only o ON v.a = o.a", "values,only", "a"],
  ["SELECT x, y FROM t LATERAL VIEW explode(a) `my view` x LATERAL VIEW explode(b) `w` AS `y`", "t", "x,y"],
  ["SELECT sum(a) OVER `my window` AS s FROM t WINDOW `my window` AS (ORDER BY a)", "t", "s"],
];

/** Spark takes these words as names. They stay mistakes: no author intends that. */
const MISTAKES = [
  "SELECT a FROM t WHERE",
  "SELECT a FROM t ORDER",
  "SELECT a FROM WHERE a = 1",
  "SELECT a AND FROM t WHERE AND = 1",
];

const facts = (sql: string) => {
  const { syntaxError, notAnalyzed, statements, tables } = analyzeSql(sql);
  return {
    error: syntaxError?.message ?? notAnalyzed,
    statements,
    tables: tables.map(({ name }) => name),
    outputs: outputsOf(sql),
  };
};

describe("words that are names", () => {
  for (const [sql, but] of PLACES) {
    it(sql, () => {
      const tried = WORDS.filter((word) => !but?.test(word));
      const wrong = tried.filter((word) => {
        const [plain, quoted] = [sql.replaceAll("@", word), sql.replaceAll("@", `\`${word}\``)].map(facts);
        return plain?.error !== undefined || JSON.stringify(plain) !== JSON.stringify(quoted);
      });
      assert.deepEqual(wrong, []);
    });
  }

  for (const [sql, tables, outputs] of CLAUSES) {
    it(sql, () => {
      const { error, ...rest } = facts(sql);
      assert.isUndefined(error);
      assert.deepEqual(rest, { statements: ["query"], tables: tables.split(","), outputs: outputs?.split(",") });
    });
  }

  it("have parameters of their name", () => {
    for (const word of [...WORDS, "from", "order", "group", "limit", "where"]) {
      const { syntaxError, params } = analyzeSql(`SELECT :${word} AS x FROM t WHERE a = :${word} AND b = 1`);
      assert.isUndefined(syntaxError, word);
      assert.deepEqual(
        params.map(({ name, offset }) => [name, offset]),
        [
          [word, 7],
          [word, 31 + word.length],
        ],
        word,
      );
    }
  });

  for (const sql of MISTAKES) it(`none in ${sql}`, () => assert.isDefined(analyzeSql(sql).syntaxError));
});
