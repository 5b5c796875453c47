/** Files that readers take for whole because they are there. */

import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Writes a file aside and renames it: whoever reads it sees the old text or the new one, and a full disk or a kill
 * leaves the old one. Like the stores, it is not made to survive the end of the power.
 *
 * `mode`: permissions of a new file; default: by the umask.
 */
export async function writeWhole(path: string, text: string, mode = 0o666): Promise<void> {
  const folder = dirname(path);
  // A name of its own, short however long the file's name is.
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

/**
 * Makes a folder for its owner only; answers the mode that folders in it are to have. The job's rule (`make_private`,
 * glue/strata_glue/store/folder.py): where the folder above lets others write, these share it; one that is there keeps its mode.
 */
export function makePrivate(folder: string): Promise<number> {
  return make(
    folder,
    (writers) => 0o700 | ((writers & 0o020) === 0 ? 0 : 0o070) | ((writers & 0o002) === 0 ? 0 : 0o007),
  );
}

/** Makes a folder that all may read as the umask allows, and that nobody may change who cannot change the folder above. */
export async function makeReadable(folder: string): Promise<void> {
  await make(folder, (writers) => 0o755 | writers);
}

/** `modeOf`: by the bits of others who may write to the folder above. */
async function make(folder: string, modeOf: (writers: number) => number): Promise<number> {
  const found = await stat(folder).catch(() => undefined);
  // In a sticky folder, as /tmp, people share nothing.
  if (found !== undefined) return modeOf((found.mode & 0o1000) === 0 ? found.mode & 0o022 : 0);
  const mode = await make(dirname(folder), modeOf);
  await mkdir(folder, { mode }).catch((problem: NodeJS.ErrnoException) => {
    if (problem.code !== "EEXIST") throw problem;
  });
  return mode;
}
