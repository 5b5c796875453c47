/** The stand-in for a Glue crawler: records the targets' tables in the local catalog, schemas read from their files. */

import type { DuckDBConnection } from "@duckdb/node-api";
import type { CrawlerPlan, Plan } from "../../compiler/plan/types.ts";
import { stagedDatasets } from "../../compiler/plan/types.ts";
import { UserError } from "../user-error.ts";
import { type CatalogTable, recordTables } from "./catalog.ts";
import { scan, withDuckDb } from "./duckdb.ts";
import { contentOf, folderOf } from "./files.ts";

/** What a crawl came to. */
export interface Crawled {
  /** Recorded as they are now. */
  readonly tables: readonly CatalogTable[];
  /** By dataset: why its table could not be read. What the catalog has of it stays. */
  readonly unreadable: ReadonlyMap<string, UserError>;
}

/** Crawls once. A target without files makes no table, as with Glue; one that cannot be read keeps no other from its place. */
export async function crawl(plan: Plan, crawler: CrawlerPlan, lake: string, database: string): Promise<Crawled> {
  const targets = stagedDatasets(plan).flatMap(({ name, target, publish }) =>
    // Iceberg tables are registered by their commit (iceberg-register.ts): their folders hold files of every snapshot.
    target && publish.format !== "iceberg" && crawler.datasets.includes(name) ? [{ name, target }] : [],
  );
  const tables: CatalogTable[] = [];
  const unreadable = new Map<string, UserError>();
  await withDuckDb(async (connection) => {
    for (const { name, target } of targets) {
      try {
        const columns = await columnsIn(folderOf(lake, target.location), connection);
        if (columns !== undefined) tables.push({ name: target.table, location: target.location, columns });
      } catch (problem) {
        const { message, help } = problem as UserError;
        unreadable.set(name, new UserError(`table \`${target.table}\` cannot be read: ${message}`, help));
      }
    }
  });
  await recordTables(lake, database, tables);
  return { tables, unreadable };
}

/** Undefined for a folder without files. */
async function columnsIn(folder: string, connection: DuckDBConnection): Promise<CatalogTable["columns"] | undefined> {
  const content = await contentOf(folder);
  if (content.files.length === 0) return undefined;
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${scan(content)}`);
  return described.getRowObjects().map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
}
