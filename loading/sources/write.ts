/** Writes declared columns to a pipeline's `pipeline.yaml`. */

import { readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { replaceWhole, writeWhole } from "../write-whole.ts";
import { type Declaration, declareColumns } from "./declare.ts";

/** How it ended: `changed` since it was read, or `unfit` for an edit; nothing was written then. */
export type Outcome = "written" | "changed" | "unfit";

/**
 * Declares columns in a file below the root; creates it where there is none. A link is followed, permissions and a byte order
 * mark stay. Rejects with the file system's error.
 *
 * @param before the text as it was read; undefined: there was no file
 */
export async function writeDeclarations(
  root: string,
  path: string,
  before: string | undefined,
  declarations: readonly Declaration[],
): Promise<Outcome> {
  const text = declareColumns(before ?? "", declarations);
  if (text === undefined) return "unfit";
  const file = await realpath(join(root, path)).catch(() => undefined);
  if (file === undefined) {
    if (before !== undefined) return "changed";
    await writeWhole(join(root, path), text);
    return "written";
  }
  const now = await readFile(file, "utf8");
  const mark = now.startsWith("\ufeff") ? "\ufeff" : "";
  if (now !== mark + (before ?? "")) return "changed";
  const { mode } = await stat(file);
  await replaceWhole([{ path: file, bytes: Buffer.from(mark + text, "utf8"), mode: mode & 0o7777 }]);
  return "written";
}
