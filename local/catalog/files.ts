/**
 * What a location in a lake consists of, for readers here: the files of its commit record, whole and of one generation;
 * without a record what the job's store calls visible (glue/strata_glue/read/content.py).
 */

import type { Stats } from "node:fs";
import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { NoFile, refuseNoFile } from "../../loading/read-file.ts";
import { quoted } from "../report/terminal.ts";
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
      `the location ${JSON.stringify(location)} is not a folder inside the lake`,
      "locations are `s3://bucket/prefix/`, without empty parts, `.` and `..`",
    );
  return join(lake, ...segments);
}

/** A folder's content. Throws `UserError` if a file of its record is missing or is another one. */
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
    const info = await stat(join(folder, path)).catch(() => undefined);
    if (info?.isFile() && info.size === file.bytes) return { place: join(folder, path), path: file.path };
  }
  return undefined;
}

/** Which ways on are possible is for the job's recovery to say (glue/strata_glue/target/parquet/remedies.py). */
function damaged(file: string, { generation, dataset }: CommitRecord): UserError {
  return new UserError(
    `${file} is gone or is not the file that was written, though generation ${generation} of its target needs it`,
    `\`strata recover${dataset ? ` --datasets ${quoted(String(dataset))}` : ""}\` names the ways on that are possible there`,
  );
}

/** True for names that Spark reads: the job's rule (glue/strata_glue/store/base.py, docs/engines.md). */
export function isVisible(name: string): boolean {
  const hidden = name.startsWith("_") && !name.includes("=");
  return !hidden && !name.startsWith(".") && !name.endsWith("._COPYING_") && !name.endsWith("_$folder$");
}

/** Visible Parquet files, sorted, relative to the location: directly in the folder or below partitions `k=v`. */
async function visibleFiles(folder: string, inside: string, above: readonly string[] = []): Promise<string[]> {
  const names = await readdir(join(folder, inside)).catch(unlessMissing);
  const here = await realpath(join(folder, inside)).catch(() => "");
  if (above.includes(here)) throw new UserError(`${join(folder, inside)} is a link to a folder above it`, "remove it");
  const files = await Promise.all(
    names.filter(isVisible).map(async (name) => {
      const path = join(inside, name);
      const info = await found(join(folder, path));
      if (info?.isDirectory()) return name.includes("=") ? visibleFiles(folder, path, [...above, here]) : [];
      return info === undefined ? [] : [path];
    }),
  );
  return files.flat().sort();
}

/** What lies there; undefined if it went meanwhile. Rejects for what is neither a file nor a folder. */
async function found(path: string): Promise<Stats | undefined> {
  try {
    const info = await stat(path);
    refuseNoFile(path, info);
    return info;
  } catch (problem) {
    const isLink = await lstat(path).then(
      (info) => info.isSymbolicLink(),
      () => false,
    );
    if (isLink && !(problem instanceof NoFile)) throw new NoFile(path, "is a broken link");
    if ((problem as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw problem;
  }
}

/** Where there is no folder nothing lies; one that cannot be listed is not an empty one. */
function unlessMissing(problem: NodeJS.ErrnoException): string[] {
  if (problem.code === "ENOENT" || problem.code === "ENOTDIR") return [];
  throw problem;
}
