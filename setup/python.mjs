/**
 * Python environments with pinned versions and hashes, each below `.venv/`, made when first needed.
 *
 * An environment is a list of layers, `setup/python/<layer>.txt`; each layer has its own stamp, so `npm test` adds to
 * what `npm start` made. pyspark and pyspark-client share a package name, so Spark and Sail live apart.
 */

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureClassArchive } from "./classes.mjs";
import { environmentFor } from "./environment.mjs";
import { findPython } from "./interpreters.mjs";
import { withSetupLock } from "./lock.mjs";
import { HOME } from "./node.mjs";
import { installLock, lockOf } from "./pip.mjs";
import { runCaptured } from "./spawn.mjs";
import { digestOf, isStamped, SetupError, stamp } from "./stamp.mjs";

/** Purpose of each environment, shown during its installation. */
const PURPOSE = {
  sail: "engine Sail",
  "spark-4.1": "Apache Spark 4.1",
  "spark-3.5": "Apache Spark 3.5",
  aws: "access to AWS",
  moto: "AWS stand-in moto",
  stepfunctions: "LocalStack's interpreter of Step Functions",
  iam: "linter of IAM policies",
  "glue-5.1": "the Python of Glue 5.1",
  "glue-6.0": "the Python of Glue 6.0",
};

/** Path of an environment's interpreter, whether or not it exists. */
export function pythonOf(env) {
  return process.platform === "win32"
    ? join(HOME, ".venv", env, "Scripts", "python.exe")
    : join(HOME, ".venv", env, "bin", "python");
}

/**
 * Creates an environment with the given layers if necessary, and returns its interpreter. Throws `SetupError`.
 *
 * @param {string} env
 * @param {readonly string[]} [layers] names of files in `setup/python/`, without `.txt`; default: the environment's own
 * @returns {Promise<string>}
 */
export async function ensurePython(env, layers = [env]) {
  await installMissing(env, layers);
  if (env === "spark-4.1") await ensureClassArchive(pythonOf(env));
  return pythonOf(env);
}

/** The interpreter of an environment that is complete and up to date; undefined if there is none. Installs nothing. */
export function readyPython(env) {
  const isReady = isStamped(stampOf(env, env), digestOf([lockOf(env)])) && existsSync(pythonOf(env));
  return isReady ? pythonOf(env) : undefined;
}

async function installMissing(env, layers) {
  const missing = () => layers.filter((layer) => !isStamped(stampOf(env, layer), digestOf([lockOf(layer)])));
  if (missing().length === 0) return;
  await withSetupLock(async () => {
    for (const layer of missing()) {
      process.stderr.write(
        `setup: installing Python packages for ${PURPOSE[layer] ?? layer} (once, about a minute) …\n`,
      );
      if (!existsSync(pythonOf(env))) await createEnvironment(env);
      await installLock(pythonOf(env), lockOf(layer));
      stamp(stampOf(env, layer), digestOf([lockOf(layer)]));
    }
  });
}

function stampOf(env, layer) {
  return join(HOME, ".venv", env, `.strata-${layer}`);
}

async function createEnvironment(env) {
  const folder = join(HOME, ".venv", env);
  rmSync(folder, { recursive: true, force: true });
  const result = await runCaptured(findPython(env), ["-m", "venv", folder], environmentFor());
  if (result.code === 0) return;
  rmSync(folder, { recursive: true, force: true });
  const reason = /ensurepip/.test(result.output)
    ? "its module venv is incomplete: on Debian and Ubuntu run `apt-get install python3-venv`"
    : (result.output.trim().split("\n").at(-1) ?? "no reason given").slice(0, 200);
  throw new SetupError(`cannot create a Python environment: ${reason}`);
}

/** Undefined if there is a suitable Python, else the problem. */
export function pythonProblem(env) {
  try {
    if (!existsSync(pythonOf(env))) findPython(env);
    return undefined;
  } catch (problem) {
    return problem.message;
  }
}
