/** Results of queries as an aligned table, JSON or CSV. Their values are text already (local/engine/cells.py). */

import { lineUp, printable } from "../../compiler/show/text.ts";

export type Format = "text" | "json" | "csv";

export interface Column {
  readonly name: string;
  /** Aligned to the right. */
  readonly number: boolean;
}

/** Values of a row: of a table for JSON each is JSON; else null is NULL. */
export type Row = readonly (string | null)[];

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** How many rows there are; `rows` are the first of them. */
  readonly all: number;
}

/** Ends in a newline. */
export function formatTable(table: Table, format: Format): string {
  switch (format) {
    case "text":
      return textTable(table);
    case "json":
      return jsonTable(table);
    case "csv":
      return csvTable(table);
  }
}

function textTable({ columns, rows, all }: Table): string {
  const cells = rows.map((row) => row.map((value) => printable(value ?? "NULL")));
  const head = columns.map(({ name }) => printable(name));
  const lines = lineUp([head, ...cells], (index) => columns[index]?.number === true, true);
  const total = `${all.toLocaleString("en")} ${all === 1 ? "row" : "rows"}`;
  const count =
    cells.length < all ? `(${cells.length.toLocaleString("en")} of ${total}; --limit 0 shows all)` : `(${total})`;
  return `${[...lines, count].join("\n")}\n`;
}

/** An array of objects. */
function jsonTable({ columns, rows }: Table): string {
  const names = columns.map(({ name }) => JSON.stringify(name));
  const objects = rows.map((row) => `  {${names.map((name, index) => `${name}: ${row[index]}`).join(", ")}}`);
  return objects.length === 0 ? "[]\n" : `[\n${objects.join(",\n")}\n]\n`;
}

/** RFC 4180; NULL is nothing at all, and a text without a character is `""`, as PostgreSQL and DuckDB write and read them. */
function csvTable({ columns, rows }: Table): string {
  const field = (text: string) => (text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [
    columns.map(({ name }) => field(name)),
    ...rows.map((row) => row.map((value) => (value === null ? "" : field(value)))),
  ];
  return `${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
}
