/** Columns of sources that changed since a dataset's last run that succeeded. */

import { printable } from "../../compiler/show/text.ts";
import type { DatasetResult } from "../run/result.ts";

type Changes = NonNullable<DatasetResult["sourceChanges"]>;

/** Most columns of a table that are shown; the others are counted. */
const MOST_SHOWN = 12;

/** A line for each table: `` `orders_raw` since the last good run: −status, +state, price: double → string ``. */
export function changedSources(changes: Changes | undefined): string[] {
  const tables = Map.groupBy(changes ?? [], ({ table }) => table);
  return [...tables].map(([table, columns]) => {
    const more = columns.length - MOST_SHOWN;
    const shown = columns.slice(0, MOST_SHOWN).map(changedColumn);
    const all = [...shown, ...(more > 0 ? [`and ${more} more`] : [])];
    return `\`${printable(table)}\` since the last good run: ${all.join(", ")}`;
  });
}

function changedColumn({ column, before, now }: Changes[number]): string {
  const name = printable(column);
  if (now === undefined) return `−${name}`;
  return before === undefined ? `+${name}` : `${name}: ${printable(before)} → ${printable(now)}`;
}
