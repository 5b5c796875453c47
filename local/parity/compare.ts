/** Two contents of one target: columns, types, and rows as multisets, compared by a worker (local/engine/compare.py). */

import type { AskedTable } from "../catalog/crawl.ts";
import { UserError } from "../user-error.ts";
import type { Worker } from "../worker/worker.ts";

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

/**
 * Compares one target of two lakes. `key`: columns that pair different rows; empty: all of them. Throws `UserError` for a target
 * that cannot be read.
 */
export async function compareTargets(
  lakes: { readonly sail: string; readonly spark: string },
  table: AskedTable,
  key: readonly string[],
  worker: Pick<Worker, "ask">,
): Promise<Comparison> {
  const found = await worker.ask<Comparison | { readonly error: string }>({ compare: { lakes, table, key } });
  if ("error" in found) throw new UserError(found.error);
  return found;
}
