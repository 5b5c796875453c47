/**
 * SQL over a lake's tables, by DuckDB. Read only: one SELECT, and no file but those of the tables.
 *
 * The dialect is DuckDB's, close to Athena's but not the same.
 */

import { access } from "node:fs/promises";
import { type DuckDBConnection, type DuckDBPreparedStatement, StatementType } from "@duckdb/node-api";
import { NoFile } from "../../loading/read-file.ts";
import { UserError } from "../user-error.ts";
import { type CatalogTable, readDatabases } from "./catalog.ts";
import { patternOf, quoteName, quoteText, scan, withDuckDb } from "./duckdb.ts";
import { contentOf, folderOf } from "./files.ts";
import { type Format, formatTable, type Table } from "./format.ts";
import { currentSnapshot, readIceberg, snapshotAsOf } from "./iceberg.ts";
import { placesOf } from "./iceberg-files.ts";
import { type IcebergScan, icebergScan } from "./iceberg-scan.ts";
import { queryMistake, tidy } from "./query-mistake.ts";

export interface Query {
  readonly lake: string;
  /** Unqualified tables are looked up here; others as `database.table`. */
  readonly database: string;
  readonly sql: string;
  readonly format: Format;
  /** Rows shown at most as text; default: all. */
  readonly limit?: number;
  /** An earlier run, by generation, time or execution; only Iceberg tables remember. */
  readonly asOf?: string;
}

/** How long a query is put again whose files runs replace under it, in milliseconds. */
const PATIENCE_MS = 30_000;

/** A run replaced files since they were listed. */
class Replaced extends Error {}

/** Answers the result as text in the given format. Throws `UserError` for whatever the query gets wrong. */
export async function query(asked: Query): Promise<string> {
  const end = performance.now() + PATIENCE_MS;
  const failures = new Map<string, string>();
  while (performance.now() < end)
    try {
      return await ask(asked, failures);
    } catch (problem) {
      if (!(problem instanceof Replaced)) throw problem;
    }
  throw new UserError("a run replaces files faster than they can be read", "ask again when it has ended");
}

/** Throws `Replaced` where it is worth another try. `failures`: what the last try said of each table that it could not read. */
async function ask(
  { lake, database, sql, format, asOf, limit }: Query,
  failures: Map<string, string>,
): Promise<string> {
  const databases = await readDatabases(lake);
  if (databases.every(({ tables }) => tables.length === 0)) {
    throw new UserError(
      `the lake ${lake} has no tables yet`,
      "a run that succeeds makes them at its end, of all that is committed: `strata run`",
    );
  }
  const table = await withDuckDb(async (connection) => {
    const files: string[] = [];
    const names: string[] = [];
    let readable = 0;
    const broken = new Map<string, UserError>();
    for (const each of databases) {
      await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName(each.database)}`);
      for (const table of each.tables) {
        const { name } = table;
        const view = `${quoteName(each.database)}.${quoteName(name)}`;
        try {
          const found = await addView(connection, view, lake, table, asOf);
          if (found === undefined) continue;
          files.push(...found);
          names.push(name);
          readable += 1;
        } catch (problem) {
          // A table that is broken for good fails twice alike; one that is being replaced does not.
          const message = (problem as Error).message;
          if (failures.get(view) !== message) {
            failures.set(view, message);
            throw new Replaced();
          }
          // Said to whoever asks for this table; the others can be read.
          names.push(name);
          broken.set(name.toLowerCase(), unreadable(table, problem as Error));
        }
      }
    }
    if (asOf !== undefined && readable === 0)
      throw new UserError(
        `no table of the lake ${lake} has a snapshot as of \`${asOf}\``,
        "give a generation, a time or an execution of an Iceberg table; Parquet tables know their last run only",
      );
    await connection.run(`SET search_path = ${quoteText(`${quoteName(database)},main`)}`).catch(() => {});
    await lockDown(connection, files);
    try {
      return await select(connection, sql, names, broken);
    } catch (problem) {
      // Whatever DuckDB says of a file that is gone: it has several words for it.
      throw (await allThere(files)) ? problem : new Replaced();
    }
  });
  return formatTable(table, format, limit);
}

async function allThere(files: readonly string[]): Promise<boolean> {
  const found = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return !found.includes(false);
}

/** Makes a view of a table's content; answers its files. Undefined where it has none. Throws `UserError` where it had none then. */
async function addView(
  connection: DuckDBConnection,
  view: string,
  lake: string,
  { location, format }: CatalogTable,
  asOf: string | undefined,
): Promise<readonly string[] | undefined> {
  if (asOf !== undefined && format !== "iceberg")
    throw new UserError(
      "it is Parquet: --as-of reads Iceberg tables",
      "query it without --as-of: Parquet tables know their last run only",
    );
  const found = await (format === "iceberg" ? icebergAsOf(lake, location, asOf) : parquet(lake, location));
  if (found === undefined) return undefined;
  await connection.run(`CREATE VIEW ${view} AS ${found.sql}`);
  return found.files;
}

async function parquet(lake: string, location: string): Promise<IcebergScan | undefined> {
  const content = await contentOf(folderOf(lake, location));
  if (content.files.length === 0) return undefined;
  return { sql: `SELECT * FROM ${scan(content)}`, files: content.files.map(({ place }) => place) };
}

async function icebergAsOf(lake: string, location: string, asOf: string | undefined): Promise<IcebergScan | undefined> {
  const folder = folderOf(lake, location);
  const metadata = await readIceberg(folder);
  if (metadata === undefined) return undefined;
  const snapshot = asOf === undefined ? currentSnapshot(metadata) : snapshotAsOf(metadata, asOf);
  if (asOf !== undefined && snapshot === undefined)
    throw new UserError(
      `it has no snapshot ${/^\d+$/.test(asOf) ? `of generation ${asOf}` : `as of \`${asOf}\``}`,
      "`strata recover --generations` tells those that it has",
    );
  return icebergScan(metadata, snapshot, await placesOf(lake, folder));
}

/** Whoever's reason it is, as the user's. */
function unreadable({ name, format }: CatalogTable, problem: Error): UserError {
  if (problem instanceof UserError) return new UserError(`table \`${name}\`: ${problem.message}`, problem.help);
  const told = `table \`${name}\` cannot be read: ${tidy(problem)}`;
  if (problem instanceof NoFile) return new UserError(told, "remove what is no file");
  // DuckDB gives no code.
  if ((problem as NodeJS.ErrnoException).code !== undefined || /^.*Cannot open file ".*": Permission denied/.test(told))
    return new UserError(told, "let your user read it, or query as the user that runs the pipeline");
  return new UserError(
    told,
    format === "iceberg"
      ? "go back to an earlier generation: `strata recover --datasets DATASET --generations` tells which there are"
      : "if its dataset has `write` replace, run it again; else `strata recover --rebuild DATASET` tells what can be read of it",
  );
}

/** From here on the user's SQL runs: it sees the tables' files and nothing else, and cannot change that. */
async function lockDown(connection: DuckDBConnection, files: readonly string[]): Promise<void> {
  // DuckDB asks for the pattern that it is given, then for the file.
  const paths = [...new Set([...files, ...files.map(patternOf)])];
  await connection.run(`SET allowed_paths = [${paths.map(quoteText).join(", ")}]`);
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
}

const NO_SELECT = new UserError(
  "the query is not a SELECT",
  "`strata query` only reads; data is changed by running the pipeline",
);

/** Blanks and comments, each of them in one way only: else many comments take for ever. */
const BLANK = String.raw`\s|--[^\n]*(?:\n|$)|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/`;

/** A text without a statement, which DuckDB cannot count. */
const EMPTY = new RegExp(`^(?:${BLANK}|;)*$`);

/** Statements that DuckDB binds before it says what they are, and `PRAGMA`, some of which it takes for a SELECT. */
const OTHER = new RegExp(
  String.raw`^(?:${BLANK})*(?:EXPLAIN\s+(?:ANALYZE\s+)?)?(?:PRAGMA|UPDATE|INSERT|DELETE|MERGE)\b`,
  "i",
);

/** `EXPLAIN [ANALYZE]` and what it explains, which may be another statement than a SELECT, and `ANALYZE` runs it. */
const EXPLAIN = new RegExp(String.raw`^((?:${BLANK})*EXPLAIN\s+(?:ANALYZE\s+)?)([\s\S]*)$`, "i");

/** The one statement of a text. Throws `UserError` unless it is a SELECT by DuckDB's own parser, or explains one. */
async function readingStatement(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  if (OTHER.test(sql)) throw NO_SELECT;
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1 && /\bPIVOT\b/i.test(sql) && !sql.includes(";"))
    throw new UserError(
      "`PIVOT` without `IN` makes a type first, which is more than one SELECT",
      "list the values: `PIVOT … ON column IN ('a', 'b') USING …`",
    );
  if (statements.count !== 1)
    throw new UserError(`the query holds ${statements.count} statements`, "give exactly one SELECT");
  const prepared = await statements.prepare(0);
  if (prepared.statementType === StatementType.SELECT) return prepared;
  const explained = prepared.statementType === StatementType.EXPLAIN ? EXPLAIN.exec(sql)?.[2] : undefined;
  if (explained === undefined) throw NO_SELECT;
  const inner = await connection.extractStatements(explained).catch(() => undefined);
  if (inner?.count !== 1 || (await inner.prepare(0)).statementType !== StatementType.SELECT) throw NO_SELECT;
  return prepared;
}

async function select(
  connection: DuckDBConnection,
  sql: string,
  tables: readonly string[],
  broken: ReadonlyMap<string, UserError>,
): Promise<Table> {
  if (EMPTY.test(sql)) throw new UserError("the query is empty", "give exactly one SELECT");
  try {
    const prepared = await readingStatement(connection, sql);
    const reader = await prepared.runAndReadAll();
    return {
      columns: reader.columnNames().map((name, index) => {
        const shape = reader.columnType(index);
        // DuckDB's own name of it; what was asked for says more.
        return { name: name.replaceAll("count_star()", "count(*)"), type: String(shape), shape };
      }),
      rows: reader.getRowsJson(),
    };
  } catch (problem) {
    if (problem instanceof UserError) throw problem;
    throw queryMistake(problem, sql, tables, broken);
  }
}
