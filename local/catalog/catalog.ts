/**
 * The local catalog: which tables a lake has, with their schemas. What Glue's catalog is on AWS.
 *
 * One JSON file a database, `<lake>/.strata/catalog/<database>.json`, written aside and renamed. A long name is cut, and has
 * a digest in place of its end.
 */

import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { NoFile, textOfFile } from "../../loading/read-file.ts";
import { makeReadable, writeWhole } from "../../loading/write-whole.ts";
import { systemProblem } from "../system-problem.ts";
import { UserError } from "../user-error.ts";

/** Version of the file's format. */
export const CATALOG_VERSION = 1;

export interface CatalogTable {
  readonly name: string;
  /** `s3://<bucket>/<prefix>/`. */
  readonly location: string;
  /** `iceberg` for an Iceberg table; absent for Parquet files. */
  readonly format?: "iceberg";
  /** In order, with the types that the query engine sees. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** A database's tables, sorted by name. */
export interface CatalogDatabase {
  readonly version: typeof CATALOG_VERSION;
  readonly database: string;
  readonly tables: readonly CatalogTable[];
}

/** The database as it is recorded; empty if it never was. Throws `UserError` for a file of another version. */
export async function readDatabase(lake: string, database: string): Promise<CatalogDatabase> {
  return (await read(pathOf(lake, database))) ?? { version: CATALOG_VERSION, database, tables: [] };
}

/** Undefined if there is none. */
async function read(path: string): Promise<CatalogDatabase | undefined> {
  let why = "";
  try {
    const found = JSON.parse(await textOfFile(path)) as CatalogDatabase;
    if (found.version === CATALOG_VERSION && Array.isArray(found.tables) && found.tables.every(isTable)) return found;
  } catch (problem) {
    const { code, message } = problem as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (problem instanceof NoFile) why = `: it ${problem.what}`;
    else if (code !== undefined) why = `: ${systemProblem({ code }) ?? message}`;
  }
  throw new UserError(`the local catalog ${path} cannot be read${why}`, "remove the file, and run the pipeline again");
}

function isTable(table: Partial<CatalogTable> | null): boolean {
  return typeof table?.name === "string" && typeof table.location === "string";
}

/** All databases of a lake, sorted by name. */
export async function readDatabases(lake: string): Promise<CatalogDatabase[]> {
  const folder = join(lake, ".strata", "catalog");
  const names = await readdir(folder).catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === "ENOENT") return [];
    throw new UserError(
      `the local catalog ${folder} cannot be read: ${systemProblem({ code: problem.code }) ?? problem.message}`,
      "let your user read it",
    );
  });
  const found = await Promise.all(names.filter(isOwn).map((name) => read(join(folder, name))));
  return found.filter((each) => each !== undefined).sort((one, other) => (one.database < other.database ? -1 : 1));
}

/** False for a file that Strata did not write. */
function isOwn(name: string): boolean {
  if (CUT.test(name)) return true;
  try {
    return name.endsWith(".json") && fileOf(decodeURIComponent(name.slice(0, -".json".length))) === name;
  } catch {
    return false;
  }
}

/** Letters beyond ASCII have three to nine characters in a file's name, which holds 255. */
const LONGEST_NAME = 200;
const CUT = /^.{160}-[0-9a-f]{16}\.json$/;

function fileOf(database: string): string {
  const name = encodeURIComponent(database);
  if (name.length <= LONGEST_NAME) return `${name}.json`;
  return `${name.slice(0, 160)}-${createHash("sha256").update(database).digest("hex").slice(0, 16)}.json`;
}

/** Crawlers of one run record at the same time; the lake's lock keeps other runs away. */
let recording: Promise<void> = Promise.resolve();

/** Adds tables to a database or replaces those of the same name. */
export function recordTables(lake: string, database: string, tables: readonly CatalogTable[]): Promise<void> {
  const mine = recording.then(() => merge(lake, database, tables));
  recording = mine.catch(() => {});
  return mine;
}

async function merge(lake: string, database: string, tables: readonly CatalogTable[]): Promise<void> {
  const before = await readDatabase(lake, database);
  const merged = new Map([...before.tables, ...tables].map((table) => [table.name, table]));
  const after: CatalogDatabase = {
    version: CATALOG_VERSION,
    database,
    tables: [...merged.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
  const path = pathOf(lake, database);
  await makeReadable(dirname(path));
  // It is replaced, never changed: only those who may write to its folder need to.
  await writeWhole(path, `${JSON.stringify(after, null, 2)}\n`, 0o644);
}

function pathOf(lake: string, database: string): string {
  return join(lake, ".strata", "catalog", fileOf(database));
}
