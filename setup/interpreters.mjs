/** Python versions of an environment, and the search for an interpreter. */

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { SetupError } from "./stamp.mjs";

/** Oldest and newest Python for which every package of a lock file has wheels; `npm run lock:python` checks it. */
const ANY = { oldest: [3, 10], newest: [3, 14] };

const OF_LOCK = {
  airports: { oldest: [3, 11], newest: [3, 14] },
  "glue-5.1": { oldest: [3, 11], newest: [3, 11] },
  "glue-6.0": { oldest: [3, 13], newest: [3, 13] },
  stepfunctions: { oldest: [3, 13], newest: [3, 14] },
  "spark-3.5": { oldest: [3, 10], newest: [3, 12] },
};

/**
 * The oldest and the newest Python of a lock file in `setup/python/`, as [major, minor].
 *
 * @param {string} name without `.txt`
 */
export function pythonsOf(name) {
  return OF_LOCK[name] ?? ANY;
}

/**
 * A command that starts a suitable Python for the environment. Throws `SetupError` if there is none.
 *
 * @param {string} env
 */
export function findPython(env) {
  const { oldest, newest } = pythonsOf(env);
  const fits = (minor) => minor >= oldest[1] && minor <= newest[1];
  for (const candidate of candidatesFor(env)) {
    const result = spawnSync(candidate, ["-c", "import sys; print(*sys.version_info[:2])"], { encoding: "utf8" });
    const [major = 0, minor = 0] = (result.stdout ?? "").split(" ").map(Number);
    if (result.status === 0 && major === oldest[0] && fits(minor)) return candidate;
  }
  const wanted = oldest[1] === newest[1] ? oldest.join(".") : `${oldest.join(".")} to ${newest.join(".")}`;
  const how = env in OF_LOCK ? "" : " (Debian: apt-get install python3 python3-venv; macOS: brew install python)";
  throw new SetupError(`Python ${wanted} not found: install it${how}`);
}

/** The default one first. pyenv's versions only if the default one may not fit: there are many, including old ones. */
function candidatesFor(env) {
  if (process.env.STRATA_BASE_PYTHON && !(env in OF_LOCK)) return [process.env.STRATA_BASE_PYTHON];
  const { oldest, newest } = pythonsOf(env);
  const numbered = [];
  for (let minor = newest[1]; minor >= oldest[1]; minor--) numbered.push(`python${oldest[0]}.${minor}`);
  const own = process.env.STRATA_BASE_PYTHON ? [process.env.STRATA_BASE_PYTHON] : ["python3", "python"];
  return [...own, ...numbered, ...(env in OF_LOCK ? pyenvPythons() : [])];
}

/** pyenv's interpreters: its shims run only the selected version. */
function pyenvPythons() {
  const folder = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((version) => join(folder, version, "bin", "python3"));
}
