/** Stamps: a file that says from which inputs a folder was made, so that set-up that is done costs one read. */

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

/** A set-up problem that the user can solve: one line with the remedy. */
export class SetupError extends Error {}
