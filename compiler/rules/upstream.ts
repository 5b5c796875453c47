/** The second place of a mistake in a name: where the columns that could be meant come from. */

import type { Note } from "../diagnostics.ts";
import type { Extent } from "../parse/sql/extent.ts";
import type { Dataset, Root } from "../resolve/types.ts";
import { writerOf } from "./upstream-columns.ts";

/** Of a table that a dataset reads: the item of the select list that makes a column, else the select list, else the entry of `sources`. */
export function upstreamNote(dataset: Dataset, root: Root, table: string, column: string | undefined): Note[] {
  const writer = writerOf(dataset, table, root);
  if (writer === undefined) return sourceNote(dataset, table);
  const { names, sql } = writer;
  const outputs = names?.outputs ?? [];
  if (sql === undefined || outputs.length === 0) return [];
  const lower = column?.toLowerCase();
  const item = outputs.find(({ name }) => name.toLowerCase() === lower);
  return [
    item
      ? { place: sql.at(item), message: `column \`${item.name}\` of \`${table}\`` }
      : { place: sql.at(listOf(outputs)), message: `the columns of \`${table}\`` },
  ];
}

/** From the first item of a select list to the last. */
function listOf(outputs: readonly Extent[]): Extent {
  const offset = Math.min(...outputs.map((each) => each.offset));
  return { offset, length: Math.max(...outputs.map((each) => each.offset + each.length)) - offset };
}

function sourceNote({ pipeline }: Dataset, table: string): Note[] {
  const source = pipeline.sourceNamed(table);
  return source ? [{ place: source.name.at, message: `the columns of \`${table}\`` }] : [];
}
