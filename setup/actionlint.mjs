/** actionlint, which reads GitHub's workflows: built once a user by the Go toolchain, where there is one. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { environmentFor } from "./environment.mjs";
import { withLock } from "./lock.mjs";
import { CACHE, isStamped, SetupError, stamp } from "./stamp.mjs";

const VERSION = "v1.7.12";
const MODULE = `github.com/rhysd/actionlint/cmd/actionlint@${VERSION}`;
/** Builds offline-friendly and alike everywhere: no C compiler, the toolchain that is there. */
const GO_ENV = { CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOFLAGS: "" };

/** Undefined if actionlint is built or can be, else why not. */
export function actionlintProblem() {
  const result = spawnSync("go", ["version"], { encoding: "utf8" });
  return result.status === 0 || isReady()
    ? undefined
    : "no Go is found: install Go 1.24 or newer to lint the workflows";
}

/**
 * Builds actionlint unless that is done, and answers its path. Throws `SetupError`.
 *
 * @returns {Promise<string>}
 */
export async function ensureActionlint() {
  if (isReady()) return binary();
  return withLock(join(CACHE, "actionlint.lock"), async () => {
    if (isReady()) return binary();
    process.stderr.write("setup: building actionlint (once, about 10 s) …\n");
    await mkdir(join(CACHE, "actionlint"), { recursive: true });
    // Built aside, then put in place at once: a build that is killed leaves nothing that looks whole.
    const aside = mkdtempSync(join(CACHE, "actionlint", "build-"));
    try {
      const result = spawnSync("go", ["install", MODULE], {
        env: { ...environmentFor("go"), ...GO_ENV, GOBIN: aside },
        encoding: "utf8",
      });
      if (result.status !== 0) {
        const reason = (result.stderr ?? "").trim().split("\n").at(-1) ?? "";
        throw new SetupError(
          `actionlint cannot be built (${reason.slice(0, 200)}): check the network and Go's version`,
        );
      }
      const folder = join(CACHE, "actionlint", VERSION);
      await mkdir(folder, { recursive: true });
      renameSync(join(aside, NAME), binary());
      stamp(join(folder, ".stamp"), MODULE);
    } finally {
      rmSync(aside, { recursive: true, force: true });
    }
    return binary();
  });
}

const NAME = process.platform === "win32" ? "actionlint.exe" : "actionlint";

function binary() {
  return join(CACHE, "actionlint", VERSION, NAME);
}

function isReady() {
  return isStamped(join(CACHE, "actionlint", VERSION, ".stamp"), MODULE) && existsSync(binary());
}
