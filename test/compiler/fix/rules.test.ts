/** The fixes that rules give: which are safe, and what is left after them. */

import { assert } from "chai";
import type { Fix } from "../../../compiler/diagnostics.ts";
import { applyFixes } from "../../../compiler/fix/apply.ts";
import { SHOP } from "../../cli/strata.ts";
import { compileFiles, type Files } from "../files.ts";

const QUERIES = "pipelines/shop/sql_queries.json";
const TOTALS = "sql/shop/totals.sql";
const STAGES = "pipelines/shop/etl_stages.json";
const YAML = "pipelines/shop/pipeline.yaml";

const fixesOf = (files: Files, code: string) =>
  compileFiles(files)
    .diagnostics.filter((each) => each.code === code)
    .flatMap(({ fixes }) => fixes);
const after = (files: Files, fixes: readonly Fix[]): Files => ({
  ...files,
  ...Object.fromEntries(applyFixes(fixes, (file) => files[file]).texts),
});
const stages = (text: string): Files => ({ ...SHOP, [STAGES]: text });
const totals = (sql: string): Files => ({ ...SHOP, [TOTALS]: `${sql}\n` });
const strata = (text: string): Files => ({
  ...SHOP,
  [QUERIES]: (SHOP[QUERIES] ?? "").replace('"target_name": "totals_gold"', `"strata": ${text}`),
});
const edited = (old: string, text: string): Files => ({ ...SHOP, [QUERIES]: (SHOP[QUERIES] ?? "").replace(old, text) });
const beside = (keys: string): Files => edited('"target_name": "totals_gold"', keys);
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
    'SELECT 1 AS "Total `1` 🚀" FROM orders_bronze': "SELECT 1 AS `Total ``1`` 🚀` FROM orders_bronze",
    'SELECT 1 FROM "orders_bronze" AS o': "SELECT 1 FROM `orders_bronze` AS o",
    'SELECT 1 FROM "c" . "db"."ORDERS_BRONZE"': "SELECT 1 FROM `ORDERS_BRONZE`",
  }).map(([before, left]) => ["Q001", before, totals(before), TOTALS, `${left}\n`] as const),
  [
    "S001",
    "a comma in an array",
    stages('{"a": ["orders", "totals" ,\r\n]}'),
    STAGES,
    '{"a": ["orders", "totals" \r\n]}',
  ],
  ["S001", "a comma in an object", stages('{"a": ["orders", "totals"],}'), STAGES, '{"a": ["orders", "totals"]}'],
  ...Object.entries({
    'SELECT o."id" AS "x" FROM orders_bronze o': "SELECT o.`id` AS `x` FROM orders_bronze o",
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
  ["C005", stages('{"a": ["orders", "totls"]}'), STAGES, '{"a": ["orders", "totals"]}'],
  ["C007", stages('{"a": ["orders"], "b": []}'), STAGES, undefined],
  ["C007", stages('{"a": [\n"orders"\n]}'), STAGES, '{"a": [\n"orders", "totals"\n]}'],
  ["S001", stages('{"a": ["orders"\n "totals"]}'), STAGES, '{"a": ["orders",\n "totals"]}'],
  ["S001", stages("{'a': ['orders', 'totals']}"), STAGES, undefined],
  ["Q001", totals("SELECT id, FROM orders_bronze"), TOTALS, "SELECT id FROM orders_bronze\n"],
  ["Q001", totals("SELECT id FORM orders_bronze"), TOTALS, "SELECT id FROM orders_bronze\n"],
  [
    "Q001",
    totals("SELECT CAST(id AS text) FROM orders_bronze"),
    TOTALS,
    "SELECT CAST(id AS STRING) FROM orders_bronze\n",
  ],
  ["Q001", totals("SELECT größe FROM orders_bronze"), TOTALS, "SELECT `größe` FROM orders_bronze\n"],
  ["Q001", totals("SELECT id − 1 FROM orders_bronze"), TOTALS, "SELECT id - 1 FROM orders_bronze\n"],
  ["Q001", totals('SELECT 1 FROM "db"."elsewhere"'), TOTALS, "SELECT 1 FROM `db`.`elsewhere`\n"],
  ["Q001", totals("SELECT id + FROM orders_bronze"), TOTALS, undefined],
  [
    "Q030",
    totals("SELECT amuont AS a, `amuont` + 1 AS b FROM orders_bronze o WHERE AMUONT > 1"),
    TOTALS,
    "SELECT amount AS a, `amount` + 1 AS b FROM orders_bronze o WHERE amount > 1\n",
  ],
  ["Q030", totals("SELECT orders_bronze.id FROM orders_bronze o"), TOTALS, "SELECT o.id FROM orders_bronze o\n"],
  ["Q030", totals("SELECT elsewhere FROM orders_bronze o"), TOTALS, undefined],
  ["Q035", totals("SELECT cuont(id) FROM orders_bronze"), TOTALS, "SELECT count(id) FROM orders_bronze\n"],
  ["C003", edited('"sql_name": "totals"', '"sql_name": "total"'), QUERIES, SHOP[QUERIES]],
  ["C009", edited("shop/totals.sql", "shop/totls.sql"), QUERIES, SHOP[QUERIES]],
  ["C012", strata('{"sort_bye": ["total"]}'), QUERIES, strata('{"sort_by": ["total"]}')[QUERIES]],
  ["C013", strata('{"write": "apend"}'), QUERIES, strata('{"write": "append"}')[QUERIES]],
  ["C013", strata('{"allow": {"Q05": "x"}}'), QUERIES, strata('{"allow": {"Q005": "x"}}')[QUERIES]],
  ["C024", beside('"write": "append"'), QUERIES, beside('"strata": { "write": "append" }')[QUERIES]],
  ["C024", beside('"starta": {}'), QUERIES, beside('"strata": {}')[QUERIES]],
  ["C024", beside('"write": "append", "strata": {}'), QUERIES, undefined],
  [
    "G009",
    edited('bronze/orders/" }], "s3_target": "s3://lake/gold', 'bronze/ordes/" }], "s3_target": "s3://lake/gold'),
    QUERIES,
    SHOP[QUERIES],
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
