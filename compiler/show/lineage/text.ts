/** A lineage as a tree of columns, for a terminal. */

import type { ColumnOf, LineageColumn, LineageTable } from "../../resolve/lineage.ts";
import { lineUp, printable } from "../text.ts";
import { columnsCalled, type Selection } from "./select.ts";
import { shortExpression, tableName, unknownsOf, useWords } from "./words.ts";

/** Columns below what they are made of, or what is made of them; then what decides on rows; then what is not known. Ends in a newline. */
export function lineageText(selection: Selection): string {
  const [first] = selection.tables;
  const tree = new Tree(selection);
  for (const column of first?.columns ?? []) tree.add(selection.table, column, 0);
  const lines = [...lineUp(tree.rows.map((row) => row.map(printable))), ...rowLines(selection)];
  const unknown = unknownsOf(selection).map(printable);
  if (unknown.length > 0)
    lines.push(...(lines.length > 0 ? [""] : []), "Not known:", ...unknown.map((each) => `  ${each}`));
  if (lines.length === 0) lines.push("no columns");
  return `${lines.join("\n")}\n`;
}

class Tree {
  readonly rows: [string, string][] = [];
  readonly #selection: Selection;
  readonly #seen = new Set<string>();
  readonly #dependents: ReadonlyMap<string, readonly ColumnOf[]>;

  constructor(selection: Selection) {
    this.#selection = selection;
    this.#dependents = selection.direction === "up" ? new Map() : dependentsIn(selection);
  }

  /** A column and, the first time, what is below it. */
  add(table: LineageTable, column: LineageColumn, depth: number): void {
    const key = keyOf({ table: table.key, column: column.name });
    const below = this.#selection.direction === "up" ? column.from : (this.#dependents.get(key) ?? []);
    const isRepeated = this.#seen.has(key) && below.length > 0;
    this.#seen.add(key);
    const label = `${"  ".repeat(depth)}${tableName(this.#selection, table)}.${column.name || "?"}`;
    const about =
      table.kind === "source" ? ["source", column.type].filter(Boolean).join(", ") : shortExpression(column);
    this.rows.push([label, isRepeated ? "as above" : about]);
    if (isRepeated) return;
    for (const each of below) {
      const next = this.#selection.all.get(each.table);
      const found = next && columnsCalled(next, each.column)[0];
      if (next && found) this.add(next, found, depth + 1);
      else if (next)
        this.rows.push([`${"  ".repeat(depth + 1)}${tableName(this.#selection, next)}.${each.column}`, "not known"]);
    }
  }
}

function keyOf({ table, column }: ColumnOf): string {
  return `${table}\0${column.toLowerCase()}`;
}

function dependentsIn({ tables }: Selection): ReadonlyMap<string, readonly ColumnOf[]> {
  const found = new Map<string, ColumnOf[]>();
  for (const { table, columns } of tables)
    for (const column of columns ?? [])
      for (const from of column.from) {
        const key = keyOf(from);
        (found.get(key) ?? found.set(key, []).get(key))?.push({ table: table.key, column: column.name });
      }
  return found;
}

/** "rows of totals: join, filter on orders.id". */
function rowLines(selection: Selection): string[] {
  const lines = selection.tables.flatMap(({ table, rows, through }) => {
    const own = rows.map(({ table: key, column, uses }) => [
      `  ${tableName(selection, selection.all.get(key))}.${column}`,
      uses.map(useWords).join(", "),
    ]);
    const others = through.map((key) => [`  rows of ${tableName(selection, selection.all.get(key))}`, ""]);
    return own.length + others.length === 0
      ? []
      : [[`rows of ${tableName(selection, table)} depend on`, ""], ...own, ...others];
  });
  return lines.length === 0 ? [] : ["", ...lineUp(lines.map((row) => row.map(printable)))];
}
