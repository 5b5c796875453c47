/** DuckDB's view of an Iceberg snapshot: its files, columns found by Iceberg's field ids, whatever files call them. */

import { patternOf, quoteName, quoteText } from "./duckdb.ts";
import { columnsOf, type IcebergField, type IcebergMetadata, type IcebergType, type Snapshot } from "./iceberg.ts";
import { icebergFiles } from "./iceberg-files.ts";

/** A query of the snapshot's rows, and the files that it reads. */
export interface IcebergScan {
  readonly sql: string;
  readonly files: readonly string[];
}

/** Without a snapshot, or without files, the columns with no row. `places`: where its files may lie (`placesOf`). */
export async function icebergScan(
  metadata: IcebergMetadata,
  snapshot: Snapshot | undefined,
  places: readonly string[],
): Promise<IcebergScan> {
  const columns = columnsOf(metadata, snapshot);
  const files = snapshot === undefined ? [] : await icebergFiles(snapshot, places);
  if (files.length === 0) {
    const nothing = columns.map(({ name, type }) => `CAST(NULL AS ${duckType(type)}) AS ${quoteName(name)}`);
    return { sql: `SELECT ${nothing.join(", ")} WHERE false`, files };
  }
  const schema = columns.map(({ id, name, type }) => {
    const parts = `name: ${quoteText(name)}, type: ${quoteText(duckType(type))}, default_value: NULL`;
    return `${id}: {${parts}}`;
  });
  const paths = files.map((file) => quoteText(patternOf(file)));
  const options = `schema = MAP {${schema.join(", ")}}, hive_partitioning = false`;
  return { sql: `SELECT * FROM read_parquet([${paths.join(", ")}], ${options})`, files };
}

const SIMPLE: Readonly<Record<string, string>> = {
  boolean: "BOOLEAN",
  int: "INTEGER",
  long: "BIGINT",
  float: "FLOAT",
  double: "DOUBLE",
  date: "DATE",
  time: "TIME",
  timestamp: "TIMESTAMP",
  timestamptz: "TIMESTAMP WITH TIME ZONE",
  string: "VARCHAR",
  uuid: "UUID",
};

/** Iceberg's type as DuckDB calls it. */
export function duckType(type: IcebergType): string {
  if (typeof type === "string") {
    if (type.startsWith("decimal")) return type.toUpperCase();
    return SIMPLE[type] ?? "BLOB"; // binary and fixed[n]
  }
  if (type.type === "list") return `${duckType(type.element)}[]`;
  if (type.type === "map") return `MAP(${duckType(type.key)}, ${duckType(type.value)})`;
  return `STRUCT(${type.fields.map((field: IcebergField) => `${quoteName(field.name)} ${duckType(field.type)}`).join(", ")})`;
}
