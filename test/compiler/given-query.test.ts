/** The rules of a dataset's SQL, for a query that is given to `strata query`. */

import { assert } from "chai";
import { mistakeOfQuery, tablesNamed } from "../../compiler/rules/given-query.ts";

const QUERIES = [
  "SELECT 1",
  "select * from orders;",
  "WITH a AS (SELECT 1 AS x) SELECT x FROM a",
  "FROM orders SELECT id",
  "FROM orders |> WHERE id > 1",
  "VALUES (1)",
  "SELECT * FROM range(3)",
  "SELECT data:name FROM orders",
  "SELECT system.a FROM system.orders AS system",
  "SELECT CAST(a AS STRUCT<x: INT>) FROM orders",
  `${"/* a */".repeat(40)}SELECT 1 -- end`,
  "SELECT 'INSERT INTO orders; reflect(1)' AS `read_csv`",
];

type Case = readonly [sql: string, message: string, line: number, column: number];

const MISTAKES: readonly Case[] = [
  ...["", " -- nothing", " ; ;", "/**/".repeat(40)].map((sql) => [sql, "the query is empty", 1, 1] as Case),
  ["SHOW TABLES", "`show` is not a query", 1, 1],
  ["EXPLAIN SELECT 1", "`explain` is not a query", 1, 1],
  ["INSERT INTO orders SELECT 1", "`insert` is not a query", 1, 1],
  ["COPY (SELECT 1) TO '/x.csv'", "`copy` is not a query", 1, 1],
  ["SET spark.sql.ansi.enabled = false", "`set` is not a query", 1, 1],
  ["ADD JAR 'x.jar'", "`add` is not a query", 1, 1],
  ["WITH a AS (SELECT 1)\nINSERT INTO orders SELECT * FROM a", "`INSERT` begins a statement that is not a query", 2, 1],
  ["FROM orders INSERT INTO a SELECT 1", "`INSERT` begins a statement that is not a query", 1, 13],
  ["SELECT 1; SELECT 2", "there are 2 queries", 1, 11],
  ["SELECT 1; DROP TABLE orders", "`drop` is not a query", 1, 11],
  ["SELECT * FROM parquet.`/etc/passwd`", "files are read by their path", 1, 15],
  ["SELECT * FROM Arrow.`/etc/passwd`", "files are read by their path", 1, 15],
  ["SELECT * FROM orders JOIN csv.`x` ON true", "files are read by their path", 1, 27],
  ["SELECT * FROM orders, system.session.sessions", "`system` holds the engine's own tables", 1, 23],
  ["SELECT reflect('a', 'b')", "`reflect` calls any method of Java", 1, 8],
  ["SELECT java_method('a', 'b')", "`java_method` calls any method of Java", 1, 8],
  ["SELECT TRANSFORM(a) USING 'sh' FROM orders", "`USING` runs a program on the cluster", 1, 21],
  ["SELECT * FROM IDENTIFIER('or' || 'ders')", "a table is named at run time", 1, 15],
  ["SELECT lib.f(1)", "`f` is a function in a catalog, with its own code", 1, 12],
  ["SELECT from_xml(a, 'b INT', map('avroSchemaUrl', 'x'))", "`from_xml` may read a schema from a file or a URL", 1, 8],
  ["SELECT xpath(a, 'b') FROM orders", "`xpath` opens the URL of a document type that a row's XML names", 1, 8],
  ["SELECT a FORM t", "unexpected `FORM`", 1, 10],
  ["SELECT a, FROM orders", "unexpected comma before `FROM`", 1, 9],
  ["SELECT (1", "`(` is not closed", 1, 8],
  ["SELECT 1 /* a", "a comment begins here and does not end", 1, 10],
  ["SELECT DATE'2026-13-01'", "`2026-13-01` is not a valid date", 1, 12],
  ["SELECT *\nFROM orders\nWHERE day = :day", "a query has no parameters", 3, 13],
  ["SELECT ? FROM orders", "a query has no parameters", 1, 8],
  ["SELECT * FROM '/etc/passwd'", "these quotes make a text, not a table's name", 1, 15],
];

describe("a query that is given by hand", () => {
  it("gets no remedy that only a dataset has", () => {
    for (const sql of ["SELECT :day", "SELECT ?", "SELECT $\u007bday}", "SELECT @day", "SELECT {{ day }}"])
      assert.equal(mistakeOfQuery(sql)?.help, "write the value itself", sql);
  });

  it("may be any one query that a dataset may have", () => {
    for (const sql of QUERIES) assert.isUndefined(mistakeOfQuery(sql), sql);
  });

  it("is refused otherwise, at its place", () => {
    for (const [sql, ...expected] of MISTAKES) {
      const found = mistakeOfQuery(sql);
      assert.deepEqual([found?.message, found?.line, found?.column], expected, sql);
    }
  });

  it("names tables of the catalog in any case, with a database or without, and nothing else", () => {
    const tables = [
      { database: "shop", name: "orders" },
      { database: "my sales", name: "orders" },
      { database: "shop", name: "a.b" },
    ];
    const named = (sql: string) =>
      tablesNamed(sql, tables, "shop").map(({ database, name, table }) => [database, name, table.database]);
    assert.deepEqual(named("SELECT id FROM Orders o JOIN ORDERS ON true"), [
      [undefined, "Orders", "shop"],
      [undefined, "ORDERS", "shop"],
    ]);
    assert.deepEqual(named("SELECT 1 FROM `My Sales`.orders JOIN Shop.`orders`"), [
      ["My Sales", "orders", "my sales"],
      ["Shop", "orders", "shop"],
    ]);
    assert.deepEqual(named("SELECT * FROM `a.b`"), [[undefined, "a.b", "shop"]]);
    assert.deepEqual(named("SELECT 'orders' AS a -- orders"), []);
  });
});
