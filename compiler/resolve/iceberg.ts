/** Which datasets are Iceberg tables, before there is a plan. */

import type { DatasetSyntax } from "../read/dataset.ts";

/** True where the dataset's author asked for an Iceberg table: the job itself writes its entry in the catalog. */
export function isIceberg(dataset: DatasetSyntax): boolean {
  return dataset.publish.format.value === "iceberg";
}
