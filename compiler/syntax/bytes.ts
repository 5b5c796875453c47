/** Bytes of a file → text, or the diagnostic that says why there is none. */

import { diagnostic } from "../diagnostics.ts";
import type { Collect } from "./collect.ts";

/** Larger than any file of the kind; keeps a wrong folder (say, a data dump) from filling memory. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** UTF-8 without its byte order mark; undefined for anything else, which is a diagnostic. */
export function textOfBytes(path: string, bytes: Uint8Array, collect: Collect): string | undefined {
  if (bytes.length > MAX_FILE_BYTES) {
    reportUnreadable(path, `has ${bytes.length} bytes, more than ${MAX_FILE_BYTES}`, collect);
    return undefined;
  }
  try {
    // UTF-16 without its mark: of an ASCII text each second byte is 0.
    if (bytes.subarray(0, 2).includes(0)) throw new TypeError("UTF-16");
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    reportUnreadable(path, "is not UTF-8 text", collect);
    return undefined;
  }
}

/** A file that is there and cannot be read. */
export function reportUnreadable(path: string, why: string, collect: Collect): void {
  const at = { file: path, line: 1, column: 1, length: 1 };
  const help = "save it as a plain UTF-8 text file inside the root";
  collect(diagnostic({ code: "S004", at, message: `\`${path}\` ${why}`, help }));
}

/** Why the operating system gives no file, in words. */
export function whyUnreadable(problem: unknown): string {
  const { code } = problem as { readonly code?: string };
  const known: Readonly<Record<string, string>> = {
    EISDIR: "is a folder, not a file",
    EACCES: "cannot be read: permission denied",
    ELOOP: "is a link that leads to itself",
  };
  return known[code ?? ""] ?? `cannot be read (${code ?? String(problem)})`;
}
