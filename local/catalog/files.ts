/**
 * What a location in a lake consists of, for readers here: the files of its commit record, whole and of one generation;
 * without a record what the job's store calls visible (glue/strata_glue/content.py).
 */

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../user-error.ts";
import { type CommitRecord, readRecord } from "./record.ts";

/** Files of a location. */
export interface Content {
  /** Absolute, in order. */
  readonly files: readonly ContentFile[];
  /** Undefined for what Strata did not write: names and types are in the files and in their folders' names. */
  readonly record: CommitRecord | undefined;
}

export interface ContentFile {
  /** Where it lies now. */
  readonly place: string;
  /** Relative to the location: what it is called once it is published, with its partition's folders. */
  readonly path: string;
}

/** How often a record is read again that was replaced while its files were looked for. */
const TRIES = 5;

/**
 * Folder of a location: `s3://<bucket>/<prefix>/` is `<lake>/<bucket>/<prefix>/`. Throws `UserError` for what names no
 * folder inside the lake (glue/strata_glue/store/local.py does likewise). A bucket's folder may be a link of the user's.
 */
export function folderOf(lake: string, location: string): string {
  const segments = location.startsWith("s3://") ? location.slice("s3://".length).replace(/\/$/, "").split("/") : [""];
  if (segments[0] === ".strata" || segments.some((each) => /^(\.{0,2}|.*\0.*)$/s.test(each)))
    throw new UserError(
      `the location ${JSON.stringify(location)} names no folder inside the lake`,
      "locations are `s3://bucket/prefix/`, without empty parts, `.` and `..`",
    );
  return join(lake, ...segments);
}

/** A folder's content. Throws `UserError` if a file of its record is gone or is another one. */
export async function contentOf(folder: string): Promise<Content> {
  for (let left = TRIES; ; left -= 1) {
    const record = await readRecord(folder);
    if (record === undefined) {
      const paths = await visibleFiles(folder, "");
      // The first commit may have happened while the files were listed.
      if (left > 0 && (await readRecord(folder)) !== undefined) continue;
      return { files: paths.map((path) => ({ place: join(folder, path), path })), record };
    }
    const found = await Promise.all(record.files.map((file) => place(folder, file)));
    const broken = found.indexOf(undefined);
    if (broken < 0) return { files: found as ContentFile[], record };
    const now = await readRecord(folder);
    if (left === 0 || JSON.stringify(now) === JSON.stringify(record))
      throw damaged(join(folder, record.files[broken]?.path ?? ""), record);
  }
}

async function place(folder: string, file: CommitRecord["files"][number]): Promise<ContentFile | undefined> {
  for (const path of file.staged === undefined ? [file.path] : [file.path, file.staged]) {
    if (path.split("/").includes("..")) continue; // a record names files of its own target only
    const info = await stat(join(folder, path)).catch(() => undefined);
    if (info?.isFile() && info.size === file.bytes) return { place: join(folder, path), path: file.path };
  }
  return undefined;
}

function damaged(file: string, { generation }: CommitRecord): UserError {
  return new UserError(
    `${file} is gone or is not the file that was written, though generation ${generation} of its target needs it`,
    "`strata recover` tells what can be done: go back to a kept generation, run it anew, or accept the loss",
  );
}

/** True for names that Spark reads: the job's rule (glue/strata_glue/store/base.py, docs/engines.md). */
export function isVisible(name: string): boolean {
  const hidden = name.startsWith("_") && !name.includes("=");
  return !hidden && !name.startsWith(".") && !name.endsWith("._COPYING_") && !name.endsWith("_$folder$");
}

/** Visible Parquet files, sorted, relative to the location: directly in the folder or below partitions `k=v`. */
async function visibleFiles(folder: string, inside: string): Promise<string[]> {
  const entries = await readdir(join(folder, inside), { withFileTypes: true }).catch(() => []);
  const visible = entries.filter(({ name }) => isVisible(name));
  const found = await Promise.all(
    visible.map(async (entry) => {
      const path = join(inside, entry.name);
      if (entry.isDirectory()) return entry.name.includes("=") ? visibleFiles(folder, path) : [];
      return entry.isFile() ? [path] : [];
    }),
  );
  return found.flat().sort();
}
