/** actionlint, the linter of GitHub's workflows: built once per user by the Go toolchain, if there is one. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { goEnv, goVersion, isOlder } from "./go.mjs";
import { withLock } from "./lock.mjs";
import { HOME } from "./node.mjs";
import { CACHE, digestOf, isStamped, SetupError, stamp } from "./stamp.mjs";

/** Its `go.sum` has the hash of every module of the program. */
const MODULE = join(HOME, "test", "workflows", "actionlint");
/** Oldest Go that the module compiles with. */
const OLDEST = [1, 25];

/** Undefined if actionlint is built or can be, else why not. */
export function actionlintProblem() {
  if (isReady()) return undefined;
  const go = goVersion();
  if (go !== undefined && !isOlder(go, OLDEST)) return undefined;
  return `${go ?? "no Go"} found: install Go ${OLDEST.join(".")} or newer to lint the workflows`;
}

/**
 * Builds actionlint if necessary, and returns its path. Throws `SetupError`.
 *
 * @returns {Promise<string>}
 */
export async function ensureActionlint() {
  if (isReady()) return binary();
  return withLock(join(CACHE, "actionlint.lock"), async () => {
    if (isReady()) return binary();
    process.stderr.write("setup: building actionlint (once, about 10 s) …\n");
    await mkdir(join(CACHE, "actionlint"), { recursive: true });
    // Built in a temporary folder, then moved atomically: an interrupted build leaves nothing that looks complete.
    const aside = mkdtempSync(join(CACHE, "actionlint", "build-"));
    try {
      const program = "github.com/rhysd/actionlint/cmd/actionlint";
      const result = spawnSync(
        "go",
        ["build", "-mod=readonly", "-buildvcs=false", "-trimpath", "-o", join(aside, NAME), program],
        { cwd: MODULE, env: goEnv(), encoding: "utf8" },
      );
      if (result.status !== 0) {
        const reason = (result.stderr ?? "").trim().split("\n").at(-1) ?? "";
        throw new SetupError(
          `actionlint cannot be built (${reason.slice(0, 200)}): check the network and Go's version`,
        );
      }
      await mkdir(folder(), { recursive: true });
      renameSync(join(aside, NAME), binary());
      stamp(join(folder(), ".stamp"), digest());
    } finally {
      rmSync(aside, { recursive: true, force: true });
    }
    return binary();
  });
}

const NAME = process.platform === "win32" ? "actionlint.exe" : "actionlint";

/** The folder's name is the sources', so clones at other versions do not build over each other. */
function folder() {
  return join(CACHE, "actionlint", digest().slice(0, 12));
}

function digest() {
  return digestOf([join(MODULE, "go.mod"), join(MODULE, "go.sum")], process.platform, process.arch);
}

function binary() {
  return join(folder(), NAME);
}

function isReady() {
  return isStamped(join(folder(), ".stamp"), digest()) && existsSync(binary());
}
