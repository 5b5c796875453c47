/** The compiler's memo of a root, for commands that only look. */

import { join } from "node:path";
import { contentOf } from "../loading/kept.ts";
import { type OpenMemo, openMemo } from "../loading/memo.ts";
import { HOME } from "../setup/node.mjs";
import { CACHE } from "../setup/stamp.mjs";

/** Undefined where the user's cache folder cannot be used. */
export function memoOf(root: string): OpenMemo | undefined {
  try {
    // By the files' content: one version of Strata is not one content of a clone.
    return openMemo(root, contentOf(HOME, ["compiler", "contract"], /\.(ts|json)$/), join(CACHE, "memo.key"));
  } catch {
    return undefined;
  }
}
