/**
 * Results of a command that the next one need not compute again, in one file.
 *
 * Never a reason to fail: the file is used whole or not at all. Its first line is a code of all that follows; of a file whose code is
 * another one, because it is damaged, of another version or from another user, nothing is used. It is replaced atomically; of two commands at a time the
 * later one's stays.
 */

import { createHash, timingSafeEqual } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { makePrivate, writeWhole } from "./write-whole.ts";

/** Values by names, which have no tabs and no line ends. */
export interface Kept {
  readonly get: (name: string) => unknown;
  readonly put: (name: string, value: unknown) => void;
  /** Writes what was asked for and put, if that is worth it. Without effect in a folder that cannot be written. */
  readonly save: () => Promise<void>;
}

/** How many entries are new, how many were not asked for, and how many the file had. */
type Counts = Readonly<Record<"made" | "unused" | "before", number>>;

/**
 * Opens such a file.
 *
 * @param codeOf the code of a content
 * @param isWorth whether a change is worth writing the file
 */
export function openKept(file: string, codeOf: (body: Buffer) => Buffer, isWorth: (counts: Counts) => boolean): Kept {
  const kept = readEntries(file, codeOf);
  const used = new Map<string, string>();
  let made = 0;
  return {
    get(name) {
      const text = used.get(name) ?? kept.get(name);
      if (text === undefined) return undefined;
      used.set(name, text);
      return JSON.parse(text);
    },
    put(name, value) {
      made += 1;
      used.set(name, JSON.stringify(value));
    },
    async save() {
      const unused = kept.size + made - used.size;
      if (isWorth({ made, unused, before: kept.size })) await writeEntries(file, used, codeOf);
    },
  };
}

function readEntries(file: string, codeOf: (body: Buffer) => Buffer): Map<string, string> {
  try {
    const bytes = readFileSync(file);
    const end = bytes.indexOf("\n");
    const body = bytes.subarray(end + 1);
    // As bytes: hexadecimal digits have two spellings.
    const [code, wanted] = [bytes.subarray(0, Math.max(0, end)), Buffer.from(codeOf(body).toString("hex"))];
    if (code.length !== wanted.length || !timingSafeEqual(code, wanted)) return new Map();
    const entries = new Map<string, string>();
    const text = body.toString("utf8");
    for (let at = 0; at < text.length; ) {
      const [tab, next] = [text.indexOf("\t", at), text.indexOf("\n", at)];
      entries.set(text.slice(at, tab), text.slice(tab + 1, next));
      at = next + 1;
    }
    return entries;
  } catch {
    return new Map();
  }
}

/** A line an entry: JSON has no line ends and no tabs. */
async function writeEntries(
  file: string,
  entries: ReadonlyMap<string, string>,
  codeOf: (body: Buffer) => Buffer,
): Promise<void> {
  const body = [...entries].map(([name, text]) => `${name}\t${text}\n`).join("");
  try {
    await makePrivate(dirname(file));
    await writeWhole(file, `${codeOf(Buffer.from(body)).toString("hex")}\n${body}`, 0o600);
  } catch {
    // Read-only, or full: the next command computes all again.
  }
}

/** A digest of files of the installation, with their paths; of a folder all below it that end in `ending`. */
export function contentOf(home: string, paths: readonly string[], ending: RegExp): string {
  const files = paths.flatMap((path) =>
    statSync(join(home, path)).isDirectory()
      ? readdirSync(join(home, path), { recursive: true, encoding: "utf8" })
          .filter((name) => ending.test(name))
          .sort()
          .map((name) => join(path, name))
      : [path],
  );
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(home, file)));
  return hash.digest("hex");
}
