/** Forms of generated queries, after TPC-DS: joins of three tables, CTEs, windows, CASE, sub-queries, set operations. */

import { type Choose, type Column, type Kind, of, type Table } from "./tables.ts";

/** What a query is made of. */
export interface Parts {
  /** Of the names of its columns. */
  readonly prefix: string;
  readonly tables: readonly [Table, Table, Table];
  readonly choose: Choose;
}

/** A query with the columns of its result. */
export interface Made {
  readonly sql: string;
  readonly columns: readonly Column[];
}

export type Form = (parts: Parts) => Made;

/** A column of the result: an expression with its new name. */
interface Item extends Column {
  readonly value: string;
}

/** The parts of a query's result that later queries need: each kind of column. */
function itemsOf({ prefix, tables, choose }: Parts, aliases: readonly string[], more: number): Item[] {
  const items: Item[] = [];
  const add = (kind: Kind, value: string) => {
    items.push({ name: `${prefix}_${kind}_${items.length}`, kind, value });
  };
  const column = (at: number, kind: Kind) => `${aliases[at]}.${choose(of(tables[at] as Table, kind))}`;
  for (const at of [0, 1, 2]) add("key", column(at, "key"));
  for (const at of [0, 1]) add("day", column(at, "day"));
  for (const at of [0, 1, 2]) add("text", column(at, "text"));
  add(
    "text",
    `CASE WHEN ${column(0, "amount")} > 100 THEN 'large' WHEN ${column(1, "count")} IS NULL THEN 'none' ELSE 'small' END`,
  );
  add(
    "text",
    `coalesce(upper(${column(2, "text")}), concat_ws('-', ${column(0, "text")}, ${column(1, "text")}), 'unknown')`,
  );
  add("count", column(0, "count"));
  add("count", `coalesce(${column(1, "count")}, 0) + datediff(${column(0, "day")}, ${column(1, "day")})`);
  for (let index = 0; index < more; index += 1) {
    const at = index % 3;
    add(
      "amount",
      choose([
        column(at, "amount"),
        `CAST(${column(at, "amount")} * ${index + 2} - coalesce(${column((at + 1) % 3, "amount")}, 0) AS DECIMAL(17,2))`,
        `CASE WHEN ${column(at, "count")} BETWEEN 1 AND ${index + 10} THEN ${column(at, "amount")} ELSE 0.00 END`,
        `CAST(round(${column(at, "amount")} / nullif(${column(0, "count")}, 0), 2) AS DECIMAL(17,2))`,
      ]),
    );
  }
  return items;
}

const listed = (items: readonly Item[]) => items.map(({ value, name }) => `  ${value} AS ${name}`).join(",\n");
const made = (sql: string, items: readonly Column[]): Made => ({
  sql: `${sql}\n`,
  columns: items.map(({ name, kind }) => ({ name, kind })),
});

/** What every stage begins with: a raw table, renamed. */
export const bronze: Form = ({ prefix, tables: [raw] }) => {
  const items = raw.columns.map(({ name, kind }, at) => ({
    name: `${prefix}_${kind}_${at}`,
    kind,
    value: kind === "text" ? `trim(${name})` : name,
  }));
  return made(`SELECT\n${listed(items)}\nFROM ${raw.name}\nWHERE ${raw.columns[0]?.name} IS NOT NULL`, items);
};

/** Joins, with a filter by a sub-query. */
const joined: Form = (parts) => {
  const [a, b, c] = parts.tables;
  const { choose } = parts;
  const items = itemsOf(parts, ["a", "b", "c"], choose([4, 12, 20]));
  return made(
    `-- Rows of ${a.name} with what ${b.name} and ${c.name} say of them.
SELECT
${listed(items)}
FROM ${a.name} a
JOIN ${b.name} b ON b.${choose(of(b, "key"))} = a.${choose(of(a, "key"))}
LEFT JOIN ${c.name} c ON c.${choose(of(c, "key"))} = b.${choose(of(b, "key"))} AND c.${choose(of(c, "day"))} >= a.${choose(of(a, "day"))}
WHERE a.${choose(of(a, "amount"))} > (SELECT avg(${choose(of(b, "amount"))}) FROM ${b.name})
  AND a.${choose(of(a, "key"))} IN (SELECT ${choose(of(c, "key"))} FROM ${c.name} WHERE ${choose(of(c, "text"))} LIKE 'A%')`,
    items,
  );
};

/** Two aggregating CTEs, joined to a table. */
const aggregated: Form = (parts) => {
  const [a, b, c] = parts.tables;
  const { choose, prefix } = parts;
  const [key, other] = [choose(of(a, "key")), choose(of(b, "key"))];
  const items = itemsOf(parts, ["a", "b", "c"], choose([4, 8]));
  const sums: Item[] = [0, 1, 2, 3].map((at) => ({
    name: `${prefix}_sum_${at}`,
    kind: "amount",
    value: at % 2 === 0 ? `x.total_${at}` : `coalesce(y.total_${at}, 0.00)`,
  }));
  const totals = (table: Table, some: readonly number[]) =>
    some.map((at) => `    CAST(sum(${choose(of(table, "amount"))}) AS DECIMAL(17,2)) AS total_${at}`).join(",\n");
  return made(
    `WITH x AS (
  SELECT ${key} AS id, count(*) AS number,
${totals(a, [0, 2])}
  FROM ${a.name}
  WHERE ${choose(of(a, "text"))} IS NOT NULL
  GROUP BY ${key}
  HAVING count(*) > 1
),
y AS (
  SELECT ${other} AS id, max(${choose(of(b, "day"))}) AS last_day,
${totals(b, [1, 3])}
  FROM ${b.name}
  GROUP BY ${other}
)
SELECT
${listed([...items, ...sums])}
FROM ${a.name} a
JOIN x ON x.id = a.${key}
JOIN ${b.name} b ON b.${choose(of(b, "key"))} = a.${choose(of(a, "key"))}
JOIN ${c.name} c ON c.${choose(of(c, "key"))} = a.${choose(of(a, "key"))}
LEFT JOIN y ON y.id = b.${other} AND y.last_day > a.${choose(of(a, "day"))}
WHERE x.number < 1000`,
    [...items, ...sums],
  );
};

/** Windows over a joined sub-query, of which the first rows are kept. */
const ranked: Form = (parts) => {
  const [a, b, c] = parts.tables;
  const { choose, prefix } = parts;
  const items = itemsOf(parts, ["a", "b", "c"], choose([3, 9, 15]));
  const named = (kind: Kind) => choose(items.filter((item) => item.kind === kind)).name;
  const rank = `${prefix}_rank`;
  const windows: Item[] = [
    {
      name: `${prefix}_running`,
      kind: "amount",
      value: `CAST(sum(${named("amount")}) OVER (PARTITION BY ${named("key")} ORDER BY ${named("day")} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS DECIMAL(17,2))`,
    },
    {
      name: `${prefix}_before`,
      kind: "amount",
      value: `lag(${named("amount")}, 1) OVER (PARTITION BY ${named("key")} ORDER BY ${named("day")}, ${named("key")})`,
    },
    {
      name: rank,
      kind: "count",
      value: `CAST(row_number() OVER (PARTITION BY ${named("text")} ORDER BY ${named("amount")} DESC, ${named("key")}) AS BIGINT)`,
    },
  ];
  return made(
    `SELECT *
FROM (
  SELECT t.*,
${listed(windows)}
  FROM (
    SELECT
${listed(items)}
    FROM ${a.name} a, ${b.name} b, ${c.name} c
    WHERE a.${choose(of(a, "key"))} = b.${choose(of(b, "key"))}
      AND b.${choose(of(b, "key"))} = c.${choose(of(c, "key"))}
      AND (c.${choose(of(c, "amount"))} > 10 OR c.${choose(of(c, "text"))} IN ('a', 'b', 'c'))
  ) t
) ranked
WHERE ${rank} <= 100`,
    [...items, ...windows],
  );
};

/** Both sides of a union, and rows that a third table has. */
const united: Form = (parts) => {
  const [a, b, c] = parts.tables;
  const { choose, prefix } = parts;
  const kinds: Kind[] = [
    "key",
    "key",
    "day",
    "text",
    "text",
    "text",
    "count",
    ...Array.from({ length: choose([8, 14]) }, () => "amount" as const),
  ];
  const sides = (table: Table, at: number): Item[] =>
    kinds.map((kind, index) => ({
      name: `${prefix}_${kind}_${index}`,
      kind,
      value: `${"ab"[at]}.${choose(of(table, kind))}`,
    }));
  const columns = sides(a, 0);
  const filter = (alias: string, table: Table) =>
    `WHERE EXISTS (SELECT 1 FROM ${c.name} c WHERE c.${choose(of(c, "key"))} = ${alias}.${choose(of(table, "key"))} AND c.${choose(of(c, "count"))} > 0)`;
  return made(
    `SELECT
${listed(columns)}
FROM ${a.name} a
${filter("a", a)}
UNION ALL
SELECT
${listed(sides(b, 1))}
FROM ${b.name} b
${filter("b", b)}`,
    columns,
  );
};

/** In turn. */
export const FORMS: readonly Form[] = [joined, aggregated, ranked, joined, united];
