/** The Go toolchain, which builds programs from modules with hashes in a `go.sum` of this repository. */

import { spawnSync } from "node:child_process";
import { environmentFor } from "./environment.mjs";

/** No other Go must be downloaded: a Go that is too old is reported. Builds need no C compiler. */
export function goEnv() {
  return { ...environmentFor("go"), GOTOOLCHAIN: "local", CGO_ENABLED: "0", GOFLAGS: "" };
}

/** As `go1.25.3`; undefined without Go. */
export function goVersion() {
  const go = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8", env: goEnv() });
  return go.error || go.status !== 0 ? undefined : go.stdout.trim();
}

/**
 * True if a version, as `go1.25.3`, is older than the two numbers.
 *
 * @param {string} version
 * @param {readonly [number, number]} oldest
 */
export function isOlder(version, oldest) {
  const [major = 0, minor = 0] = version.replace(/^go/, "").split(".").map(Number.parseFloat);
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
}
