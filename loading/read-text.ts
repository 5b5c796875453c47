/** One file of the user as text; an unreadable one is a diagnostic with its location. */

import { realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Diagnostic } from "../compiler/diagnostics.ts";
import type { SourceFile } from "../compiler/input.ts";
import { reportUnreadable, textOfBytes, whyNoText, whyUnreadable } from "../compiler/parse/bytes.ts";
import { openWithoutWaiting } from "./read-file.ts";

/**
 * A file below `root`. Undefined if it does not exist, or cannot be read: that is a diagnostic S004, added to `problems`.
 * `isListed`: its folder lists it, so that "does not exist" means a broken link.
 */
export async function readText(
  root: string,
  path: string,
  problems: Diagnostic[],
  isListed = false,
): Promise<SourceFile | undefined> {
  const collect = (each: Diagnostic) => problems.push(each);
  try {
    const real = await realpath(join(root, path));
    if (!`${real}${sep}`.startsWith(`${await realpath(root)}${sep}`))
      return reportUnreadable(path, "is a link to a file outside the root", collect);
    const bytes = await bytesOf(real);
    if (typeof bytes === "string") return reportUnreadable(path, bytes, collect);
    const text = textOfBytes(path, bytes, collect);
    return text === undefined ? undefined : { path, text };
  } catch (problem) {
    if (!isListed && (problem as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return reportUnreadable(path, whyUnreadable(problem), collect);
  }
}

/** The bytes, or the problem. */
async function bytesOf(path: string): Promise<Uint8Array | string> {
  const file = await openWithoutWaiting(path);
  try {
    return whyNoText(await file.stat()) ?? (await file.readFile());
  } finally {
    await file.close();
  }
}
