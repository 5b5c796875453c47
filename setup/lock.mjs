/** A lock on set-up: two commands in one clone must not install into the same folder at once. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { HOME } from "./node.mjs";

const LOCK = join(HOME, ".strata", "setup.lock");

/**
 * Runs `work` while holding the lock; waits for another set-up of this clone that is still alive.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withSetupLock(work) {
  mkdirSync(join(HOME, ".strata"), { recursive: true });
  while (!acquire()) {
    const holder = holderOf();
    if (holder !== undefined && !isAlive(holder)) rmSync(LOCK, { force: true });
    else await delay(100);
  }
  try {
    return await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function acquire() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: "wx" });
    return true;
  } catch (problem) {
    if (problem.code === "EEXIST") return false;
    throw problem;
  }
}

/** Undefined for a lock that its owner has created and not yet written. */
function holderOf() {
  try {
    return Number(readFileSync(LOCK, "utf8")) || undefined;
  } catch {
    return undefined;
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
