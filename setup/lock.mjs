/** A lock on set-up: two commands in one clone must not install into the same folder at once. */

import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
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
    if (isLeftOver()) rmSync(LOCK, { force: true });
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
    // Created and not written, on a full disk: it would keep everybody out.
    if (problem.code !== "EROFS" && problem.code !== "EACCES") rmSync(LOCK, { force: true });
    throw problem;
  }
}

/** How long a lock may be empty, in milliseconds: its owner writes it right after creating it. */
const EMPTY_MS = 2_000;

/** True for a lock whose owner is gone: killed, or killed before it wrote its name. */
function isLeftOver() {
  try {
    const holder = Number(readFileSync(LOCK, "utf8"));
    return holder > 0 ? !isAlive(holder) : Date.now() - statSync(LOCK).mtimeMs > EMPTY_MS;
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
