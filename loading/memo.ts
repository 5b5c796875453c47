/**
 * What the compiler computed from a text alone, kept between commands in one file: `.strata/cache/compiler.memo` of the root.
 *
 * Never a source of wrong results: the file's code (HMAC) is of its content and of the compiler's own files, with a key that only this user
 * has, so that a file that came with a repository is ignored as well.
 */

import { createHmac, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Memo } from "../compiler/input.ts";
import { type Kept, openKept } from "./kept.ts";

/** A memo with what earlier commands left. */
export type OpenMemo = Memo & Kept;

/** New entries that are computed again by the next command rather than written with all others now: that costs more. */
const FEW = 20;
const SHARE = 0.02;

const KEY_BYTES = 32;

/** Opens the memo of a root. `version`: of the compiler; `keyFile`: the user's key, made when there is none. */
export function openMemo(root: string, version: string, keyFile: string): OpenMemo | undefined {
  const key = readKey(keyFile);
  if (key === undefined) return undefined;
  return openKept(
    join(root, ".strata", "cache", "compiler.memo"),
    (body) => createHmac("sha256", key).update(`${version}\n`).update(body).digest(),
    ({ made, unused, before }) => Math.max(made, unused) > (before === 0 ? 0 : Math.max(FEW, SHARE * before)),
  );
}

/** Undefined where it can be neither read nor made. */
function readKey(file: string): Buffer | undefined {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, randomBytes(KEY_BYTES), { flag: "wx", mode: 0o600 });
  } catch {
    // It is there, or cannot be made.
  }
  try {
    const key = readFileSync(file);
    return key.length === KEY_BYTES ? key : undefined;
  } catch {
    return undefined;
  }
}
