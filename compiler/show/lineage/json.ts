/** A lineage for programs. */

import type { Selection } from "./select.ts";
import { unknownsOf } from "./words.ts";

/** Version of the form. */
const VERSION = 1;

/** What was reached; `from` and `rows` name tables by their `id`. */
export function lineageJson(selection: Selection): object {
  const { table, column = null, direction } = selection;
  return {
    version: VERSION,
    table: table.key,
    column,
    direction,
    tables: selection.tables.map(({ table: each, columns, rows, through }) => ({
      id: each.key,
      kind: each.kind,
      name: each.name,
      pipeline: each.pipeline,
      location: each.location ?? null,
      reads: each.reads,
      columns:
        columns?.map(({ name, type = null, expression = null, at, making = null, from, isKnown }) => ({
          name,
          type,
          expression,
          place: at ? { file: at.file, line: at.line, column: at.column } : null,
          making,
          from,
          known: isKnown,
        })) ?? null,
      rows,
      ...(direction === "down" && { through }),
    })),
    unknown: unknownsOf(selection),
  };
}
