/** The stand-in for a Glue crawler: records the targets' tables in the local catalog, schemas read from their files. */

import type { CrawlerPlan, Plan } from "../../compiler/plan.ts";
import { stagedDatasets } from "../../compiler/plan.ts";
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
      const content = await contentOf(folderOf(lake, target.location));
      if (content.files.length === 0) continue;
      const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${scan(content)}`);
      const columns = described
        .getRowObjects()
        .map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
      tables.push({ name: target.table, location: target.location, columns });
    }
    return tables;
  });
  await recordTables(lake, database, found);
  return found;
}
