/** Iceberg tables in the local catalog: on AWS the job's own commit registers a table, so here it needs no crawler. */

import { type Plan, stagedDatasets } from "../../compiler/plan.ts";
import { type CatalogTable, recordTables } from "./catalog.ts";
import { folderOf } from "./files.ts";
import { columnsOf, currentSnapshot, readIceberg } from "./iceberg.ts";
import { duckType } from "./iceberg-scan.ts";

/** Records the Iceberg tables of a plan that are there. */
export async function registerIceberg(plan: Plan, lake: string, database: string): Promise<void> {
  const found = await Promise.all(
    stagedDatasets(plan).map(async ({ target, publish }): Promise<CatalogTable[]> => {
      if (target === undefined || publish.format !== "iceberg") return [];
      const metadata = await readIceberg(folderOf(lake, target.location));
      if (metadata === undefined) return [];
      const columns = columnsOf(metadata, currentSnapshot(metadata)).map(({ name, type }) => ({
        name,
        type: duckType(type),
      }));
      return [{ name: target.table, location: target.location, format: "iceberg", columns }];
    }),
  );
  const tables = found.flat();
  if (tables.length > 0) await recordTables(lake, database, tables);
}
