/** Compares two contents of one target: columns, types, and rows as multisets, in DuckDB, which spills to disk. */

import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteName, quoteText, scan } from "../catalog/duckdb.ts";
import { contentOf } from "../catalog/files.ts";
import { currentSnapshot, readIceberg } from "../catalog/iceberg.ts";
import { placesOf } from "../catalog/iceberg-files.ts";
import { icebergScan } from "../catalog/iceberg-scan.ts";

/** Most examples of different rows. */
export const EXAMPLES = 5;

/** A column that differs, with its type on each side; null if a side lacks it. */
export interface ColumnDifference {
  readonly name: string;
  readonly sail: string | null;
  readonly spark: string | null;
}

/** A row that differs, its values as text; null if a side lacks it. */
export interface Example {
  readonly sail: Readonly<Record<string, string | null>> | null;
  readonly spark: Readonly<Record<string, string | null>> | null;
}

export interface Comparison {
  readonly equal: boolean;
  readonly rows: { readonly sail: number; readonly spark: number };
  /** Empty if names, types and order are equal; else rows are not compared. */
  readonly columns: readonly ColumnDifference[];
  readonly examples: readonly Example[];
}

interface Column {
  readonly name: string;
  /** Spark's, from the commit record; DuckDB's without a record. */
  readonly type: string;
  /** The type in the files, by DuckDB; undefined without a file. */
  readonly stored: string | undefined;
}

interface Side {
  /** Reads the rows; undefined without a file. */
  readonly sql: string | undefined;
  readonly columns: readonly Column[];
  readonly rows: number;
}

/**
 * Compares two folders of one target. `key`: columns that pair different rows; empty: all of them. Throws `UserError` for
 * a target that cannot be read.
 */
export async function compareTargets(
  folders: { readonly sail: string; readonly spark: string },
  key: readonly string[],
  connection: DuckDBConnection,
): Promise<Comparison> {
  const [sail, spark] = [await sideOf(folders.sail, connection), await sideOf(folders.spark, connection)];
  const rows = { sail: sail.rows, spark: spark.rows };
  const columns = columnDifferences(sail, spark);
  if (columns.length > 0) return { equal: false, rows, columns, examples: [] };
  const examples = await differentRows(sail, spark, key, connection);
  return { equal: examples.length === 0 && rows.sail === rows.spark, rows, columns, examples };
}

async function sideOf(folder: string, connection: DuckDBConnection): Promise<Side> {
  const metadata = await readIceberg(folder);
  const content = metadata === undefined ? await contentOf(folder) : undefined;
  const recorded = content?.record?.schema ?? [];
  if (content?.files.length === 0)
    return { sql: undefined, columns: recorded.map((each) => ({ ...each, stored: undefined })), rows: 0 };
  const sql =
    metadata === undefined
      ? `SELECT * FROM ${scan(content as NonNullable<typeof content>)}`
      : (await icebergScan(metadata, currentSnapshot(metadata), await placesOf(folder, folder))).sql;
  const described = (await connection.runAndReadAll(`DESCRIBE ${sql}`)).getRowObjects();
  const types = new Map(recorded.map(({ name, type }) => [name, type]));
  const columns = described.map((row) => {
    const [name, stored] = [String(row.column_name), String(row.column_type)];
    return { name, stored, type: types.get(name) ?? stored };
  });
  const counted = (await connection.runAndReadAll(`SELECT count(*) AS n FROM (${sql})`)).getRowObjects();
  return { sql, columns, rows: Number(counted[0]?.n) };
}

/** Columns that a side lacks, or whose type or position differs. */
function columnDifferences(sail: Side, spark: Side): ColumnDifference[] {
  const names = [...new Set([...sail.columns, ...spark.columns].map(({ name }) => name))];
  const sameNames = sail.columns.length === names.length && spark.columns.length === names.length;
  return names.flatMap((name) => {
    const [one, other] = [sail, spark].map(({ columns }) => columns.find((each) => each.name === name));
    if (one === undefined || other === undefined)
      return [{ name, sail: one?.type ?? null, spark: other?.type ?? null }];
    if (one.type !== other.type) return [{ name, sail: one.type, spark: other.type }];
    const places = [sail.columns.indexOf(one) + 1, spark.columns.indexOf(other) + 1];
    if (sameNames && places[0] !== places[1])
      return [{ name, sail: `${one.type}, column ${places[0]}`, spark: `${other.type}, column ${places[1]}` }];
    if (one.stored === undefined || other.stored === undefined || one.stored === other.stored) return [];
    return [{ name, sail: `${one.type}, stored as ${one.stored}`, spark: `${other.type}, stored as ${other.stored}` }];
  });
}

async function differentRows(
  sail: Side,
  spark: Side,
  key: readonly string[],
  connection: DuckDBConnection,
): Promise<Example[]> {
  const { columns, sql } = sail.sql === undefined ? spark : sail;
  if (sql === undefined || columns.length === 0) return [];
  const count = freeName("strata_count", columns);
  const rows = ({ sql }: Side, times: number) =>
    sql === undefined ? [] : [`SELECT *, ${times} AS ${count} FROM (${sql})`];
  const both = [...rows(sail, 1), ...rows(spark, -1)].join(" UNION ALL BY NAME ");
  await connection.run(`CREATE OR REPLACE TEMP TABLE different AS ${unmatched(`(${both})`, columns, count)}`);
  return examplesOf(columns, key, count, connection);
}

/**
 * Rows of one side only, with their surplus. A sum of floating-point numbers depends on the order of the rows: two that
 * agree in 12 digits (FLOAT: 6) are equal. Two neighbours may be rounded to different values, so the remaining rows are
 * rounded again with shifted boundaries.
 */
function unmatched(rows: string, columns: readonly Column[], count: string): string {
  const pass = (from: string, isMoved: boolean) => {
    const values = columns.map((column) => {
      const name = quoteName(column.name);
      return `${alike(column, isMoved) === name ? name : `any_value(${name})`} AS ${name}`;
    });
    const groups = columns.map((column) => alike(column, isMoved));
    return `SELECT ${values.join(", ")}, sum(${count}) AS ${count} FROM ${from} GROUP BY ${groups.join(", ")} HAVING sum(${count}) <> 0`;
  };
  const once = pass(rows, false);
  return columns.some(isFloating) ? pass(`(${once})`, true) : once;
}

function isFloating({ stored }: Column): boolean {
  return stored === "DOUBLE" || stored === "FLOAT";
}

/** An expression that is equal for equal values. NaN equals itself, and -0.0 equals 0.0, as in SQL. */
function alike({ name, stored }: Column, isMoved: boolean): string {
  const column = quoteName(name);
  if (stored?.startsWith("MAP(")) return `list_sort(map_entries(${column}))`; // a map has no order
  if (stored !== "DOUBLE" && stored !== "FLOAT") return column;
  const [digits, moved] = stored === "DOUBLE" ? [12, "1.0000000000005"] : [6, "1.0000005"];
  const number = `CAST(${column} AS DOUBLE)${isMoved ? ` * ${moved}::DOUBLE` : ""}`;
  return `CASE WHEN isfinite(${column}) THEN CAST(printf('%.${digits - 1}e', ${number}) AS DOUBLE) ELSE ${column} END`;
}

/** The first examples by key. Rows with the same key are paired in the order of their values. */
async function examplesOf(
  columns: readonly Column[],
  key: readonly string[],
  count: string,
  connection: DuckDBConnection,
): Promise<Example[]> {
  const keyed = key.map((name) => columns.find((each) => each.name.toLowerCase() === name.toLowerCase()));
  const by = keyed.length > 0 && keyed.every((each) => each !== undefined) ? (keyed as Column[]) : columns;
  const place = freeName("strata_place", columns);
  const list = (of: readonly Column[], prefix = "") => of.map(({ name }) => `${prefix}${quoteName(name)}`).join(", ");
  const side = (sign: string) =>
    `(SELECT *, row_number() OVER (PARTITION BY ${list(by)} ORDER BY ${list(columns)}) AS ${place} FROM different WHERE ${count} ${sign} 0)`;
  const same = by.map(({ name }) => `a.${quoteName(name)} IS NOT DISTINCT FROM b.${quoteName(name)}`);
  const order = by.map(({ name }) => `coalesce(a.${quoteName(name)}, b.${quoteName(name)})`);
  const json = (table: string) => `CASE WHEN ${table}.${place} IS NULL THEN NULL ELSE ${asJson(table, columns)} END`;
  const found = await connection.runAndReadAll(
    `SELECT ${json("a")} AS sail, ${json("b")} AS spark FROM ${side(">")} AS a FULL JOIN ${side("<")} AS b ` +
      `ON ${[...same, `a.${place} = b.${place}`].join(" AND ")} ORDER BY ${order.join(", ")}, 1, 2 LIMIT ${EXAMPLES}`,
  );
  const parsed = (text: unknown) => (text === null ? null : (JSON.parse(String(text)) as Example["sail"]));
  return found.getRowObjects().map((row) => ({ sail: parsed(row.sail), spark: parsed(row.spark) }));
}

/** A row as JSON, with every value as text, so that none is rounded. */
function asJson(table: string, columns: readonly Column[]): string {
  const pairs = columns.map(({ name }) => `${quoteText(name)}, CAST(${table}.${quoteName(name)} AS VARCHAR)`);
  return `json_object(${pairs.join(", ")})`;
}

/** A name that no column has, in any case. */
function freeName(name: string, columns: readonly Column[]): string {
  return columns.some((column) => column.name.toLowerCase() === name) ? freeName(`${name}_`, columns) : name;
}
