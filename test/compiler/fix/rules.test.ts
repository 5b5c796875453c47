/** The fixes that rules give: which are safe, and what is left after them. */

import { assert } from "chai";
import type { Fix } from "../../../compiler/diagnostics.ts";
import { applyFixes } from "../../../compiler/fix/apply.ts";
import { SHOP } from "../../cli/strata.ts";
import { compileFiles, type Files } from "../files.ts";

const QUERIES = "pipelines/shop/sql_queries.json";
const TOTALS = "sql/shop/totals.sql";
const YAML = "pipelines/shop/pipeline.yaml";

const fixesOf = (files: Files, code: string) =>
  compileFiles(files)
    .diagnostics.filter((each) => each.code === code)
    .flatMap(({ fixes }) => fixes);
const after = (files: Files, fixes: readonly Fix[]): Files => ({
  ...files,
  ...Object.fromEntries(applyFixes(fixes, (file) => files[file]).texts),
});
const totals = (sql: string): Files => ({ ...SHOP, [TOTALS]: `${sql}\n` });
const strata = (text: string): Files => ({
  ...SHOP,
  [QUERIES]: (SHOP[QUERIES] ?? "").replace('"target_name": "totals_gold"', `"strata": ${text}`),
});
const ORDERS = '{ "table_name": "orders_bronze", "s3_path": "s3://lake/bronze/orders/" }';
const entry = (name: string) => `{\n    "table_name": "${name}",\n    "s3_path": "s3://lake/raw/${name}/"\n  }`;
const tables = (list: string, eol = "\n"): Files => ({
  ...SHOP,
  [QUERIES]: (SHOP[QUERIES] ?? "").replace(`[${ORDERS}]`, list).replaceAll("\n", eol),
});

/** Code, files, the SQL or JSON that the safe fixes leave. */
const SAFE: readonly (readonly [code: string, what: string, files: Files, file: string, result: string])[] = [
  ...["\n", "\r\n"].flatMap((eol) =>
    [
      [`[${ORDERS}, ${entry("x")}]`, `[${ORDERS}]`],
      [`[\n  ${entry("x")},\n  ${ORDERS}\n]`, `[\n  ${ORDERS}\n]`],
      [`[\n  ${ORDERS},\n  ${entry("x")}\n ,${entry("größe🚀")}]`, `[\n  ${ORDERS}]`],
    ].map(([before = "", left = ""], index) => {
      const files = tables(before, eol);
      return [
        "Q005",
        `entry ${index} ${JSON.stringify(eol)}`,
        files,
        QUERIES,
        tables(left, eol)[QUERIES] ?? "",
      ] as const;
    }),
  ),
  [
    "Q005",
    "the only entry",
    { ...tables(`[\n  ${entry("x")}\n]`), [TOTALS]: "SELECT 1 AS total" },
    QUERIES,
    tables("[]")[QUERIES] ?? "",
  ],
  ["Q004", "db.t", totals("SELECT total FROM db.orders_bronze"), TOTALS, "SELECT total FROM orders_bronze\n"],
  [
    "Q004",
    "each use of c.db.t, with quotes, comments and an alias",
    totals("SELECT 1 FROM c . `db`./* 1 */`orders_bronze` AS o JOIN C.DB.ORDERS_BRONZE p"),
    TOTALS,
    "SELECT 1 FROM `orders_bronze` AS o JOIN ORDERS_BRONZE p\n",
  ],
  ...Object.entries({
    'SELECT "id", "amount" AS a FROM orders_bronze': "SELECT `id`, `amount` AS a FROM orders_bronze",
    'SELECT sum("amount") FROM orders_bronze GROUP BY "ID"': "SELECT sum(`amount`) FROM orders_bronze GROUP BY `ID`",
    'SELECT 1 FROM orders_bronze WHERE "amount" > 1 ORDER BY "id" DESC':
      "SELECT 1 FROM orders_bronze WHERE `amount` > 1 ORDER BY `id` DESC",
  }).map(([before, left]) => ["Q006", before, totals(before), TOTALS, `${left}\n`] as const),
];

describe("safe fixes", () => {
  for (const [code, what, files, file, result] of SAFE)
    it(`${code}: ${what}`, () => {
      const fixes = fixesOf(files, code);
      const left = after(
        files,
        fixes.filter(({ safe }) => safe),
      );
      assert.equal(left[file], result);
      assert.deepEqual(fixesOf(left, code), []);
    });
});

/** Mistakes without a safe fix, and the text that their first offer leaves; undefined: none is offered. */
const OFFERED: readonly (readonly [code: string, files: Files, file: string, result: string | undefined])[] = [
  ["Q004", totals("SELECT 1 FROM orders_bronz"), TOTALS, "SELECT 1 FROM orders_bronze\n"],
  ["Q004", totals("SELECT 1 FROM db.orders_bronz"), TOTALS, "SELECT 1 FROM orders_bronze\n"],
  [
    "Q004",
    totals("SELECT 1 FROM orders_bronze o, `orders_bronz`"),
    TOTALS,
    "SELECT 1 FROM orders_bronze o, `orders_bronze`\n",
  ],
  ["Q004", totals("SELECT 1 FROM elsewhere"), TOTALS, undefined],
  // The other database's table, a common table expression, a column's own qualifier: the plain name would be another thing.
  ["Q004", totals("SELECT 1 FROM a.orders_bronze, b.orders_bronze"), TOTALS, undefined],
  ["Q004", totals("WITH orders_bronze AS (SELECT 1) SELECT 1 FROM db.orders_bronze"), TOTALS, undefined],
  ["Q004", totals("SELECT db.orders_bronze.id FROM db.orders_bronze"), TOTALS, undefined],
  // The unused entry may be the one that is meant.
  [
    "Q005",
    { ...tables(`[${ORDERS}, ${entry("x")}]`), [TOTALS]: "SELECT 1 FROM orders_bronze, y" },
    QUERIES,
    tables(`[${ORDERS}]`)[QUERIES],
  ],
  [
    "Q006",
    totals('SELECT 1 FROM orders_bronze WHERE name = "amount"'),
    TOTALS,
    "SELECT 1 FROM orders_bronze WHERE name = `amount`\n",
  ],
  [
    "Q006",
    totals('SELECT 1 FROM orders_bronze WHERE name = "Returned"'),
    TOTALS,
    "SELECT 1 FROM orders_bronze WHERE name = 'Returned'\n",
  ],
  [
    "Q006",
    totals('SELECT coalesce(x, "amount") FROM orders_bronze'),
    TOTALS,
    "SELECT coalesce(x, `amount`) FROM orders_bronze\n",
  ],
  [
    "Q007",
    { ...totals("SELECT :dey FROM orders_bronze"), [YAML]: "params: { day: { type: date } }\n" },
    TOTALS,
    "SELECT :day FROM orders_bronze\n",
  ],
  [
    "C005",
    { ...SHOP, "pipelines/shop/etl_stages.json": '{"a": ["orders", "totls"]}' },
    "pipelines/shop/etl_stages.json",
    '{"a": ["orders", "totals"]}',
  ],
  [
    "C015",
    { ...SHOP, [YAML]: "sources: { order_raw: { columns: { id: int } } }" },
    YAML,
    "sources: { orders_raw: { columns: { id: int } } }",
  ],
  ["W003", strata('{"sort_by": ["totel"]}'), QUERIES, strata('{"sort_by": ["total"]}')[QUERIES]],
  [
    "E001",
    strata('{"expectations": [{"not_null": ["totel"]}]}'),
    QUERIES,
    strata('{"expectations": [{"not_null": ["total"]}]}')[QUERIES],
  ],
  ["E001", { ...SHOP, [YAML]: "expectations:\n- not_null: 'totel'" }, YAML, "expectations:\n- not_null: total"],
  ["E001", strata('{"expectations": [{"not_null": ["tot\\u0065l"]}]}'), QUERIES, undefined],
  ["E001", strata('{"expectations": [{"expression": "totel > 0"}]}'), QUERIES, undefined],
];

describe("fixes that are only offered", () => {
  for (const [code, files, file, result] of OFFERED)
    it(`${code}: ${JSON.stringify(files[file]?.slice(-60))}`, () => {
      const fixes = fixesOf(files, code);
      assert.deepEqual(
        fixes.filter(({ safe }) => safe),
        [],
      );
      assert.isNotEmpty(compileFiles(files).diagnostics.filter((each) => each.code === code));
      assert.equal(fixes[0] && after(files, fixes.slice(0, 1))[file], result);
    });
});
