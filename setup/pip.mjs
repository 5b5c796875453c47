/** Installation from a lock file: pip accepts only packages of the lock, and only files with its SHA-256. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { environmentFor } from "./environment.mjs";
import { HOME } from "./node.mjs";
import { runCaptured } from "./spawn.mjs";
import { CACHE, SetupError } from "./stamp.mjs";

/**
 * Path of a lock file, which `npm run lock:python` writes.
 *
 * @param {string} name without `.txt`
 */
export function lockOf(name) {
  return join(HOME, "setup", "python", `${name}.txt`);
}

/**
 * Installs a lock file into an environment. Throws `SetupError`.
 *
 * Packages that are published as source only are built in the environment with the tools of `build.txt`: pip's isolated
 * build would use the newest tools, unchecked.
 *
 * @param {string} python the environment's interpreter
 * @param {string} lock path of the lock file
 */
export async function installLock(python, lock) {
  if (mustBuild(python, readFileSync(lock, "utf8"))) await pipInstall(python, lockOf("build"));
  await pipInstall(python, lock);
}

/** True if a source package of the lock is not installed in the lock's version. */
function mustBuild(python, text) {
  const versions = new Map([...text.matchAll(/^([\w.-]+)==(\S+)/gm)].map(([, name, version]) => [name, version]));
  const sources = [...text.matchAll(/^--no-binary (\S+)$/gm)].map(([, name]) => [name, versions.get(name)]);
  if (sources.length === 0) return false;
  const script =
    "import sys; from importlib.metadata import version; a = sys.argv[1:]; sys.exit([*map(version, a[::2])] != a[1::2])";
  return spawnSync(python, ["-c", script, ...sources.flat()], { env: environmentFor() }).status !== 0;
}

async function pipInstall(python, lock) {
  const args = [
    ...["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"],
    ...["--cache-dir", join(CACHE, "pip"), "--require-hashes", "--no-deps", "--no-build-isolation", "-r", lock],
  ];
  const { code, output } = await runCaptured(python, args, environmentFor("pip"));
  if (code !== 0) throw new SetupError(pipProblem(relative(HOME, lock), output));
}

/** The problem and its remedy, from pip's output. */
function pipProblem(lock, output) {
  const [, pin, rest = ""] = /DO NOT MATCH THE HASHES[^\n]*\n\s*(\S+)([\s\S]*)/.exec(output) ?? [];
  if (pin !== undefined) {
    const digest = /Got\s+(\w+)/.exec(rest)?.[1] ?? "unknown";
    return (
      `${pin} has a hash that ${lock} does not list (SHA-256 ${digest}); it was not installed. Check where pip` +
      ` gets packages (PIP_INDEX_URL, PIP_FIND_LINKS, \`pip config list\`): it must serve the published file`
    );
  }
  const remedy = /No matching distribution found/.test(output)
    ? "check the network, and whether docs/dependencies.md lists this platform"
    : "check the network and the disk";
  return `pip could not install ${lock} (${firstError(output)}): ${remedy}, then run the command again`;
}

function firstError(text) {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("[notice]"));
  return (lines.find((line) => line.startsWith("ERROR:")) ?? lines.at(-1) ?? "no reason given").slice(0, 200);
}
