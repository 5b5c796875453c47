/** Atomic writes: a file that exists is complete. */

import { randomUUID } from "node:crypto";
import { chmod, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Writes a temporary file and renames it: a reader sees the old text or the new one, and a full disk or a kill leaves the
 * old one. Like the stores, it does not guarantee durability across a power failure.
 *
 * `mode`: permissions of a new file; default: by the umask.
 */
export async function writeWhole(path: string, text: string, mode = 0o666): Promise<void> {
  const folder = dirname(path);
  // A unique name, short for any length of the file's name.
  const aside = join(folder, `.${randomUUID()}.tmp`);
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(aside, text, { mode, flag: "wx" });
    await rename(aside, path);
  } catch (problem) {
    await rm(aside, { force: true }).catch(() => {});
    throw problem;
  }
}

/** A file and its new content. */
export interface Whole {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Its permissions, whatever the umask. */
  readonly mode: number;
}

/**
 * Replaces several files: all new ones are written aside before the first is renamed, so that a full disk or a missing permission changes none.
 * Rejects with the file system's error.
 */
export async function replaceWhole(files: readonly Whole[]): Promise<void> {
  const staged = files.map((file) => ({ ...file, aside: join(dirname(file.path), `.${randomUUID()}.tmp`) }));
  try {
    for (const { aside, bytes, mode } of staged) {
      await writeFile(aside, bytes, { mode: 0o600, flag: "wx" });
      await chmod(aside, mode);
    }
    for (const { aside, path } of staged) await rename(aside, path);
  } finally {
    for (const { aside } of staged) await rm(aside, { force: true }).catch(() => {});
  }
}

/**
 * Creates a private folder; returns the mode for folders inside it. The job's rule (`make_private`,
 * glue/strata_glue/store/folder.py): if the folder above is writable for others, they share it; an existing folder keeps its mode.
 */
export function makePrivate(folder: string): Promise<number> {
  return make(
    folder,
    (writers) => 0o700 | ((writers & 0o020) === 0 ? 0 : 0o070) | ((writers & 0o002) === 0 ? 0 : 0o007),
  );
}

/** Creates a folder that is readable by the umask, and writable only for those who can write the folder above. */
export async function makeReadable(folder: string): Promise<void> {
  await make(folder, (writers) => 0o755 | writers);
}

/** `modeOf`: from the write permissions of the folder above. */
async function make(folder: string, modeOf: (writers: number) => number): Promise<number> {
  const found = await stat(folder).catch(() => undefined);
  // In a sticky folder such as /tmp nothing is shared.
  if (found !== undefined) return modeOf((found.mode & 0o1000) === 0 ? found.mode & 0o022 : 0);
  const mode = await make(dirname(folder), modeOf);
  await mkdir(folder, { mode }).catch((problem: NodeJS.ErrnoException) => {
    if (problem.code !== "EEXIST") throw problem;
  });
  return mode;
}
