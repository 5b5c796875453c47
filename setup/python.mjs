/**
 * Python environments with pinned versions, each below `.venv/`, made when first needed.
 *
 * An environment is a list of layers, `setup/python/<layer>.txt`; each layer has its own stamp, so `npm test` adds to
 * what `npm start` made. pyspark and pyspark-client share a package name, so Spark and Sail live apart.
 */

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ensureClassArchive } from "./classes.mjs";
import { environmentFor } from "./environment.mjs";
import { withSetupLock } from "./lock.mjs";
import { HOME } from "./node.mjs";
import { runCaptured } from "./spawn.mjs";
import { CACHE, digestOf, isStamped, SetupError, stamp } from "./stamp.mjs";

/** Oldest Python that the pins have wheels for. */
const OLDEST = [3, 10];

/** What each environment is for, shown while it is made. */
const PURPOSE = {
  sail: "engine Sail",
  "spark-4.1": "Apache Spark 4.1",
  "spark-3.5": "Apache Spark 3.5",
  aws: "access to AWS",
  moto: "AWS stand-in moto",
  iam: "linter of IAM policies",
  "glue-6.0": "the Python of Glue 6.0",
};

/** Environments that are about one Python, and no other. */
const EXACTLY = { "glue-6.0": [3, 13] };

/** Path of an environment's interpreter, whether it is there or not. */
export function pythonOf(env) {
  return process.platform === "win32"
    ? join(HOME, ".venv", env, "Scripts", "python.exe")
    : join(HOME, ".venv", env, "bin", "python");
}

/**
 * Makes an environment with the given layers, unless that is done, and answers its interpreter. Throws `SetupError`.
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

async function installMissing(env, layers) {
  const missing = () => layers.filter((layer) => !isStamped(stampOf(env, layer), digestOf([listOf(layer)])));
  if (missing().length === 0) return;
  await withSetupLock(async () => {
    for (const layer of missing()) {
      process.stderr.write(
        `setup: installing Python packages for ${PURPOSE[layer] ?? layer} (once, about a minute) …\n`,
      );
      if (!existsSync(pythonOf(env))) await createEnvironment(env);
      await install(env, layer);
      stamp(stampOf(env, layer), digestOf([listOf(layer)]));
    }
  });
}

function stampOf(env, layer) {
  return join(HOME, ".venv", env, `.strata-${layer}`);
}

function listOf(layer) {
  return join(HOME, "setup", "python", `${layer}.txt`);
}

async function createEnvironment(env) {
  const folder = join(HOME, ".venv", env);
  rmSync(folder, { recursive: true, force: true });
  const result = await runCaptured(findPython(env), ["-m", "venv", folder], environmentFor());
  if (result.code === 0) return;
  rmSync(folder, { recursive: true, force: true });
  const reason = /ensurepip/.test(result.output)
    ? "its module venv is incomplete: on Debian and Ubuntu run `apt-get install python3-venv`"
    : lastLine(result.output);
  throw new SetupError(`cannot make a Python environment: ${reason}`);
}

async function install(env, layer) {
  const args = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--no-input",
    "--cache-dir",
    join(CACHE, "pip"),
    "-r",
    listOf(layer),
  ];
  const result = await runCaptured(pythonOf(env), args, environmentFor("pip"));
  if (result.code !== 0) {
    throw new SetupError(
      `pip could not install ${layer}.txt (${lastLine(result.output)}): check the network and the disk, then run the command again`,
    );
  }
}

/** Undefined if there is a Python that an environment can be made with, else why not. */
export function pythonProblem(env) {
  try {
    if (!existsSync(pythonOf(env))) findPython(env);
    return undefined;
  } catch (problem) {
    return problem.message;
  }
}

/** The first interpreter that is new enough, or the one that the environment is about. */
function findPython(env) {
  const exactly = EXACTLY[env];
  const candidates = process.env.STRATA_BASE_PYTHON
    ? [process.env.STRATA_BASE_PYTHON]
    : ["python3", "python", "python3.13", "python3.12", "python3.11", "python3.10"];
  for (const candidate of exactly === undefined ? candidates : [...candidates, ...pyenvPythons()]) {
    const result = spawnSync(candidate, ["-c", "import sys; print(*sys.version_info[:2])"], { encoding: "utf8" });
    const [major = 0, minor = 0] = (result.stdout ?? "").split(" ").map(Number);
    const fits =
      exactly === undefined
        ? major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
        : major === exactly[0] && minor === exactly[1];
    if (result.status === 0 && fits) return candidate;
  }
  if (exactly !== undefined) throw new SetupError(`Python ${exactly.join(".")} is not found: install it`);
  throw new SetupError(
    `Python ${OLDEST.join(".")} or newer is not found: install it (Debian: apt-get install python3 python3-venv; macOS: brew install python)`,
  );
}

/** Interpreters that pyenv keeps: its own commands answer only for the version that is chosen. */
function pyenvPythons() {
  const folder = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((version) => join(folder, version, "bin", "python3"));
}

function lastLine(text) {
  const lines = text
    .trim()
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\[notice\]/.test(line));
  return (lines.find((line) => line.startsWith("ERROR:")) ?? lines.at(-1) ?? "no reason given").slice(0, 200);
}
