/** Who writes what a dataset reads. */

import type { TableSyntax } from "../read/dataset.ts";
import type { Dataset, Writer } from "./types.ts";

/** The staged datasets whose targets a dataset reads, itself left out, in the order of `tables`. */
export function writersOf(reader: Dataset): Writer[] {
  return [...reader.tables, ...referredTables(reader)].flatMap((table) => {
    const source = table.location?.value;
    if (source === undefined) return [];
    return reader.pipeline.targets
      .meeting(source)
      .filter((dataset) => dataset !== reader)
      .map((dataset) => ({ dataset, table, exact: source.location === dataset.target.value.location }));
  });
}

/** Targets that a dataset's expectations refer to: they must be there, too, when it is checked. */
function referredTables({ expectations, pipeline }: Dataset): TableSyntax[] {
  return expectations.flatMap(({ body }) => {
    const name = body.kind === "references" ? body.dataset : undefined;
    const target = name && pipeline.datasets.get(name.value)?.target?.value;
    return name && target ? [{ name, location: { value: target, at: name.at } }] : [];
  });
}
