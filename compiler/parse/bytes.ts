/** Bytes of a file → text, or the diagnostic that says why there is none. */

import { diagnostic } from "../diagnostics.ts";
import type { Collect } from "./collect.ts";

/** Larger than any file of the kind; keeps a wrong folder (say, a data dump) from filling memory. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;

interface Where {
  readonly line: number;
  readonly column: number;
}

/** UTF-8 without its byte order mark; undefined for anything else, which is a diagnostic. */
export function textOfBytes(path: string, bytes: Uint8Array, collect: Collect): string | undefined {
  if (bytes.length > MAX_FILE_BYTES)
    return reportUnreadable(path, `has ${bytes.length} bytes, more than ${MAX_FILE_BYTES}`, collect);
  if (isUtf16(bytes)) return reportUnreadable(path, "is UTF-16, not UTF-8 text", collect);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return reportUnreadable(path, "is not UTF-8 text", collect, firstWrong(bytes));
  }
}

/** A file that is there and cannot be read. */
export function reportUnreadable(
  path: string,
  why: string,
  collect: Collect,
  { line, column }: Where = { line: 1, column: 1 },
): undefined {
  const at = { file: path, line, column, length: 1 };
  const help = "save it as a plain UTF-8 text file inside the root";
  collect(diagnostic({ code: "S004", at, message: `\`${path}\` ${why}`, help }));
}

interface Status {
  readonly size: number;
  isFile(): boolean;
  isDirectory(): boolean;
}

/** Why it is not read at all; undefined for a file. A pipe would be waited for without an end. */
export function whyNoText(found: Status): string | undefined {
  if (found.isDirectory()) return "is a folder, not a file";
  if (!found.isFile()) return "is not a text file";
  return found.size > MAX_FILE_BYTES ? `has ${found.size} bytes, more than ${MAX_FILE_BYTES}` : undefined;
}

/** Why the operating system gives no file, in words. */
export function whyUnreadable(problem: unknown): string {
  const { code } = problem as { readonly code?: string };
  const known: Readonly<Record<string, string>> = {
    EISDIR: "is a folder, not a file",
    EACCES: "cannot be read: permission denied",
    ELOOP: "is a link that leads to itself",
    ENOENT: "is a link that leads nowhere",
  };
  return known[code ?? ""] ?? `cannot be read (${code ?? String(problem)})`;
}

/** By its byte order mark, or by a zero beside one of the first letters. */
function isUtf16(bytes: Uint8Array): boolean {
  const [a, b] = bytes;
  return (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) || bytes.subarray(0, 2).includes(0);
}

/** The first byte that is not UTF-8; no longer character contains the end of a line. */
function firstWrong(bytes: Uint8Array): Where {
  for (let line = 1, start = 0; start <= bytes.length; line += 1) {
    const newline = bytes.indexOf(0x0a, start);
    const own = bytes.subarray(start, newline < 0 ? bytes.length : newline);
    const decode = (fatal: boolean) => new TextDecoder("utf-8", { fatal }).decode(own);
    try {
      decode(true);
    } catch {
      return { line, column: Math.max(decode(false).indexOf("\ufffd"), 0) + 1 };
    }
    start += own.length + 1;
  }
  return { line: 1, column: 1 };
}
