/** The compiler's memo of a root, for commands that only look. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type OpenMemo, openMemo } from "../loading/memo.ts";
import { HOME } from "../setup/node.mjs";
import { CACHE, digestOf } from "../setup/stamp.mjs";

/** Undefined where the user's cache folder cannot be used. */
export function memoOf(root: string): OpenMemo | undefined {
  try {
    return openMemo(root, compilerVersion(), join(CACHE, "memo.key"));
  } catch {
    return undefined;
  }
}

/** Changes with any file of the compiler: one version of Strata is not one content of a clone. */
function compilerVersion(): string {
  const folders = ["compiler", "contract"].map((name) => join(HOME, name));
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => /\.(ts|json)$/.test(path))
      .map((path) => join(folder, path))
      .sort(),
  );
  return digestOf(files, ...files);
}
