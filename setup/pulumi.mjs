/**
 * The Pulumi CLI for tests: the one on the PATH, else one built from its Go module, once per user.
 *
 * Pulumi's installer downloads from its own site, which many networks block; the Go proxy is a registry that builds need
 * anyway. The module pins every version (test/engine/pulumi-cli/go.sum).
 */

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { delimiter, join } from "node:path";
import { goEnv, goVersion, isOlder } from "./go.mjs";
import { withLock } from "./lock.mjs";
import { HOME } from "./node.mjs";
import { CACHE, digestOf, isStamped, SetupError, stamp } from "./stamp.mjs";

/** Version of the pinned module; a build from source does not know its own. */
const VERSION = "v3.200.0";
const MODULE = join(HOME, "test", "engine", "pulumi-cli");
/** Oldest Go that the module compiles with. */
const OLDEST = [1, 24];
const PROGRAM = process.platform === "win32" ? "pulumi.exe" : "pulumi";

/** Undefined if there is a CLI or it can be built, else the problem with its remedy. */
export function pulumiProblem() {
  if (onPath() !== undefined || isBuilt()) return undefined;
  const go = goVersion();
  if (go === undefined) return `neither pulumi nor Go found: install Pulumi, or Go ${OLDEST.join(".")} or newer`;
  return isOlder(go, OLDEST)
    ? `${go} is too old to build pulumi: install Go ${OLDEST.join(".")} or newer, or Pulumi`
    : undefined;
}

/**
 * Returns the CLI's path, after building it if necessary. Throws `SetupError`.
 *
 * @returns {Promise<string>}
 */
export async function ensurePulumi() {
  const installed = onPath();
  if (installed !== undefined) return installed;
  if (isBuilt()) return builtPath();
  const problem = pulumiProblem();
  if (problem !== undefined) throw new SetupError(problem);
  // A user's clones share the cache, and so the lock.
  return withLock(join(CACHE, "pulumi.lock"), async () => {
    if (!isBuilt()) await build();
    return builtPath();
  });
}

function onPath() {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, PROGRAM))
    .find((path) => existsSync(path));
}

/** The folder's name is the sources', so clones at other versions do not build over each other. */
function folder() {
  return join(CACHE, `pulumi-${digest().slice(0, 12)}`);
}

function digest() {
  return digestOf([join(MODULE, "go.mod"), join(MODULE, "go.sum")], VERSION, process.platform, process.arch);
}

/** In `bin/`, where Pulumi's Automation API looks for it. */
function builtPath() {
  return join(folder(), "bin", PROGRAM);
}

function isBuilt() {
  return isStamped(join(folder(), ".strata-stamp"), digest()) && existsSync(builtPath());
}

async function build() {
  process.stderr.write("setup: building the Pulumi CLI from its Go module (once, about 2 min) …\n");
  mkdirSync(join(folder(), "bin"), { recursive: true });
  const aside = `${builtPath()}.${process.pid}.tmp`;
  const version = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${VERSION}`;
  const { code, output } = await run(
    "go",
    [
      "build",
      "-mod=readonly",
      "-buildvcs=false",
      "-o",
      aside,
      "-ldflags",
      `-s -w -X ${version}`,
      "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ],
    { cwd: MODULE, env: goEnv() },
  );
  if (code !== 0) {
    const reason = output.trim().split("\n").at(-1)?.slice(0, 200);
    throw new SetupError(`go build of pulumi failed (${reason}): check the network and the disk, then run it again`);
  }
  renameSync(aside, builtPath());
  stamp(join(folder(), ".strata-stamp"), digest());
}

function run(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => (output = `${output}${chunk}`.slice(-20_000)));
    child.on("error", (problem) => resolve({ code: 1, output: String(problem) }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}
