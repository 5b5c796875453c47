/** Results of queries as an aligned table, JSON or CSV. */

export type Format = "text" | "json" | "csv";

/** Values as DuckDB's JSON form gives them: large integers and decimals as text. */
export interface Table {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
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

const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\))$/;

function textTable({ columns, rows }: Table): string {
  const cells = rows.map((row) => row.map((value) => printable(asText(value, "NULL"))));
  const head = columns.map(({ name }) => printable(name));
  // No spread of all rows into one call: JavaScript's stack holds about a hundred thousand arguments.
  const widths = head.map((name, index) =>
    cells.reduce((widest, row) => Math.max(widest, displayWidth(row[index] ?? "")), displayWidth(name)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => {
        const fill = " ".repeat((widths[index] ?? 0) - displayWidth(cell));
        return NUMERIC.test(columns[index]?.type ?? "") ? fill + cell : cell + fill;
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  const count = `(${rows.length} ${rows.length === 1 ? "row" : "rows"})`;
  return `${[line(head), rule, ...cells.map(line), count].join("\n")}\n`;
}

/** An array of objects. Numbers are exact: they go from DuckDB's text to JSON's text. */
function jsonTable({ columns, rows }: Table): string {
  const value = (item: unknown, type: string) =>
    typeof item === "string" && NUMERIC.test(type) && /^-?\d+(\.\d+)?$/.test(item) ? item : JSON.stringify(item);
  const objects = rows.map(
    (row) =>
      `  {${columns.map(({ name, type }, index) => `${JSON.stringify(name)}: ${value(row[index] ?? null, type)}`).join(", ")}}`,
  );
  return objects.length === 0 ? "[]\n" : `[\n${objects.join(",\n")}\n]\n`;
}

/** RFC 4180; NULL is an empty field. */
function csvTable({ columns, rows }: Table): string {
  const field = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [
    columns.map(({ name }) => field(name)),
    ...rows.map((row) => row.map((value) => field(asText(value, "")))),
  ];
  return `${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
}

function asText(value: unknown, none: string): string {
  if (value === null || value === undefined) return none;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A value must not steer the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Columns on a terminal: wide characters of East Asia and emoji take two. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text)
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u.test(
        character,
      )
        ? 2
        : 1;
  return width;
}
