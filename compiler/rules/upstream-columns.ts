/** A column of a table that a dataset reads, followed through the datasets that pass it on unchanged. */

import type { Origin } from "../names/types.ts";
import type { ExpectationSyntax } from "../read/expectations.ts";
import type { Dataset, Root } from "../resolve/types.ts";

/** A column of a dataset's result. */
export interface DatasetColumn {
  readonly dataset: Dataset;
  /** In lower case. */
  readonly column: string;
}

/** The nearest first; empty for a column of an external source. */
export function* upstreamColumns(reader: Dataset, origin: Origin, root: Root): Generator<DatasetColumn> {
  const seen = new Set<Dataset>();
  let found = writtenBy(reader, origin, root);
  while (found !== undefined && !seen.has(found.dataset)) {
    yield found;
    const { dataset, column }: DatasetColumn = found;
    seen.add(dataset);
    const plain = dataset.names?.outputs?.find(({ name }) => name.toLowerCase() === column)?.plain;
    found = plain && writtenBy(dataset, plain, root);
  }
}

/** The dataset that writes a table that another one reads. */
export function writerOf({ tables }: Dataset, table: string, root: Root): Dataset | undefined {
  const entry = tables.find(({ name }) => name.value.toLowerCase() === table.toLowerCase());
  return entry?.location && root.writerAt(entry.location.value);
}

function writtenBy(reader: Dataset, { table, column }: Origin, root: Root): DatasetColumn | undefined {
  const dataset = writerOf(reader, table, root);
  return dataset && { dataset, column: column.toLowerCase() };
}

/** The first expectation of a kind on the column, where a run fails without it. */
export function expectationOn<Kind extends "not_null" | "accepted_values">(
  kind: Kind,
  columns: Iterable<DatasetColumn>,
): (ExpectationSyntax & { readonly body: { readonly kind: Kind } }) | undefined {
  for (const { dataset, column } of columns)
    for (const each of dataset.expectations) {
      const { body, severity } = each;
      if (body.kind !== kind || severity !== "error") continue;
      if (body.columns.some(({ value }) => value.toLowerCase() === column)) return each as never;
    }
  return undefined;
}
