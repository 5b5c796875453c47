/** Results of queries as an aligned table, JSON or CSV. */

import {
  type DuckDBArrayType,
  type DuckDBListType,
  type DuckDBMapType,
  type DuckDBStructType,
  type DuckDBType,
  DuckDBTypeId,
} from "@duckdb/node-api";
import { lineUp, printable } from "../../compiler/show/text.ts";

export type Format = "text" | "json" | "csv";

/** Values as DuckDB's JSON form gives them: large integers and decimals as text. */
export interface Table {
  readonly columns: readonly { readonly name: string; readonly type: string; readonly shape: DuckDBType }[];
  readonly rows: readonly (readonly unknown[])[];
}

/** Ends in a newline. Text shows at most `limit` rows, and says how many there are. */
export function formatTable(table: Table, format: Format, limit = Number.POSITIVE_INFINITY): string {
  switch (format) {
    case "text":
      return textTable(table, limit);
    case "json":
      return jsonTable(table);
    case "csv":
      return csvTable(table);
  }
}

const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\))$/;

function textTable({ columns, rows }: Table, limit: number): string {
  const cells = rows.slice(0, limit).map((row) => row.map((value) => printable(asText(value, "NULL"))));
  const head = columns.map(({ name }) => printable(name));
  const lines = lineUp([head, ...cells], (index) => NUMERIC.test(columns[index]?.type ?? ""), true);
  const all = `${rows.length.toLocaleString("en")} ${rows.length === 1 ? "row" : "rows"}`;
  const count =
    cells.length < rows.length ? `(${cells.length.toLocaleString("en")} of ${all}; --limit 0 shows all)` : `(${all})`;
  return `${[...lines, count].join("\n")}\n`;
}

/** An array of objects. */
function jsonTable({ columns, rows }: Table): string {
  const objects = rows.map(
    (row) =>
      `  {${columns.map(({ name, shape }, index) => `${JSON.stringify(name)}: ${jsonValue(row[index], shape)}`).join(", ")}}`,
  );
  return objects.length === 0 ? "[]\n" : `[\n${objects.join(",\n")}\n]\n`;
}

const EXACT: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.BIGNUM,
  DuckDBTypeId.DECIMAL,
]);

/**
 * Readers take a number of JSON for a double. So one that a double keeps stays a number, and others are text, wherever
 * they are; NaN and infinities, which JSON does not have, are text.
 */
function jsonValue(value: unknown, shape: DuckDBType): string {
  if (value === null || value === undefined) return "null";
  if (EXACT.has(shape.typeId)) return isKept(String(value)) ? String(value) : JSON.stringify(value);
  const list = (items: unknown, each: (item: unknown) => string) => `[${(items as unknown[]).map(each).join(", ")}]`;
  switch (shape.typeId) {
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return list(value, (item) => jsonValue(item, (shape as DuckDBListType | DuckDBArrayType).valueType));
    case DuckDBTypeId.STRUCT: {
      const { entryNames, entryTypes } = shape as DuckDBStructType;
      const fields = value as Readonly<Record<string, unknown>>;
      return `{${entryNames.map((name, index) => `${JSON.stringify(name)}: ${jsonValue(fields[name], entryTypes[index] as DuckDBType)}`).join(", ")}}`;
    }
    case DuckDBTypeId.MAP: {
      const { keyType, valueType } = shape as DuckDBMapType;
      return list(value, (item) => {
        const entry = item as { readonly key: unknown; readonly value: unknown };
        return `{"key": ${jsonValue(entry.key, keyType)}, "value": ${jsonValue(entry.value, valueType)}}`;
      });
    }
    default:
      return JSON.stringify(value);
  }
}

/** Integers to 2^53 - 1, and 15 significant digits. */
function isKept(digits: string): boolean {
  if (/^-?\d+$/.test(digits)) return Number.isSafeInteger(Number(digits));
  return /^-?\d+\.\d+$/.test(digits) && digits.replace(/[-.]/g, "").replace(/^0+/, "").length <= 15;
}

/** RFC 4180; NULL is nothing at all, and a text without a character is `""`, as PostgreSQL and DuckDB write and read them. */
function csvTable({ columns, rows }: Table): string {
  const field = (text: string) => (text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [
    columns.map(({ name }) => field(name)),
    ...rows.map((row) => row.map((value) => (isNull(value) ? "" : field(asText(value, ""))))),
  ];
  return `${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
}

function isNull(value: unknown): boolean {
  return value === null || value === undefined;
}

function asText(value: unknown, none: string): string {
  if (isNull(value)) return none;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
