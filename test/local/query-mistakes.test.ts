/** Mistakes in the SQL of `strata query`: one sentence in the user's names, its place, what was meant. */

import { assert } from "chai";
import { withDuckDb } from "../../local/catalog/duckdb.ts";
import { queryMistake } from "../../local/catalog/query-mistake.ts";
import type { UserError } from "../../local/user-error.ts";

const LONG = "name = 'abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz'";
const DIALECT = "correct the query; the dialect is DuckDB's";

const MISTAKES: readonly [sql: string, message: string, help: string][] = [
  ["SELECT citty FROM customers", "there is no column `citty` (line 1, column 8)", "did you mean `city`?"],
  ["SELECT zqx FROM customers", "there is no column `zqx` (line 1, column 8)", "the nearest is `city`"],
  ["SELECT 1,\n  c.citty FROM customers c", "there is no column `c.citty` (line 2, column 3)", "did you mean `city`?"],
  ["SELECT x.id FROM customers c", "there is no table or alias `x` (line 1, column 8)", "known tables: `c`"],
  ["SELECT * FROM custmers", "there is no table `custmers` (line 1, column 15)", "did you mean `customers`?"],
  ["SELECT foo(id) FROM customers", "DuckDB has no function `foo` (line 1, column 8)", DIALECT],
  ["SELECT uper(name) FROM customers", "DuckDB has no function `uper` (line 1, column 8)", "did you mean `upper`?"],
  [
    "SELECT id FROM customers JOIN orders ON true",
    "column `id` is in more than one table (line 1, column 8)",
    "write `customers.id` or `orders.id`",
  ],
  [
    "SELECT name, count(*) FROM customers GROUP BY city",
    "`name` is neither in GROUP BY nor inside an aggregate function (line 1, column 8)",
    "add it to GROUP BY, or write `any_value(name)`",
  ],
  [
    "SELECT substring(name) FROM customers",
    "`substring` does not take (VARCHAR) (line 1, column 8)",
    "cast the arguments, or give others",
  ],
  [
    `SELECT id FROM customers WHERE ${LONG} AND nmae = 1 AND ${LONG}`,
    "there is no column `nmae` (line 1, column 126)",
    "did you mean `name`?",
  ],
  [
    "SELECT id FROM customers WHERE count(*) > 1",
    "WHERE clause cannot contain aggregates! (line 1, column 32)",
    DIALECT,
  ],
  ["SELECT * FORM customers", 'syntax error at or near "customers" (line 1, column 15)', DIALECT],
  [
    "SELECT CAST(name AS INT) FROM customers",
    "Could not convert string 'Ann' to INT32 when casting from source column name (line 1, column 8)",
    DIALECT,
  ],
];

describe("a mistake in a query of the lake", () => {
  for (const [sql, message, help] of MISTAKES)
    it(`${sql.replace(/\s+/g, " ").slice(0, 60)} is told with its place`, async () => {
      const found = await mistakeOf(sql);
      assert.deepEqual([found.message, found.help], [message, help]);
    });
});

function mistakeOf(sql: string): Promise<UserError> {
  return withDuckDb(async (connection) => {
    await connection.run("CREATE TABLE customers AS SELECT 1 AS id, 'Ann' AS name, 'Rome' AS city");
    await connection.run("CREATE TABLE orders AS SELECT 1 AS id, 2.5 AS total");
    try {
      const statements = await connection.extractStatements(sql);
      await (await statements.prepare(0)).runAndReadAll();
    } catch (problem) {
      return queryMistake(problem, sql, ["customers", "orders"], new Map());
    }
    throw new Error(`no mistake: ${sql}`);
  });
}
