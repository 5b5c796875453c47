/** Folders for what is there while a command runs. */

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "./user-error.ts";

/** A new folder that nobody else may read, in the system's folder for temporary files (`TMPDIR`); the caller removes it. */
export async function scratchFolder(prefix: string): Promise<string> {
  const parent = tmpdir();
  try {
    return await mkdtemp(join(parent, prefix));
  } catch (problem) {
    const { code } = problem as NodeJS.ErrnoException;
    // A full disk has its own remedy.
    if (code === undefined || !(code in REASONS)) throw problem;
    throw new UserError(
      `temporary files cannot be made in \`${parent}\`: ${REASONS[code]}`,
      "set TMPDIR to a folder that you may write to",
    );
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder",
  ENOTDIR: "it is no folder",
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  EROFS: "the file system is read-only",
};
