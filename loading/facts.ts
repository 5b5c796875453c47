/**
 * Facts of SQL texts, from a cache by content if there is one.
 *
 * The parser takes 0.3 s and 380 MB to load; with every text cached it is never loaded, and `strata check` takes a fraction
 * of that. A cache that cannot be read or written costs time, never a result.
 */

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { FACTS_VERSION, type SqlFacts } from "../compiler/parse/sql/facts.ts";
import { writeWhole } from "./write-whole.ts";

const require = createRequire(import.meta.url);

/** The facts of each text, in order. */
export async function readFacts(texts: readonly string[], cache: string | undefined): Promise<SqlFacts[]> {
  const keys = texts.map(keyOf);
  const cached = await Promise.all(keys.map((key) => (cache === undefined ? undefined : readCached(cache, key))));
  if (cached.every((facts) => facts !== undefined)) return cached;
  const { analyzeSql } = await import("../compiler/parse/sql/analyze.ts");
  return Promise.all(
    texts.map(async (text, index) => {
      const known = cached[index];
      if (known !== undefined) return known;
      const facts = analyzeSql(text);
      if (cache !== undefined) await writeCached(cache, keys[index] ?? "", facts);
      return facts;
    }),
  );
}

/** The key changes with the text, the parser and the format of the facts. */
function keyOf(text: string): string {
  return createHash("sha256").update(`${parserVersion()}\0${FACTS_VERSION}\0${text}`).digest("hex");
}

let version: string | undefined;

function parserVersion(): string {
  // `exports` of the package hides its package.json, so its folder is found by its main file.
  version ??= (require("../node_modules/@polyglot-sql/sdk/package.json") as { version: string }).version;
  return version;
}

async function readCached(cache: string, key: string): Promise<SqlFacts | undefined> {
  try {
    const { facts } = JSON.parse(await readFile(join(cache, `${key}.json`), "utf8")) as { facts: SqlFacts };
    return Array.isArray(facts.tables) && Array.isArray(facts.statements) ? facts : undefined;
  } catch {
    return undefined;
  }
}

async function writeCached(cache: string, key: string, facts: SqlFacts): Promise<void> {
  try {
    await writeWhole(join(cache, `${key}.json`), JSON.stringify({ facts }));
  } catch {
    // A full or read-only disk: the next command parses again.
  }
}
