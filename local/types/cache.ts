/**
 * The engine's answers, each by the content of its question, in one file a root and engine: `.strata/cache/types-<engine>.json`.
 *
 * Its first line is a digest of all that follows and of the code that made it: a file that is damaged, or of another version,
 * counts for nothing. It is replaced atomically; of two commands at the same time the last one's answers stay.
 */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makePrivate, writeWhole } from "../../loading/write-whole.ts";
import type { Answer, Question } from "./answer.ts";

export interface TypesCache {
  readonly get: (question: Question) => Answer | undefined;
  readonly set: (question: Question, answer: Answer) => void;
  /** Writes what was asked for, if there is a new answer. Without effect in a folder that cannot be written: the next check takes longer. */
  readonly save: () => Promise<void>;
}

/** `version`: of the engine and of all code that an answer depends on. */
export function openCache(root: string, engine: string, version: string): TypesCache {
  const folder = join(root, ".strata", "cache");
  const file = join(folder, `types-${engine}.json`);
  const before = read(file, version);
  const used: Record<string, Answer> = {};
  let isNew = false;
  return {
    get(question) {
      const key = keyOf(question);
      const known = before[key];
      if (known !== undefined) used[key] = known;
      return known;
    },
    set(question, answer) {
      used[keyOf(question)] = answer;
      isNew = true;
    },
    async save() {
      if (!isNew) return;
      const text = JSON.stringify(used);
      try {
        await makePrivate(folder);
        await writeWhole(file, `${digest(version, text)}\n${text}`, 0o600);
      } catch {
        // Read-only, or full.
      }
    },
  };
}

function read(file: string, version: string): Readonly<Record<string, Answer>> {
  try {
    const text = readFileSync(file, "utf8");
    const end = text.indexOf("\n");
    const body = text.slice(end + 1);
    return text.slice(0, end) === digest(version, body) ? (JSON.parse(body) as Record<string, Answer>) : {};
  } catch {
    return {};
  }
}

function keyOf({ sql, tables, params }: Question): string {
  return digest(JSON.stringify([sql, tables, params]));
}

function digest(...texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text.length}:`).update(text);
  return hash.digest("hex");
}

/** Files and folders of the installation that answers depend on, beside the engine itself. */
const CODE = ["local/engine/analyze.py", "local/engine/judge.py", "glue/strata_glue/engine"];

/** A digest of an engine's pinned packages and of the code that puts questions to it. */
export function versionOf(home: string, environment: string): string {
  const hash = createHash("sha256");
  const files = CODE.flatMap((path) =>
    path.endsWith(".py")
      ? [path]
      : readdirSync(join(home, path), { recursive: true, encoding: "utf8" })
          .filter((name) => name.endsWith(".py"))
          .sort()
          .map((name) => join(path, name)),
  );
  for (const file of [join("setup", "python", `${environment}.txt`), ...files])
    hash.update(`${file}\0`).update(readFileSync(join(home, file)));
  return hash.digest("hex");
}
