/**
 * Replaces Glue's catalog on AWS: the tables of targets, recorded as they are. Parquet targets are found by crawlers;
 * Iceberg tables are registered by their commit, so they need none.
 */

import {
  type CrawlerPlan,
  type DatasetPlan,
  type Plan,
  stagedDatasets,
  type TargetPlan,
} from "../../compiler/plan/types.ts";
import { UserError } from "../user-error.ts";
import { type CatalogTable, recordTables } from "./catalog.ts";

/** A target, as the worker is asked about it (local/engine/tables.py). */
export interface AskedTable {
  readonly name: string;
  readonly location: string;
  readonly format?: "iceberg";
}

/** A table's columns, why they cannot be read, or nothing where there is no table. */
export interface Described {
  readonly columns?: CatalogTable["columns"];
  readonly error?: string;
}

/** Describes tables, in order, by a process that reads the lake. */
export type Describe = (tables: readonly AskedTable[]) => Promise<readonly Described[]>;

/** What a crawl came to. */
export interface Crawled {
  /** Recorded as they are now. */
  readonly tables: readonly CatalogTable[];
  /** By dataset: why its table could not be read. What the catalog has of it stays. */
  readonly unreadable: ReadonlyMap<string, string>;
}

/** Crawls once. A target without files makes no table, as with Glue; one that cannot be read keeps no other from its place. */
export async function crawl(
  plan: Plan,
  crawler: CrawlerPlan,
  lake: string,
  database: string,
  describe: Describe,
): Promise<Crawled> {
  const found = await described(plan, (each) => !isIceberg(each) && crawler.datasets.includes(each.name), describe);
  await recordTables(lake, database, found.tables);
  return found;
}

/**
 * Records the Iceberg tables of a plan that are there. Throws `UserError` for the first of `datasets` that cannot be read; all
 * others are recorded.
 */
export async function registerIceberg(
  plan: Plan,
  lake: string,
  database: string,
  datasets: ReadonlySet<string>,
  describe: Describe,
): Promise<void> {
  const { tables, unreadable } = await described(plan, isIceberg, describe);
  if (tables.length > 0) await recordTables(lake, database, tables);
  // Unreadable tables that the run did not write are reported by the commands that read them.
  const broken = [...unreadable].find(([dataset]) => datasets.has(dataset));
  if (broken !== undefined) throw new UserError(broken[1]);
}

function isIceberg({ publish }: DatasetPlan): boolean {
  return publish.format === "iceberg";
}

async function described(plan: Plan, wanted: (dataset: DatasetPlan) => boolean, describe: Describe): Promise<Crawled> {
  const targets = stagedDatasets(plan).flatMap((dataset) =>
    dataset.target !== undefined && wanted(dataset) ? [{ dataset, table: tableOf(dataset, dataset.target) }] : [],
  );
  const answers = targets.length === 0 ? [] : await describe(targets.map(({ table }) => table));
  const tables: CatalogTable[] = [];
  const unreadable = new Map<string, string>();
  for (const [index, { dataset, table }] of targets.entries()) {
    const { columns, error } = answers[index] ?? {};
    if (error !== undefined) unreadable.set(dataset.name, `table \`${table.name}\` cannot be read: ${error}`);
    if (columns !== undefined) tables.push({ ...table, columns });
  }
  return { tables, unreadable };
}

function tableOf(dataset: DatasetPlan, { table, location }: TargetPlan): AskedTable {
  return { name: table, location, ...(isIceberg(dataset) && { format: "iceberg" }) };
}
