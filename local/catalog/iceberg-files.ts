/** Data files of an Iceberg snapshot, from its manifests: Avro files that name each other. */

import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import avro from "avsc";
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

/** Absolute paths, sorted. Throws `UserError` for deletes row by row, which only others write. */
export async function icebergFiles(snapshot: Snapshot): Promise<string[]> {
  const manifests = await read(snapshot["manifest-list"]);
  if (manifests.some(({ content }) => (content ?? DATA) !== DATA))
    throw new UserError(
      "an Iceberg table has deletes row by row, which this reader does not apply",
      "rewrite its data files, or query it with Spark",
    );
  const entries = await Promise.all(manifests.map(({ manifest_path }) => read(String(manifest_path))));
  return entries
    .flat()
    .filter(({ status }) => status !== DELETED)
    .map(({ data_file }) => pathOf(String((data_file as { file_path: string }).file_path)))
    .sort();
}

/** Records of an Avro file. Throws `UserError` for one that is gone or is none. */
async function read(file: string): Promise<Record<string, unknown>[]> {
  const records: Record<string, unknown>[] = [];
  const decoder = new avro.streams.BlockDecoder({ parseHook: (schema) => parse(schema) });
  decoder.on("data", (record: Record<string, unknown>) => records.push(record));
  try {
    // Not avsc's own `createFileDecoder`: it leaves the reading stream's errors to nobody, which ends the process.
    await pipeline(createReadStream(pathOf(file)), decoder);
  } catch (problem) {
    throw new UserError(`${file} cannot be read: ${(problem as Error).message}`, "restore an earlier version of it");
  }
  return records;
}

function parse(schema: avro.Schema): avro.Type {
  return avro.Type.forSchema(schema, {
    noAnonymousTypes: false,
    typeHook: (part) => (part === "long" || (part as { type?: unknown }).type === "long" ? LONG : undefined),
  });
}

/** Spark writes plain paths, Sail `file:` addresses. Neither is decoded: a folder `k=a%2Fb` is called that on the disk. */
function pathOf(file: string): string {
  return file.replace(/^file:\/*/, "/");
}
