/** The stand-in for a Glue crawler: records the targets' tables in the local catalog, schemas read from their files. */

import type { DuckDBConnection } from "@duckdb/node-api";
import type { CrawlerPlan, Plan } from "../../compiler/plan.ts";
import { stagedDatasets } from "../../compiler/plan.ts";
import { UserError } from "../user-error.ts";
import { type CatalogTable, recordTables } from "./catalog.ts";
import { scan, withDuckDb } from "./duckdb.ts";
import { contentOf, folderOf } from "./files.ts";

/** Crawls once; answers the tables found. A target without files makes no table, as with Glue. */
export async function crawl(plan: Plan, crawler: CrawlerPlan, lake: string, database: string): Promise<CatalogTable[]> {
  const targets = stagedDatasets(plan).flatMap(({ name, target, publish }) =>
    // Iceberg tables are registered by their commit (iceberg-register.ts): their folders hold files of every snapshot.
    target && publish.format !== "iceberg" && crawler.datasets.includes(name) ? [target] : [],
  );
  const found = await withDuckDb(async (connection) => {
    const tables: CatalogTable[] = [];
    for (const target of targets) {
      const columns = await columnsIn(folderOf(lake, target.location), connection).catch((problem: Error) => {
        const { message, help } = problem as UserError;
        throw new UserError(`table \`${target.table}\` cannot be read: ${message}`, help);
      });
      if (columns !== undefined) tables.push({ name: target.table, location: target.location, columns });
    }
    return tables;
  });
  await recordTables(lake, database, found);
  return found;
}

/** Undefined for a folder without files. */
async function columnsIn(folder: string, connection: DuckDBConnection): Promise<CatalogTable["columns"] | undefined> {
  const content = await contentOf(folder);
  if (content.files.length === 0) return undefined;
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${scan(content)}`);
  return described.getRowObjects().map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
}
