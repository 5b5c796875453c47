/** Data files of an Iceberg snapshot, from its manifests: Avro files that name each other. */

import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import avro from "avsc";
import { refuseNoFile } from "../../loading/read-file.ts";
import { UserError } from "../user-error.ts";
import type { Snapshot } from "./iceberg.ts";

/** Avro's `long` as a JavaScript number: of all that manifests hold, only ids of snapshots are larger, and nobody asks for them. */
const LONG = avro.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => Number(buffer.readBigInt64LE()),
  toBuffer: (value: number) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(BigInt(value));
    return buffer;
  },
  fromJSON: Number,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === "number",
  compare: (one: number, other: number) => one - other,
});

/** Where `content` says what a manifest lists: rows, or rows that were deleted. */
const DATA = 0;
/** A manifest's entry of a file that is not part of the snapshot any more. */
const DELETED = 2;

/** Where a table's files may lie: in its lake, and where the user's links of buckets and folders lead to. */
export async function placesOf(lake: string, folder: string): Promise<readonly string[]> {
  return [lake, ...(await Promise.all([lake, folder].map((each) => realpath(each).catch(() => each))))];
}

/**
 * Absolute paths, sorted, all in one of `places`: metadata names its files by whole paths, and may be somebody else's.
 * Throws `UserError` for any other path, and for deletes row by row, which only others write.
 */
export async function icebergFiles(snapshot: Snapshot, places: readonly string[]): Promise<string[]> {
  const manifests = await read(boundTo(places, snapshot["manifest-list"]));
  if (manifests.some(({ content }) => (content ?? DATA) !== DATA))
    throw new UserError(
      "an Iceberg table has deletes row by row, which this reader does not apply",
      "rewrite its data files, or query it with Spark",
    );
  const entries = await Promise.all(manifests.map(({ manifest_path }) => read(boundTo(places, manifest_path))));
  const files = entries
    .flat()
    .filter(({ status }) => status !== DELETED)
    .map(({ data_file }) => boundTo(places, (data_file as { file_path?: unknown } | null)?.file_path))
    .sort();
  // One that is gone is told by whoever reads it.
  const found = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  for (const [index, each] of found.entries()) if (each) refuseNoFile(files[index] ?? "", each);
  return files;
}

/** Records of an Avro file. Throws `UserError` for one that is gone or is none. */
async function read(file: string): Promise<Record<string, unknown>[]> {
  const records: Record<string, unknown>[] = [];
  const decoder = new avro.streams.BlockDecoder({ parseHook: (schema) => parse(schema) });
  decoder.on("data", (record: Record<string, unknown>) => records.push(record));
  try {
    refuseNoFile(file, await stat(file));
    // Not avsc's own `createFileDecoder`: it leaves the reading stream's errors to nobody, which ends the process.
    await pipeline(createReadStream(file), decoder);
  } catch (problem) {
    throw new UserError(
      `${file} cannot be read: ${(problem as Error).message}`,
      "restore it from a backup of the lake, or go back to an earlier generation: " +
        "`strata recover --datasets DATASET --generations` tells which there are",
    );
  }
  return records;
}

function parse(schema: avro.Schema): avro.Type {
  return avro.Type.forSchema(schema, {
    noAnonymousTypes: false,
    typeHook: (part) => (part === "long" || (part as { type?: unknown }).type === "long" ? LONG : undefined),
  });
}

/**
 * The path that metadata gives. Spark writes plain paths, Sail `file:` addresses; neither is decoded: a folder `k=a%2Fb` is
 * called that on the disk.
 */
function boundTo(places: readonly string[], file: unknown): string {
  const path = String(file).replace(/^file:\/*/, "/");
  const strange = path.includes("\0") || path.split("/").some((part) => part === "." || part === "..");
  if (!strange && places.some((place) => path.startsWith(`${place.replace(/\/$/, "")}/`))) return path;
  throw new UserError(
    `its metadata names ${JSON.stringify(file)}, which is not in the lake`,
    "a lake with Iceberg tables cannot be moved: put it back, or remove the table's folder and run its dataset again",
  );
}
