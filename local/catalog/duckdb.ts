/** DuckDB in memory, over files that we name. */

import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

/** Runs `work` with a connection whose clock is UTC; the instance is gone afterwards. */
export async function withDuckDb<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** An identifier in SQL. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text in SQL. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A scan of exactly these files; columns of `k=v` folders are added. */
export function scan(files: readonly string[]): string {
  return `read_parquet(${fileList(files)}, hive_partitioning = true, union_by_name = true)`;
}

/** Files as a list in SQL. */
export function fileList(files: readonly string[]): string {
  // DuckDB reads a path as a pattern; a bracket in brackets is the character itself.
  const paths = files.map((file) => quoteText(file.replace(/[[\]*?]/g, (character) => `[${character}]`)));
  return `[${paths.join(", ")}]`;
}
