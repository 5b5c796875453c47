/** A lock on set-up: two commands in one clone, or two clones with one cache, must not install into a folder at once. */

import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { HOME } from "./node.mjs";

/**
 * Runs `work` while holding this clone's lock; waits for another set-up of this clone that is still alive.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export function withSetupLock(work) {
  return withLock(join(HOME, ".strata", "setup.lock"), work);
}

/**
 * Runs `work` while holding the lock at `path`; waits for a holder that is still alive.
 *
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, work) {
  mkdirSync(dirname(path), { recursive: true });
  while (!acquire(path)) {
    if (isLeftOver(path)) rmSync(path, { force: true });
    else await delay(100);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function acquire(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (problem) {
    if (problem.code === "EEXIST") return false;
    // Created and not written, on a full disk: it would keep everybody out.
    if (problem.code !== "EROFS" && problem.code !== "EACCES") rmSync(path, { force: true });
    throw problem;
  }
}

/** How long a lock may be empty, in milliseconds: its owner writes it right after creating it. */
const EMPTY_MS = 2_000;

/** True for a lock whose owner is gone: killed, or killed before it wrote its name. */
function isLeftOver(path) {
  try {
    const holder = Number(readFileSync(path, "utf8"));
    return holder > 0 ? !isAlive(holder) : Date.now() - statSync(path).mtimeMs > EMPTY_MS;
  } catch (problem) {
    if (problem.code === "ENOENT") return false;
    throw problem;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (problem) {
    return problem.code === "EPERM";
  }
}
