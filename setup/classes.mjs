/**
 * Spark's classes as Java keeps them in an archive: a session then starts faster. Nothing depends on it, so a
 * failure is said once and tried again only with another Java or other pins.
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
 * Makes the archive of an environment of Spark, unless that is done for this Java. `python`: the environment's interpreter.
 *
 * @param {string} python
 */
export async function ensureClassArchive(python) {
  try {
    await makeOnce(python);
  } catch (problem) {
    // A clone that is read only, or somebody else's.
    const reason = problem instanceof Error ? problem.message : String(problem);
    process.stderr.write(
      `setup: Spark's classes cannot be kept (${reason.slice(0, 200)}); Spark starts as slowly as ever\n`,
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
    process.stderr.write("setup: keeping Spark's classes, so that it starts faster (once, half a minute) …\n");
    const env = { ...environmentFor(), PYTHONPATH: join(HOME, "glue"), PYTHONDONTWRITEBYTECODE: "1" };
    const { code, output } = await runCaptured(python, [PROGRAM], env);
    if (code !== 0) {
      const reason = output.trim().split("\n").at(-1) ?? "";
      process.stderr.write(`setup: that failed (${reason.slice(0, 200)}); Spark starts as slowly as ever\n`);
    }
    stamp(mark, wanted);
  });
}
