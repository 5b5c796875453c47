/**
 * The floor: DuckDB doing the reads, joins and writes of a pipeline, and nothing else: no check, no commit, no record.
 *
 *     node bench/job/floor.ts LAKE GROUPS
 *
 * GROUPS is a file with what `strata groups` prints. A dataset whose SQL DuckDB reads otherwise has its own in `floor/`.
 * Prints `{"<dataset>": <rows>}`, which is held against ours.
 */

import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { folderOf } from "../../local/lake-path.ts";
import { HOME } from "../../setup/node.mjs";
import type { Groups } from "./groups.ts";

const [lake = "", groupsFile = ""] = process.argv.slice(2);
const groups = JSON.parse(readFileSync(groupsFile, "utf8")) as Groups;
const connection = await (await DuckDBInstance.create(":memory:")).connect();
await connection.run("SET TimeZone = 'UTC'");
const rows: Record<string, number> = {};
for (const dataset of Object.values(groups).flat()) {
  for (const { table_name, s3_path } of dataset.tables) {
    const files = quoteText(join(folderOf(lake, s3_path), "*.parquet"));
    await connection.run(`CREATE OR REPLACE TEMP VIEW "${table_name}" AS SELECT * FROM read_parquet(${files})`);
  }
  rows[dataset.sql_name] = await write(connection, sqlOf(dataset), folderOf(lake, dataset.s3_target));
}
process.stdout.write(`${JSON.stringify(rows)}\n`);

function sqlOf({ sql_name, sql_text }: Groups[string][number]): string {
  const ported = join(HOME, "bench", "job", "floor", `${sql_name}.sql`);
  return existsSync(ported) ? readFileSync(ported, "utf8") : sql_text;
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Returns the number of rows written. */
async function write(connection: DuckDBConnection, sql: string, folder: string): Promise<number> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const file = quoteText(join(folder, "part-00000.parquet"));
  const copied = await connection.runAndReadAll(`COPY (${sql}\n) TO ${file} (FORMAT parquet, COMPRESSION zstd)`);
  return Number(copied.getRows()[0]?.[0]);
}
