/** Partition columns: values are in folders' names (glue/strata_glue/target/parquet/partitions.py), types in the record. */

/** What Hive, Spark and Athena take for NULL in a partition folder. */
const NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__";

/** Values by column of a file's folders: `a=1/b=x%3Dy/f.parquet` → a is 1, b is x=y. */
export function partitionValues(path: string): ReadonlyMap<string, string | null> {
  const pairs = path
    .split("/")
    .slice(0, -1)
    .filter((folder) => folder.includes("="))
    .map((folder): [string, string | null] => {
      const at = folder.indexOf("=");
      const value = folder.slice(at + 1);
      return [plain(folder.slice(0, at)), value === NULL_PARTITION ? null : plain(value)];
    });
  return new Map(pairs);
}

/** Spark escapes characters of ASCII only (ExternalCatalogUtils.escapePathName). */
function plain(text: string): string {
  return text.replace(/%([0-7][0-9A-Fa-f])/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Spark's types that may partition → DuckDB's; `decimal(10,2)` is called the same. */
const DUCKDB: Readonly<Record<string, string>> = {
  string: "VARCHAR",
  boolean: "BOOLEAN",
  tinyint: "TINYINT",
  smallint: "SMALLINT",
  int: "INTEGER",
  bigint: "BIGINT",
  date: "DATE",
  timestamp: "TIMESTAMP WITH TIME ZONE",
  timestamp_ntz: "TIMESTAMP",
};

/** DuckDB's name of a partition column's type. */
export function duckDbType(type: string): string {
  return DUCKDB[type] ?? (/^decimal\(\d+,\d+\)$/.test(type) ? type : "VARCHAR");
}
