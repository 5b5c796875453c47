/** Tables that a dataset's query names, and which of `tables` it means by them. */

import { nearest } from "../nearest.ts";
import type { TableUse } from "../parse/sql/facts.ts";
import type { Dataset } from "./types.ts";

/** Each table that a dataset's one query names, at its first use: one cause, one message. */
export function firstUses({ sql }: Dataset, kind: TableUse["kind"]): TableUse[] {
  if (sql === undefined || sql.facts.statements.length !== 1 || sql.facts.statements[0] !== "query") return [];
  const first = new Map<string, TableUse>();
  for (const use of sql.facts.tables) {
    const key = `${use.qualifier ?? ""}.${use.name}`.toLowerCase();
    if (use.kind === kind && !first.has(key)) first.set(key, use);
  }
  return [...first.values()];
}

/** The table of `tables` that a name of the query means though it is not its name (Q004), in lower case. */
export function meantTables(dataset: Dataset): ReadonlySet<string> {
  const listed = dataset.tables.map(({ name }) => name.value.toLowerCase());
  const uses = dataset.sql?.facts.tables.filter(({ kind }) => kind === "table") ?? [];
  return new Set(
    uses.flatMap((use) => {
      const full = fullName(use).toLowerCase();
      return listed.includes(full) ? full : (nearest(use.name, listed) ?? []);
    }),
  );
}

/** True for a plain name of `tables`. */
export function isListed({ qualifier, name }: TableUse, { tables }: Dataset): boolean {
  return qualifier === undefined && tables.some((table) => table.name.value.toLowerCase() === name.toLowerCase());
}

/** As the query writes it, without quotes. */
export function fullName({ qualifier, name }: TableUse): string {
  return qualifier === undefined ? name : `${qualifier}.${name}`;
}
