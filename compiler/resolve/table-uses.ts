/** Tables that a dataset's query names. */

import type { Place } from "../diagnostics.ts";
import type { TableUse } from "../parse/sql/facts.ts";
import { fullName } from "../parse/sql/tables.ts";
import type { Dataset } from "./types.ts";

/** A table's name in a query, with its place. */
export interface LocatedUse extends TableUse {
  readonly at: Place;
}

/** Each table that a dataset's one query names, at its first use: one cause, one message. */
export function firstUses({ sql }: Dataset, kind: TableUse["kind"]): LocatedUse[] {
  if (sql === undefined || sql.facts.statements.length !== 1 || sql.facts.statements[0] !== "query") return [];
  const first = new Map<string, LocatedUse>();
  for (const use of sql.facts.tables) {
    const key = fullName(use).toLowerCase();
    if (use.kind === kind && !first.has(key)) first.set(key, { ...use, at: sql.at(use) });
  }
  return [...first.values()];
}
