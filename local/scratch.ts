/** Temporary folders of a command. */

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "./user-error.ts";

/** A new private folder in the system's folder for temporary files (`TMPDIR`); the caller removes it. */
export async function scratchFolder(prefix: string): Promise<string> {
  const parent = tmpdir();
  try {
    return await mkdtemp(join(parent, prefix));
  } catch (problem) {
    const { code } = problem as NodeJS.ErrnoException;
    // A full disk has its own remedy.
    if (code === undefined || !(code in REASONS)) throw problem;
    throw new UserError(
      `cannot create temporary files in \`${parent}\`: ${REASONS[code]}`,
      "set TMPDIR to a folder that you may write to",
    );
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder",
  ENOTDIR: "it is not a folder",
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  EROFS: "the file system is read-only",
};
