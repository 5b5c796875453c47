/** Mistakes of an analyst in the shop's pipeline: an edit each, and where `check` must show it. */

/** A part of `check` that is not there yet, and that will find it. */
export type Part = "lints" | "types" | "configuration";

/** One mistake. */
export interface Mistake {
  readonly what: string;
  /** File, the text to replace, by what. */
  readonly edits: readonly Edit[];
  /** The code of an error or warning, the file, and the text at its place; undefined for a harmless change, which must not be an error. */
  readonly found?: readonly [code: string, file: string, text: string];
  /** Not found yet. */
  readonly pending?: Part;
}

export type Edit = readonly [file: string, from: string, to: string];

const sql = (name: string) => `sql/shop/${name}.sql`;
const STAGES = "pipelines/shop/etl_stages.json";
const QUERIES = "pipelines/shop/sql_queries.json";
const EXTRAS = "pipelines/shop/pipeline.yaml";

/** Those that `check` is to find. */
export const MISTAKES: readonly Mistake[] = [
  {
    what: "typo in a column of a raw source",
    edits: [[sql("br_customers"), "  email,", "  emial,"]],
    found: ["Q030", sql("br_customers"), "emial"],
  },
  {
    what: "typo in a column of a dataset",
    edits: [[sql("ft_returns"), "o.amount AS", "o.amuont AS"]],
    found: ["Q030", sql("ft_returns"), "amuont"],
  },
  {
    what: "typo in a table's name",
    edits: [[sql("mt_cities"), "FROM sales s", "FROM slaes s"]],
    found: ["Q004", sql("mt_cities"), "slaes"],
  },
  {
    what: "comma left out of a select list",
    edits: [[sql("br_customers"), "  name,\n", "  name\n"]],
    found: ["Q050", sql("br_customers"), "name"],
  },
  {
    what: "comma left out of JSON",
    edits: [[QUERIES, `"sql_name": "br_items",`, `"sql_name": "br_items"`]],
    found: ["S001", QUERIES, `"sql_file": "shop/br_items.sql"`],
  },
  {
    what: "comma too many in JSON",
    edits: [[STAGES, `["mt_cities", "mt_products"]`, `["mt_cities", "mt_products",]`]],
    found: ["S001", STAGES, "]"],
  },
  {
    what: "dataset in too early a stage",
    edits: [
      [STAGES, `"sv_orders"]`, `"sv_orders", "mt_cities"]`],
      [STAGES, `["mt_cities", "mt_products"]`, `["mt_products"]`],
    ],
    found: ["G004", QUERIES, `"s3://shop-lake/facts/ft_sales/"`],
  },
  {
    what: "two stages exchanged",
    edits: [
      [STAGES, `"silver": [`, `"x": [`],
      [STAGES, `"facts": ["ft_sales", "ft_returns"]`, `"silver": ["sv_customers", "sv_orders"]`],
      [STAGES, `"x": ["sv_customers", "sv_orders"]`, `"facts": ["ft_sales", "ft_returns"]`],
    ],
    found: ["G004", STAGES, `"facts"`],
  },
  {
    what: "column renamed that later datasets read",
    edits: [[sql("sv_customers"), "upper(city) AS city", "upper(city) AS town"]],
    found: ["Q030", sql("mt_cities"), "city"],
  },
  {
    what: "text compared with a number",
    edits: [[sql("br_orders"), "WHERE ordered_at", "WHERE status = 1 AND ordered_at"]],
    found: ["Q040", sql("br_orders"), "status = 1"],
    pending: "types",
  },
  {
    what: "date compared with a text that cannot be a date",
    edits: [[sql("sv_customers"), "WHERE email", "WHERE since > '2026-13-45' AND email"]],
    found: ["Q040", sql("sv_customers"), "since"],
    pending: "types",
  },
  {
    what: "texts added",
    edits: [[sql("sv_customers"), "trim(name) AS name", "name + city AS name"]],
    found: ["Q040", sql("sv_customers"), "name"],
    pending: "types",
  },
  {
    what: "sum of a text",
    edits: [[sql("mt_products"), "sum(quantity)", "sum(title)"]],
    found: ["Q040", sql("mt_products"), "sum"],
    pending: "types",
  },
  {
    what: "join of a table with itself",
    edits: [[sql("sv_orders"), "i.order_id = o.order_id", "i.order_id = i.order_id"]],
    found: ["Q051", sql("sv_orders"), "i.order_id"],
  },
  {
    what: "CROSS JOIN to a dimension",
    edits: [[sql("mt_cities"), "JOIN customers c ON c.customer_id = s.customer_id", "CROSS JOIN customers c"]],
    found: ["Q051", sql("mt_cities"), "CROSS JOIN"],
  },
  {
    what: "join on a condition of one side",
    edits: [[sql("mt_cities"), "c.customer_id = s.customer_id", "c.customer_id > 0"]],
    found: ["Q051", sql("mt_cities"), "c.customer_id"],
  },
  {
    what: "table that `tables` does not list",
    edits: [[sql("ft_returns"), "WHERE o.status", "JOIN regions r ON r.city = c.city\nWHERE o.status"]],
    found: ["Q004", sql("ft_returns"), "regions"],
  },
  {
    what: "path of a dataset, one letter off",
    edits: [
      [
        QUERIES,
        `"products", "s3_path": "s3://shop-lake/bronze/br_products/"`,
        `"br_products", "s3_path": "s3://shop-lake/bronze/br_product/"`,
      ],
      [sql("ft_sales"), "JOIN products p", "JOIN br_products p"],
    ],
    found: ["G009", QUERIES, `"s3://shop-lake/bronze/br_product/"`],
  },
  {
    what: "the same target twice",
    edits: [[QUERIES, "s3://shop-lake/marts/mt_products/", "s3://shop-lake/marts/mt_cities/"]],
    found: ["G001", QUERIES, `"s3://shop-lake/marts/mt_cities/"`],
  },
  {
    what: "cycle",
    edits: [
      [
        QUERIES,
        `"tables": [{ "table_name": "customers", "s3_path": "s3://shop-lake/bronze/br_customers/" }]`,
        `"tables": [{ "table_name": "customers", "s3_path": "s3://shop-lake/silver/sv_orders/" }]`,
      ],
      [
        QUERIES,
        `{ "table_name": "items", "s3_path": "s3://shop-lake/bronze/br_items/" }\n    ],\n    "s3_target": "s3://shop-lake/silver/`,
        `{ "table_name": "items", "s3_path": "s3://shop-lake/silver/sv_customers/" }\n    ],\n    "s3_target": "s3://shop-lake/silver/`,
      ],
    ],
    found: ["G005", QUERIES, `"sv_customers": {`],
  },
  {
    what: "parameter that is not declared",
    edits: [[sql("br_orders"), ":day", ":dya"]],
    found: ["Q007", sql("br_orders"), ":dya"],
  },
  {
    what: "default that cannot be a date",
    edits: [[EXTRAS, `"2026-01-15"`, `"15.01.2026"`]],
    found: ["C014", EXTRAS, `"15.01.2026"`],
  },
  {
    what: "column missing in GROUP BY",
    edits: [[sql("sv_orders"), "o.ordered_at, o.status\n", "o.ordered_at\n"]],
    found: ["Q041", sql("sv_orders"), "o.status"],
    pending: "types",
  },
  {
    what: "ambiguous column",
    edits: [[sql("sv_orders"), "  o.order_id,\n", "  order_id,\n"]],
    found: ["Q031", sql("sv_orders"), "order_id"],
  },
  {
    what: "output column twice",
    edits: [[sql("ft_returns"), "  c.city,\n", "  c.city,\n  c.since AS city,\n"]],
    found: ["Q032", sql("ft_returns"), "c.since AS city"],
  },
  {
    what: "text in double quotes",
    edits: [[sql("ft_returns"), "'returned'", `"returned"`]],
    found: ["Q006", sql("ft_returns"), `"returned"`],
  },
  {
    what: "`sql_file` misspelt",
    edits: [[QUERIES, "shop/ft_sales.sql", "shop/ft_slaes.sql"]],
    found: ["C009", QUERIES, `"shop/ft_slaes.sql"`],
  },
  {
    what: "unknown dataset in a stage",
    edits: [[STAGES, `"br_products"]`, `"br_prodcuts"]`]],
    found: ["C005", STAGES, `"br_prodcuts"`],
  },
  {
    what: "dataset in no stage",
    edits: [[STAGES, `["ft_sales", "ft_returns"]`, `["ft_sales"]`]],
    found: ["C007", QUERIES, `"ft_returns"`],
  },
  {
    what: "two statements in a file",
    edits: [[sql("br_items"), "FROM items_raw\n", "FROM items_raw;\nSELECT 1 AS one\n"]],
    found: ["Q002", sql("br_items"), "SELECT 1"],
  },
  {
    what: "typo in the column of an expectation",
    edits: [[QUERIES, `{ "unique": "order_id" }`, `{ "unique": "oder_id" }`]],
    found: ["E001", QUERIES, `"oder_id"`],
  },
  {
    what: "typo in the kind of an expectation",
    edits: [[QUERIES, `{ "unique": "order_id" }`, `{ "uniqe": "order_id" }`]],
    found: ["C012", QUERIES, `"uniqe"`],
  },
  {
    what: "typo in a key of `strata`",
    edits: [[QUERIES, `"strata": { "expectations": [{ "not_null"`, `"strata": { "expectatons": [{ "not_null"`]],
    found: ["C012", QUERIES, `"expectatons"`],
  },
  {
    what: "`expectations` beside `strata`",
    edits: [
      [
        QUERIES,
        `"strata": { "expectations": [{ "not_null": ["customer_id", "city"] }] }`,
        `"expectations": [{ "not_null": ["customer_id", "city"] }]`,
      ],
    ],
    found: ["C024", QUERIES, `"expectations"`],
  },
  {
    what: "unknown function",
    edits: [[sql("br_customers"), "  since\n", "  yeer(since) AS since\n"]],
    found: ["Q035", sql("br_customers"), "yeer"],
  },
  {
    what: "function of another database",
    edits: [[sql("br_customers"), "  since\n", "  strftime('%Y', since) AS since\n"]],
    found: ["Q035", sql("br_customers"), "strftime"],
  },
  {
    what: "NOT IN over a sub-query that may have NULL",
    edits: [[sql("ft_returns"), "WHERE o.status", "WHERE o.status NOT IN (SELECT name FROM customers) AND o.status"]],
    found: ["Q053", sql("ft_returns"), "o.status NOT IN"],
  },
  {
    what: "value that `accepted_values` does not have",
    edits: [[sql("ft_returns"), "'returned'", "'Returned'"]],
    found: ["Q052", sql("ft_returns"), "'Returned'"],
  },
  {
    what: "LIMIT left in",
    edits: [[sql("br_items"), "FROM items_raw\n", "FROM items_raw\nLIMIT 10\n"]],
    found: ["Q055", sql("br_items"), "LIMIT 10"],
  },
  {
    what: "UNION of other column counts",
    edits: [[sql("mt_products"), "SELECT product_id, 'all' AS title,", "SELECT product_id,"]],
    found: ["Q033", sql("mt_products"), "SELECT product_id, count"],
  },
  {
    what: "window function in WHERE",
    edits: [
      [
        sql("br_items"),
        "FROM items_raw\n",
        "FROM items_raw\nWHERE row_number() OVER (PARTITION BY order_id ORDER BY product_id) = 1\n",
      ],
    ],
    found: ["Q041", sql("br_items"), "row_number()"],
    pending: "types",
  },
  {
    what: "alias in WHERE",
    edits: [[sql("ft_sales"), "WHERE o.status", "WHERE line_amount > 0 AND o.status"]],
    found: ["Q034", sql("ft_sales"), "line_amount"],
  },
  {
    what: "FORM for FROM",
    edits: [[sql("br_items"), "FROM items_raw", "FORM items_raw"]],
    found: ["Q001", sql("br_items"), "FORM"],
  },
  {
    what: "bracket that is not closed",
    edits: [[sql("sv_customers"), "trim(name)", "trim(name"]],
    found: ["Q001", sql("sv_customers"), "("],
  },
  {
    what: "a template's `ref()`",
    edits: [
      [
        sql("mt_products"),
        "FROM sales\nGROUP BY product_id, title",
        "FROM {{ ref('ft_sales') }}\nGROUP BY product_id, title",
      ],
    ],
    found: ["Q001", sql("mt_products"), "{{"],
  },
  {
    what: "CREATE TABLE",
    edits: [[sql("br_items"), "SELECT order_id", "CREATE TABLE items AS\nSELECT order_id"]],
    found: ["Q002", sql("br_items"), "CREATE"],
  },
];

/** Changes that look wrong and are right. */
export const HARMLESS: readonly Mistake[] = [
  { what: "LEFT JOIN", edits: [[sql("sv_orders"), "JOIN items", "LEFT JOIN items"]] },
  {
    what: "table listed in upper case, read in lower case",
    edits: [[QUERIES, `"table_name": "sales"`, `"table_name": "SALES"`]],
  },
  { what: "column in upper case", edits: [[sql("mt_cities"), "  c.city,", "  c.CITY,"]] },
  { what: "`target_name` in upper case", edits: [[QUERIES, "customers_bronze", "CUSTOMERS_BRONZE"]] },
  {
    what: "blank in a target",
    edits: [[QUERIES, "s3://shop-lake/marts/mt_cities/", "s3://shop-lake/marts/mt cities/"]],
  },
  { what: "target without a slash at its end", edits: [[QUERIES, "/marts/mt_cities/", "/marts/mt_cities"]] },
  {
    what: "`*` instead of columns",
    edits: [[sql("br_items"), "SELECT order_id, product_id, quantity, unit_price", "SELECT *"]],
  },
  { what: "CRLF", edits: [[sql("br_items"), "unit_price\n", "unit_price\r\n"]] },
  { what: "byte order mark", edits: [[sql("br_items"), "SELECT order_id", "\ufeffSELECT order_id"]] },
];
