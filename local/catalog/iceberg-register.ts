/** Iceberg tables in the local catalog: on AWS the job's own commit registers a table, so here it needs no crawler. */

import { type Plan, stagedDatasets, type TargetPlan } from "../../compiler/plan/types.ts";
import { UserError } from "../user-error.ts";
import { type CatalogTable, recordTables } from "./catalog.ts";
import { folderOf } from "./files.ts";
import { columnsOf, currentSnapshot, readIceberg } from "./iceberg.ts";
import { duckType } from "./iceberg-scan.ts";

/**
 * Records the Iceberg tables of a plan that are there. Throws `UserError` for the first of `datasets` that cannot be read; all
 * others are recorded.
 */
export async function registerIceberg(
  plan: Plan,
  lake: string,
  database: string,
  datasets: ReadonlySet<string>,
): Promise<void> {
  const targets = stagedDatasets(plan).flatMap(({ name, target, publish }) =>
    target !== undefined && publish.format === "iceberg" ? [{ name, target }] : [],
  );
  const found = await Promise.allSettled(targets.map(({ target }) => described(target, lake)));
  const tables = found.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
  if (tables.length > 0) await recordTables(lake, database, tables);
  // What the run did not write is said to whoever reads it.
  const broken = found.findIndex(
    ({ status }, index) => status === "rejected" && datasets.has(targets[index]?.name ?? ""),
  );
  if (broken < 0) return;
  const { message, help } = (found[broken] as PromiseRejectedResult).reason as UserError;
  throw new UserError(`table \`${targets[broken]?.target.table}\` cannot be registered: ${message}`, help);
}

/** The table as it stands; nothing where it is not there yet. */
async function described({ table, location }: TargetPlan, lake: string): Promise<CatalogTable[]> {
  const metadata = await readIceberg(folderOf(lake, location));
  if (metadata === undefined) return [];
  const columns = columnsOf(metadata, currentSnapshot(metadata));
  const typed = columns.map(({ name, type }) => ({ name, type: duckType(type) }));
  return [{ name: table, location, format: "iceberg", columns: typed }];
}
