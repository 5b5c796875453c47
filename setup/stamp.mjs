/** Stamps: a file with the digest of a folder's inputs, so that a completed set-up costs one read. */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** Strata's cache folder, shared by all clones of a user: downloads of npm and pip. */
export const CACHE =
  process.env.STRATA_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "strata");

/** A digest of files' contents and of further words. */
export function digestOf(files, ...words) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  for (const word of words) hash.update(`\0${word}`);
  return hash.digest("hex");
}

/** True when the stamp at `path` was written for `digest`. */
export function isStamped(path, digest) {
  try {
    return readFileSync(path, "utf8") === digest;
  } catch {
    return false;
  }
}

/** Writes the stamp; the last step of an installation. */
export function stamp(path, digest) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, digest);
}

/** A set-up problem that the user can fix: one line with the remedy. */
export class SetupError extends Error {}

/**
 * The line for a problem that the user can fix: a `SetupError`, or the file system's (full disk, read-only folder, missing
 * file). Undefined for a bug in Strata.
 *
 * @param {unknown} problem
 * @returns {string | undefined}
 */
export function setupProblem(problem) {
  if (problem instanceof SetupError) return problem.message;
  const { code, syscall, path } = /** @type {NodeJS.ErrnoException} */ (problem ?? {});
  if (code === undefined || syscall === undefined) return undefined;
  const remedy = FILE_REMEDIES[code] ?? "check the folder, its permissions and the disk";
  return `cannot ${syscall}${path === undefined ? "" : ` ${path}`} (${code}): ${remedy}, then run the command again`;
}

const FILE_REMEDIES = {
  ENOSPC: "the disk is full: free some space",
  EDQUOT: "the disk quota is used up: free some space",
  EFBIG: "the file exceeds the size limit: raise it",
  EROFS: "the file system is read-only: clone the repository to a writable one",
  EACCES: "permission denied: fix the folder's permissions",
  ENOENT: "the clone is incomplete: run `git status`",
};
