/** Files that readers take for whole because they are there. */

import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
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
