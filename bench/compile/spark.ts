/** A generated pipeline as Spark's analyzer is asked about it. */

import type { TruthRoot } from "../truth/columns/root.ts";
import type { Generated } from "./generate.ts";
import { typesOf } from "./tables.ts";

export function rootOf({ raw, datasets }: Generated): TruthRoot {
  return {
    sources: Object.fromEntries(raw.map((table) => [table.name, typesOf(table)])),
    datasets: datasets.map(({ name, sql, reads }) => ({
      name,
      sql,
      reads: Object.fromEntries(reads.map((table) => [table.name, table.name])),
    })),
  };
}
