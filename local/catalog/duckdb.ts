/** DuckDB in memory, over files that we name. */

import { rm } from "node:fs/promises";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { scratchFolder } from "../scratch.ts";
import type { Content, ContentFile } from "./files.ts";
import { duckDbType, partitionValues } from "./partitions.ts";
import type { CommitRecord } from "./record.ts";

/** Runs `work` with a connection whose clock is UTC; the instance is gone afterwards. */
export async function withDuckDb<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  // Rows that do not fit into memory go to files: into a folder that nobody else may read, gone at the end.
  const scratch = await scratchFolder("strata-query-");
  const instance = await DuckDBInstance.create(":memory:", {
    temp_directory: scratch,
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
    await rm(scratch, { recursive: true, force: true });
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

/** A scan of exactly these files: columns as the record has them, else as the files and their `k=v` folders have them. */
export function scan({ files, record }: Content): string {
  const places = files.map(({ place }) => place);
  if (record === undefined || record.schema.length === 0)
    return readParquet(
      places,
      // Values stay text, as a crawler has them: `007` is a code.
      `hive_partitioning = ${files.some(({ path }) => path.includes("="))}, hive_types_autocast = false`,
    );
  const names = record.schema.map(({ name }) => name);
  if (record.partition_by.length === 0)
    return `(SELECT ${names.map(quoteName).join(", ")} FROM ${readParquet(places, "hive_partitioning = false")})`;
  return partitioned(files, record);
}

/** DuckDB reads values out of any folder above a file, under names as they are escaped; so the folders are read here. */
function partitioned(files: readonly ContentFile[], { schema, partition_by }: CommitRecord): string {
  const place = freeName("strata_file", schema);
  const values = files.map((file) => {
    const known = partitionValues(file.path);
    const texts = partition_by.map((name) => known.get(name) ?? null);
    return `(${[file.place, ...texts].map((text) => (text === null ? "NULL" : quoteText(text))).join(", ")})`;
  });
  const columns = schema.map(({ name, type }) => {
    const index = partition_by.indexOf(name);
    return index < 0
      ? `f.${quoteName(name)}`
      : `CAST(p.${quoteName(`v${index}`)} AS ${duckDbType(type)}) AS ${quoteName(name)}`;
  });
  const table = `(VALUES ${values.join(", ")}) AS p(place, ${partition_by.map((_, index) => `v${index}`).join(", ")})`;
  const scanned = readParquet(
    files.map(({ place }) => place),
    `hive_partitioning = false, filename = ${quoteText(place)}`,
  );
  return `(SELECT ${columns.join(", ")} FROM ${scanned} AS f JOIN ${table} ON f.${quoteName(place)} = p.place)`;
}

/** A name that no column has, whatever the case. */
function freeName(name: string, schema: CommitRecord["schema"]): string {
  return schema.some((column) => column.name.toLowerCase() === name) ? freeName(`${name}_`, schema) : name;
}

/** DuckDB reads a path as a pattern; a bracket in brackets is the character itself. */
export function patternOf(file: string): string {
  return file.replace(/[[\]*?]/g, (character) => `[${character}]`);
}

function readParquet(files: readonly string[], options: string): string {
  return `read_parquet([${files.map((file) => quoteText(patternOf(file))).join(", ")}], union_by_name = true, ${options})`;
}
