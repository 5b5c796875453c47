/**
 * Java's class-data archive of Spark's classes, with which a session starts faster. Nothing depends on it, so a failure is
 * reported once and retried only with another Java or other pins.
 */

import { statSync } from "node:fs";
import { join } from "node:path";
import { environmentFor } from "./environment.mjs";
import { javaPath } from "./java.mjs";
import { withSetupLock } from "./lock.mjs";
import { HOME } from "./node.mjs";
import { runCaptured } from "./spawn.mjs";
import { digestOf, isStamped, stamp } from "./stamp.mjs";

const PROGRAM = join(HOME, "local", "engine", "archive.py");
const ENGINES = join(HOME, "local", "engine", "engines.py");
const PINS = join(HOME, "setup", "python", "spark-4.1.txt");

/**
 * Creates the archive of a Spark environment, if it has none for this Java. `python`: the environment's interpreter.
 *
 * @param {string} python
 */
export async function ensureClassArchive(python) {
  try {
    await makeOnce(python);
  } catch (problem) {
    // A read-only clone, or another user's.
    const reason = problem instanceof Error ? problem.message : String(problem);
    process.stderr.write(
      `setup: cannot cache Spark's classes (${reason.slice(0, 200)}); Spark will start more slowly\n`,
    );
  }
}

async function makeOnce(python) {
  const java = javaPath();
  if (java === undefined) return;
  const mark = join(HOME, ".venv", "spark-4.1", ".strata-classes");
  const wanted = digestOf([PROGRAM, ENGINES, PINS], java, String(statSync(java).mtimeMs));
  if (isStamped(mark, wanted)) return;
  await withSetupLock(async () => {
    if (isStamped(mark, wanted)) return;
    process.stderr.write("setup: caching Spark's classes for a faster start (once, half a minute) …\n");
    const env = { ...environmentFor(), PYTHONPATH: join(HOME, "glue"), PYTHONDONTWRITEBYTECODE: "1" };
    const { code, output } = await runCaptured(python, [PROGRAM], env);
    if (code !== 0) {
      const reason = output.trim().split("\n").at(-1) ?? "";
      process.stderr.write(`setup: caching failed (${reason.slice(0, 200)}); Spark will start more slowly\n`);
    }
    stamp(mark, wanted);
  });
}
