/** The part of a lineage that is asked for. */

import type { ColumnOf, Lineage, LineageColumn, LineageTable, RowInput } from "../../resolve/lineage.ts";

/** Upstream: what it is made of. Downstream: what is made of it. */
export type Direction = "up" | "down";

/** A table, or one of its columns. */
export interface Asked {
  readonly table: LineageTable;
  /** Undefined: all of them. */
  readonly column: string | undefined;
  readonly direction: Direction;
}

/** A table that was reached. */
export interface SelectedTable {
  readonly table: LineageTable;
  /** Those that were reached; undefined where the table's are not known. */
  readonly columns: readonly LineageColumn[] | undefined;
  /** Columns that decide on its rows; downstream only those that were reached. */
  readonly rows: readonly RowInput[];
  /** Downstream: tables that it reads, by key, and whose rows depend on what was asked for. */
  readonly through: readonly string[];
}

/** What was reached, the asked table first. */
export interface Selection extends Asked {
  readonly tables: readonly SelectedTable[];
  /** Every table of the root by its key, for names. */
  readonly all: Lineage["tables"];
}

/** Follows columns from table to table. */
export function select(lineage: Lineage, asked: Asked): Selection {
  const reached = new Reached(lineage);
  if (asked.direction === "up") reached.up(asked);
  else reached.down(asked);
  return { ...asked, all: lineage.tables, tables: reached.tables(asked) };
}

const idOf = ({ table, column }: ColumnOf) => `${table}\0${column.toLowerCase()}`;

/** A table's columns with a name; Spark's names ignore case. */
export function columnsCalled({ columns }: LineageTable, name: string): LineageColumn[] {
  return (columns ?? []).filter((each) => each.name.toLowerCase() === name.toLowerCase());
}

class Reached {
  readonly #lineage: Lineage;
  readonly #tables = new Set<string>();
  readonly #columns = new Set<string>();
  readonly #rows = new Set<string>();

  constructor(lineage: Lineage) {
    this.#lineage = lineage;
  }

  up({ table, column }: Asked): void {
    const open = startOf(table, column);
    this.#tables.add(table.key);
    for (let each = open.pop(); each !== undefined; each = open.pop()) {
      this.#tables.add(each.table);
      if (this.#columns.has(idOf(each))) continue;
      this.#columns.add(idOf(each));
      const next = this.#lineage.tables.get(each.table);
      if (next) open.push(...columnsCalled(next, each.column).flatMap(({ from }) => from));
    }
  }

  down({ table, column }: Asked): void {
    for (const each of startOf(table, column)) this.#columns.add(idOf(each));
    this.#tables.add(table.key);
    const readers = readersOf(this.#lineage);
    const open = new Set(readers.get(table.key) ?? []);
    for (const reader of open) {
      open.delete(reader);
      if (reader.key === table.key || !this.#reaches(reader)) continue;
      for (const each of readers.get(reader.key) ?? []) open.add(each);
    }
  }

  /** True where more of a table is reached than before. */
  #reaches(reader: LineageTable): boolean {
    const before = this.#columns.size + this.#rows.size + this.#tables.size;
    const columns = reader.columns ?? [];
    // What is not known may be made of what was reached, too.
    for (const { name, from, isKnown } of columns)
      if (!isKnown || from.some((each) => this.#columns.has(idOf(each))))
        this.#columns.add(idOf({ table: reader.key, column: name }));
    const depends = reader.rows.some((each) => this.#columns.has(idOf(each)));
    if (depends || reader.reads.some((key) => this.#rows.has(key))) this.#rows.add(reader.key);
    const isReached = this.#rows.has(reader.key) || reader.columns === undefined;
    if (isReached || columns.some(({ name }) => this.#columns.has(idOf({ table: reader.key, column: name }))))
      this.#tables.add(reader.key);
    return this.#columns.size + this.#rows.size + this.#tables.size > before;
  }

  tables({ table: first, direction }: Asked): SelectedTable[] {
    const reached = [...this.#lineage.tables.values()].filter(({ key }) => this.#tables.has(key) && key !== first.key);
    return [first, ...reached].map((table) => ({
      table,
      columns: table.columns?.filter(({ name }) => this.#columns.has(idOf({ table: table.key, column: name }))),
      rows: direction === "up" ? table.rows : table.rows.filter((each) => this.#columns.has(idOf(each))),
      through: direction === "up" ? [] : table.reads.filter((key) => this.#rows.has(key)),
    }));
  }
}

function startOf({ key, columns }: LineageTable, column: string | undefined): ColumnOf[] {
  const names = column === undefined ? (columns ?? []).map(({ name }) => name) : [column];
  return names.map((name) => ({ table: key, column: name }));
}

function readersOf({ tables }: Lineage): ReadonlyMap<string, readonly LineageTable[]> {
  const readers = new Map<string, LineageTable[]>();
  for (const table of tables.values())
    for (const key of table.reads) (readers.get(key) ?? readers.set(key, []).get(key))?.push(table);
  return readers;
}
