/**
 * What the compiler computed from a text alone, kept between commands in one file: `.strata/cache/compiler.memo` of the root.
 *
 * Never a reason to fail, and never a source of wrong results: the file is used whole or not at all. It carries a code (HMAC) of its content and of
 * the compiler's own files, with a key that only this user has, so that a damaged file, one of another version, or one that came with a
 * repository is ignored. It is replaced atomically; of two commands at a time the later one's stays.
 */

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Memo } from "../compiler/input.ts";
import { makePrivate, writeWhole } from "./write-whole.ts";

/** A memo with what earlier commands left. */
export interface OpenMemo extends Memo {
  /** Writes what this command used, if enough of it is new. */
  readonly save: () => Promise<void>;
}

/** New entries that are computed again by the next command rather than written with all others now: that costs more. */
const FEW = 20;
const SHARE = 0.02;

const CODE = "sha256";
const KEY_BYTES = 32;

/** Opens the memo of a root. `version`: of the compiler; `keyFile`: the user's key, made when there is none. */
export function openMemo(root: string, version: string, keyFile: string): OpenMemo | undefined {
  const key = readKey(keyFile);
  if (key === undefined) return undefined;
  const file = join(root, ".strata", "cache", "compiler.memo");
  const codeOf = (body: Buffer) => createHmac(CODE, key).update(`${version}\n`).update(body).digest();
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
      if (Math.max(made, unused) > (kept.size === 0 ? 0 : Math.max(FEW, SHARE * kept.size)))
        await writeEntries(file, used, codeOf);
    },
  };
}

/** One line a command: the code; then a line an entry. */
function readEntries(file: string, codeOf: (body: Buffer) => Buffer): Map<string, string> {
  try {
    const bytes = readFileSync(file);
    const end = bytes.indexOf("\n");
    const body = bytes.subarray(end + 1);
    const [code, wanted] = [Buffer.from(bytes.toString("latin1", 0, end), "hex"), codeOf(body)];
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

/** JSON has no line ends and no tabs; neither have names. */
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
