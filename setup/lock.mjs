/** A lock on set-up: two commands in one clone, or two clones with one cache, must not install into a folder concurrently. */

import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { HOME } from "./node.mjs";
import { mayRun, thisProcess } from "./processes.mjs";

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
    writeFileSync(path, JSON.stringify(thisProcess()), { flag: "wx" });
    return true;
  } catch (problem) {
    if (problem.code === "EEXIST") return false;
    // Created but not written, on a full disk: it would block every other process.
    if (problem.code !== "EROFS" && problem.code !== "EACCES") rmSync(path, { force: true });
    throw problem;
  }
}

/** How long a lock may be empty, in milliseconds: its owner writes it right after creating it. */
const EMPTY_MS = 2_000;
/** Longest set-up, in milliseconds: whether one in another container is alive is unknown here. */
const ELSEWHERE_MS = 60 * 60 * 1000;

/** True for a lock whose owner has ended, or was killed before it wrote its id. */
function isLeftOver(path) {
  try {
    const holder = processIn(readFileSync(path, "utf8"));
    const age = Date.now() - statSync(path).mtimeMs;
    return holder === undefined ? age > EMPTY_MS : !mayRun(holder) || age > ELSEWHERE_MS;
  } catch (problem) {
    if (problem.code === "ENOENT") return false;
    throw problem;
  }
}

/** Undefined if it names no process: empty, or written by an older Strata. */
function processIn(text) {
  try {
    const value = JSON.parse(text);
    return Number.isInteger(value?.pid) && value.pid > 0 ? value : undefined;
  } catch {
    return undefined;
  }
}
