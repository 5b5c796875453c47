/** npm dependencies from the lockfile. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { environmentFor } from "./environment.mjs";
import { withSetupLock } from "./lock.mjs";
import { HOME } from "./node.mjs";
import { CACHE, digestOf, isStamped, SetupError, stamp } from "./stamp.mjs";

const STAMP = join(HOME, "node_modules", ".strata-stamp");

/** Installs the lockfile's packages if necessary. Throws `SetupError`. */
export async function ensureNpm() {
  const digest = digestOf([join(HOME, "package-lock.json")], process.platform, process.arch);
  if (isStamped(STAMP, digest)) return;
  await withSetupLock(async () => {
    if (isStamped(STAMP, digest)) return;
    process.stderr.write("setup: installing npm packages from package-lock.json (once, about 30 s) …\n");
    const npm = process.env.npm_execpath;
    const [command, first] = npm?.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
    const result = spawnSync(
      command,
      [...first, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
      {
        cwd: HOME,
        env: { ...environmentFor("npm"), npm_config_cache: join(CACHE, "npm") },
        stdio: ["ignore", "ignore", "pipe"],
        encoding: "utf8",
      },
    );
    if (result.error?.code === "ENOENT") throw new SetupError("npm not found: install Node 20 or newer with npm");
    if (result.status !== 0) {
      throw new SetupError(
        `npm ci failed (${lastLine(result.stderr)}): check the network and the disk, then run the command again`,
      );
    }
    stamp(STAMP, digest);
  });
}

function lastLine(text) {
  const lines = (text ?? "").split("\n").filter((line) => /npm (error|ERR!)/.test(line) && !/complete log/i.test(line));
  return (lines[0] ?? "no reason given").replace(/^npm (error|ERR!)\s*/, "").slice(0, 200);
}
