/** The commit record of a target (docs/publish.md), for readers here; glue/strata_glue/target/parquet/record_file.py writes it. */

import { join } from "node:path";
import { textOfFile } from "../../loading/read-file.ts";
import { UserError } from "../user-error.ts";

/** Version of the record's format that is read. */
const RECORD_VERSION = 1;

const RECORD_PATH = join("_strata", "commit.json");

/** What a reader needs of it. */
export interface CommitRecord {
  readonly generation: number;
  /** The dataset that wrote it. */
  readonly dataset?: string;
  /** `<pipeline>/<execution>` of those that have committed here. */
  readonly executions?: readonly string[];
  readonly files: readonly {
    /** Relative to the target. */
    readonly path: string;
    readonly rows?: number;
    readonly bytes: number;
    /** Where it may lie instead, as long as the record is not published. */
    readonly staged?: string;
  }[];
  /** Columns in the SQL's order with Spark's types; empty where only the files know. */
  readonly schema: readonly { readonly name: string; readonly type: string }[];
  readonly partition_by: readonly string[];
}

/** A folder's record; undefined if it has none. Throws `UserError` for one that this version cannot read. */
export async function readRecord(folder: string): Promise<CommitRecord | undefined> {
  const path = join(folder, RECORD_PATH);
  const text = await textOfFile(path).catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === "ENOENT" || problem.code === "ENOTDIR") return undefined;
    throw problem;
  });
  if (text === undefined) return undefined;
  const value = parse(text);
  if (typeof value?.strata === "number" && value.strata > RECORD_VERSION)
    throw new UserError(
      `${path} has format ${value.strata}, but this version of Strata reads ${RECORD_VERSION}`,
      "use the version of Strata that wrote it",
    );
  if (value?.strata !== RECORD_VERSION || !isRecord(value)) throw broken(path, "is not a valid commit record");
  const strange = value.files.flatMap(({ path, staged = path }) => [path, staged]).find(leadsOut);
  if (strange !== undefined)
    throw broken(path, `names the file ${JSON.stringify(strange)}, which is outside its target`);
  return value;
}

function broken(path: string, why: string): UserError {
  return new UserError(
    `${path} ${why}`,
    "if its dataset has `write` replace, run it; or rebuild the record from the existing files: `strata recover --rebuild DATASET`",
  );
}

/** The job's rule (glue/strata_glue/store/base.py). */
function leadsOut(path: string): boolean {
  return path.split("/").some((part) => ["", ".", ".."].includes(part) || part.includes("\0"));
}

function parse(text: string): (Partial<CommitRecord> & { strata?: unknown }) | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The job's rule (glue/strata_glue/target/parquet/record_fields.py). */
function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecord(value: Partial<CommitRecord>): value is CommitRecord {
  const isListOf = (list: unknown, fits: (each: Record<string, unknown>) => boolean) =>
    Array.isArray(list) && list.every((each) => typeof each === "object" && each !== null && fits(each));
  return (
    isWhole(value.generation) &&
    isListOf(
      value.files,
      ({ path, rows = 0, bytes, staged }) =>
        typeof path === "string" && isWhole(rows) && isWhole(bytes) && typeof (staged ?? path) === "string",
    ) &&
    isListOf(value.schema, ({ name, type }) => typeof name === "string" && typeof type === "string") &&
    Array.isArray(value.partition_by)
  );
}
