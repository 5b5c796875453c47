/**
 * SQL over a lake's tables, by DuckDB. Read only: one SELECT, and no file but those of the tables.
 *
 * The dialect is DuckDB's, close to Athena's but not the same.
 */

import { type DuckDBConnection, StatementType } from "@duckdb/node-api";
import { suggest } from "../../compiler/nearest.ts";
import { UserError } from "../user-error.ts";
import { type CatalogTable, readDatabases } from "./catalog.ts";
import { quoteName, quoteText, scan, withDuckDb } from "./duckdb.ts";
import { dataFiles, folderOf } from "./files.ts";
import { type Format, formatTable, type Table } from "./format.ts";
import { currentSnapshot, readIceberg, snapshotAsOf } from "./iceberg.ts";
import { icebergScan } from "./iceberg-scan.ts";

export interface Query {
  readonly lake: string;
  /** Unqualified tables are looked up here; others as `database.table`. */
  readonly database: string;
  readonly sql: string;
  readonly format: Format;
  /** An earlier run, by generation, time or execution; only Iceberg tables remember. */
  readonly asOf?: string;
}

/** Answers the result as text in the given format. Throws `UserError` for whatever the query gets wrong. */
export async function query({ lake, database, sql, format, asOf }: Query): Promise<string> {
  const databases = await readDatabases(lake);
  if (databases.every(({ tables }) => tables.length === 0)) {
    throw new UserError(`the lake ${lake} has no tables yet`, "run the pipeline first: `strata run`");
  }
  const table = await withDuckDb(async (connection) => {
    const files: string[] = [];
    const names: string[] = [];
    for (const each of databases) {
      await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName(each.database)}`);
      for (const table of each.tables) {
        const view = await viewOf(lake, table, asOf);
        if (view === undefined) continue;
        files.push(...view.files);
        await connection.run(`CREATE VIEW ${quoteName(each.database)}.${quoteName(table.name)} AS ${view.sql}`);
        names.push(table.name);
      }
    }
    if (asOf !== undefined && names.length === 0)
      throw new UserError(
        `no table of the lake ${lake} has a snapshot as of \`${asOf}\``,
        "give a generation, a time or an execution of an Iceberg table; Parquet tables know their last run only",
      );
    await connection.run(`SET search_path = ${quoteText(`${quoteName(database)},main`)}`).catch(() => {});
    await lockDown(connection, files);
    return select(connection, sql, names);
  });
  return formatTable(table, format);
}

/** The query behind a table's view, and its files; undefined where it has nothing, or had nothing then. */
async function viewOf(
  lake: string,
  { location, format }: CatalogTable,
  asOf: string | undefined,
): Promise<{ readonly sql: string; readonly files: readonly string[] } | undefined> {
  const folder = folderOf(lake, location);
  if (format === "iceberg") {
    const metadata = await readIceberg(folder);
    if (metadata === undefined) return undefined;
    const snapshot = asOf === undefined ? currentSnapshot(metadata) : snapshotAsOf(metadata, asOf);
    return asOf !== undefined && snapshot === undefined ? undefined : icebergScan(metadata, snapshot);
  }
  const files = asOf === undefined ? await dataFiles(folder) : [];
  return files.length === 0 ? undefined : { sql: `SELECT * FROM ${scan(files)}`, files };
}

/** From here on the user's SQL runs: it sees the tables' files and nothing else, and cannot change that. */
async function lockDown(connection: DuckDBConnection, files: readonly string[]): Promise<void> {
  await connection.run(`SET allowed_paths = [${files.map(quoteText).join(", ")}]`);
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
}

const READING: ReadonlySet<StatementType> = new Set([
  StatementType.SELECT,
  StatementType.EXPLAIN,
  StatementType.RELATION,
]);

async function select(connection: DuckDBConnection, sql: string, tables: readonly string[]): Promise<Table> {
  // DuckDB cannot count the statements of an empty text.
  if (sql.trim() === "") throw new UserError("the query is empty", "give exactly one SELECT");
  try {
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1)
      throw new UserError(`the query holds ${statements.count} statements`, "give exactly one SELECT");
    const prepared = await statements.prepare(0);
    if (!READING.has(prepared.statementType))
      throw new UserError(
        "the query is no SELECT",
        "`strata query` only reads; data is changed by running the pipeline",
      );
    const reader = await prepared.runAndReadAll();
    return {
      columns: reader.columnNames().map((name, index) => ({ name, type: String(reader.columnType(index)) })),
      rows: reader.getRowsJson(),
    };
  } catch (problem) {
    if (problem instanceof UserError) throw problem;
    throw new UserError(...explain(tidy(problem), tables));
  }
}

/** A table that is not there is answered with the tables of the lake: DuckDB suggests its own system tables. */
function explain(message: string, tables: readonly string[]): [message: string, help: string] {
  const missing = /^Catalog Error: Table with name (.+?) does not exist!/.exec(message)?.[1];
  if (missing === undefined)
    return [message.replace(/^Failed to extract statements: /, ""), "correct the query; the dialect is DuckDB's"];
  return [`there is no table \`${missing}\``, suggest(missing, tables, "table")];
}

/** DuckDB's message without the pointer lines. */
function tidy(problem: unknown): string {
  const text = problem instanceof Error ? problem.message : String(problem);
  return (
    text
      .split(/\n\s*\n|\nLINE /)[0]
      ?.replace(/\s+/g, " ")
      .trim() ?? text
  );
}
