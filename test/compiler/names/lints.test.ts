/** What is legal and wrong in one query. */

import { assert } from "chai";
import { namesOf } from "../../../compiler/names/names.ts";
import type { Lint } from "../../../compiler/names/types.ts";
import { readSql } from "../../../compiler/parse/sql/analyze.ts";

const columns = (text: string) =>
  text.split(", ").map((each) => {
    const [name = "", type] = each.split(" ");
    return { name, type };
  });

const TABLES: Readonly<Record<string, ReturnType<typeof columns>>> = {
  customers: columns("id int, name string, city string, since date, doc string"),
  orders: columns("id int, customer_id int, status string, ordered_at timestamp, sent_at timestamp, amount double"),
  items: columns("order_id int, product_id int, quantity int"),
};

function lintsIn(sql: string): readonly Lint[] {
  const { facts, tree } = readSql(sql);
  assert.isDefined(tree, `${sql}: ${facts.syntaxError?.message}`);
  return tree ? namesOf(tree, ({ name }) => TABLES[name]).lints : [];
}

/** Code and text of each, apart from those that need more than the query. */
function found(sql: string): string[] {
  return lintsIn(sql)
    .filter(({ code }) => code !== "Q052" && code !== "Q056")
    .map(({ code, offset, length }) => `${code} ${sql.slice(offset, offset + length)}`);
}

const FOUND: readonly (readonly [sql: string, ...found: string[]])[] = [
  ["SELECT name city FROM customers", "Q050 name city"],
  ["SELECT id, upper(name) city, since FROM customers", "Q050 upper(name) city"],
  ["SELECT c.name `City` FROM customers AS c", "Q050 c.name `City`"],
  ["SELECT x.a b FROM (SELECT id AS a, name AS b FROM customers) x", "Q050 x.a b"],
  ["SELECT 1 AS x FROM orders o CROSS JOIN customers c", "Q051 CROSS JOIN"],
  ["SELECT 1 AS x FROM orders o JOIN customers c", "Q051 JOIN"],
  ["SELECT 1 AS x FROM orders o, customers", "Q051 customers"],
  ["SELECT 1 AS x FROM orders o JOIN items i ON i.order_id = i.order_id", "Q051 i.order_id = i.order_id"],
  [
    "SELECT 1 AS x FROM orders o LEFT JOIN items i ON i.order_id > 0 AND quantity = 1",
    "Q051 i.order_id > 0 AND quantity = 1",
  ],
  ["SELECT 1 AS x FROM orders o JOIN items i ON true", "Q051 true"],
  ["SELECT 1 AS x FROM orders o, items i, customers c WHERE o.id = i.order_id AND c.city = 'x'", "Q051 customers"],
  ["SELECT 1 AS x FROM unknown u JOIN also_unknown a ON a.id = a.id", "Q051 a.id = a.id"],
  ["SELECT 1 AS x FROM (orders o CROSS JOIN customers c) JOIN items i ON i.order_id = o.id", "Q051 CROSS JOIN"],
  ["SELECT 1 AS x FROM orders o JOIN (SELECT id FROM customers) c ON c.id = 1", "Q051 c.id = 1"],
  [
    "SELECT id FROM orders WHERE customer_id NOT IN (SELECT id FROM customers)",
    "Q053 customer_id NOT IN (SELECT id FROM customers)",
  ],
  [
    "SELECT id FROM orders WHERE NOT customer_id IN (SELECT c.id FROM customers c WHERE city = 'x')",
    "Q053 customer_id IN (SELECT c.id FROM customers c WHERE city = 'x')",
  ],
  ["SELECT id FROM orders WHERE status = NULL OR NULL <> status", "Q054 status = NULL", "Q054 NULL <> status"],
  ["SELECT id FROM orders WHERE status IN ('a', NULL) AND status NOT IN (NULL)", "Q054 NULL", "Q054 NULL"],
  ["SELECT CASE status WHEN NULL THEN 1 END AS x FROM orders", "Q054 NULL"],
  ["SELECT id FROM orders LIMIT 10", "Q055 LIMIT 10"],
  ["(SELECT id FROM orders) LIMIT :n", "Q055 LIMIT :n"],
  ["SELECT sent_at - ordered_at AS x, CAST(id AS INT) AS y FROM orders", "Q057 sent_at - ordered_at"],
  [
    "SELECT max(sent_at - to_timestamp(status)) AS x, INTERVAL 1 DAY AS y FROM orders",
    "Q057 max(sent_at - to_timestamp(status))",
    "Q057 INTERVAL 1 DAY",
  ],
  ["SELECT NULL AS x, parse_json(status) AS y FROM orders", "Q059 NULL", "Q059 parse_json(status)"],
  [
    "SELECT CAST(status AS VARIANT) AS x, CAST(status AS TIME) AS y, 1 AS z FROM orders",
    "Q059 CAST(status AS VARIANT)",
    "Q059 CAST(status AS TIME)",
  ],
  [
    "SELECT collect_list(id) AS x, array_join(collect_set(id), ',') AS y FROM orders",
    "Q058 collect_list",
    "Q058 collect_set",
  ],
  [
    "SELECT first(id) AS x, last(id) IGNORE NULLS AS y, first(id IGNORE NULLS) AS z FROM orders",
    "Q058 first",
    "Q058 last",
    "Q058 first(id IGNORE NULLS)",
  ],
  ["SELECT uuid() AS x FROM orders WHERE rand() < 0.1", "Q058 uuid", "Q058 rand"],
  ["SELECT listagg(id, ',') AS x FROM orders", "Q058 listagg"],
];

const SILENT: readonly string[] = [
  "SELECT name AS city, id FROM customers",
  "SELECT name full_name, upper(city) city, 'x' city, 1 since FROM customers",
  "SELECT c.city city, sum(id) id FROM customers c GROUP BY c.city",
  "SELECT nope city FROM unknown",
  "SELECT 1 AS x FROM orders o JOIN customers c ON c.id = o.customer_id",
  "SELECT 1 AS x FROM orders JOIN items ON order_id = id",
  "SELECT 1 AS x FROM orders o, items i WHERE o.id = i.order_id",
  "SELECT 1 AS x FROM orders o JOIN items i ON i.order_id >= o.id - 1 OR i.quantity = 1",
  "SELECT 1 AS x FROM orders o, items i WHERE (i.quantity = 1 AND o.id = i.order_id) OR (i.quantity = 2 AND o.id = i.order_id)",
  "SELECT 1 AS x FROM orders o JOIN items i USING (id) NATURAL JOIN customers",
  "SELECT 1 AS x FROM orders o CROSS JOIN (SELECT max(id) AS m FROM orders) m",
  "WITH m AS (SELECT max(id) AS m FROM orders) SELECT 1 AS x FROM m, orders o",
  "SELECT 1 AS x FROM orders o CROSS JOIN (VALUES (1), (2)) AS v (a), range(3)",
  "SELECT 1 AS x FROM (SELECT DISTINCT id FROM orders) o CROSS JOIN (SELECT city FROM customers GROUP BY city) c",
  "SELECT 1 AS x FROM orders o CROSS JOIN (SELECT explode(sequence(1, 3)) AS n) s",
  "SELECT 1 AS x FROM orders o LATERAL VIEW explode(array(1)) v AS a",
  "SELECT 1 AS x FROM orders o, LATERAL (SELECT o.id + 1 AS n)",
  "SELECT 1 AS x FROM unknown u JOIN also_unknown a ON id = other",
  "SELECT 1 AS x FROM db.t JOIN b.t ON db.t.id = b.t.id",
  "SELECT 1 AS x FROM orders o LEFT SEMI JOIN items i ON i.order_id = o.id",
  "SELECT 1 AS x FROM orders o FULL JOIN items i USING (id)",
  "SELECT 1 AS x FROM orders o JOIN items i ON concat(o.id, i.order_id) = 'x'",
  "SELECT id FROM orders WHERE customer_id NOT IN (SELECT id FROM customers WHERE id IS NOT NULL)",
  "SELECT id FROM orders WHERE customer_id NOT IN (SELECT id FROM customers WHERE city = 'x' AND (id > 5))",
  "SELECT id FROM orders WHERE customer_id NOT IN (SELECT c.id FROM customers c JOIN orders o ON o.customer_id = c.id)",
  "SELECT id FROM orders WHERE customer_id NOT IN (SELECT coalesce(id, 0) FROM customers) AND id IN (SELECT id FROM orders)",
  "SELECT id FROM orders WHERE customer_id NOT IN (SELECT nope FROM unknown) AND id NOT IN (1, 2)",
  "SELECT id FROM orders WHERE status <=> NULL OR status IS NULL OR status = 'NULL' OR coalesce(status, NULL) = 'x'",
  "SELECT id FROM orders ORDER BY id LIMIT 10",
  "SELECT max(id) AS x FROM orders LIMIT 1",
  "SELECT id FROM (SELECT id FROM orders LIMIT 5) o",
  "SELECT id FROM orders LIMIT ALL",
  "SELECT datediff(sent_at, ordered_at) AS x, ordered_at + INTERVAL 1 DAY AS y, amount - id AS z FROM orders",
  "SELECT id FROM orders WHERE sent_at - ordered_at > INTERVAL 1 DAY",
  "SELECT CAST(NULL AS STRING) AS x, coalesce(NULL, id) AS y FROM orders",
  "SELECT NULL AS x FROM orders UNION ALL SELECT id FROM orders",
  "SELECT sort_array(collect_list(id)) AS x, size(collect_set(id)) AS y, any_value(id) AS z, max_by(id, amount) AS m FROM orders",
  "SELECT first(id) OVER (PARTITION BY status ORDER BY ordered_at) AS x, first_value(id) OVER w AS y FROM orders WINDOW w AS (ORDER BY id)",
  "SELECT rand(1) AS x, current_timestamp() AS y, listagg(id) WITHIN GROUP (ORDER BY id) AS z FROM orders",
];

describe("lints", () => {
  for (const [sql, ...wanted] of FOUND)
    it(`find ${wanted.join(", ")} in ${sql}`, () => assert.deepEqual(found(sql), wanted));

  for (const sql of SILENT) it(`find nothing in ${sql}`, () => assert.deepEqual(found(sql), []));

  it("offer the comma behind the first of the two", () => {
    const [lint] = lintsIn("SELECT name /* the */ city FROM customers");
    assert.deepEqual(lint?.fix?.edits, [{ offset: 11, length: 0, text: "," }]);
  });

  it("end on any nesting", () => {
    const sql = `SELECT ${"(".repeat(40)}1${")".repeat(40)} AS a FROM orders WHERE ${"NOT (".repeat(40)}id = NULL${")".repeat(40)}`;
    assert.deepEqual(found(sql), ["Q054 id = NULL"]);
  });
});
