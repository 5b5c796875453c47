/** Broken queries, made of good ones: from one seed always the same. */

import { createHash } from "node:crypto";
import { lex } from "../../compiler/parse/sql/lexer.ts";
import { randomOf } from "../random.ts";
import type { Query } from "./corpus.ts";
import { type Break, KINDS } from "./kinds.ts";

/** How many are made of all kinds, and how many by leaving out one token. */
export const MUTANTS = 480;
export const EDITS = 1000;

/** A query with one mistake. */
export interface Mutant {
  readonly kind: string;
  /** Name of the good query. */
  readonly of: string;
  readonly sql: string;
  /** Of its text, in hex: what the record of Spark's answers goes by. */
  readonly digest: string;
}

/** One edit of any one token of any query, whatever it is, by the edit's name; without those that Spark takes, by their digests. */
export function makeEdits(queries: readonly Query[], seed: number, taken: ReadonlySet<string>): Map<string, Mutant[]> {
  const edits = {
    "tokens left out": leaveOut,
    "tokens doubled": double,
    "tokens exchanged": exchange,
    "tokens of others": replace,
  };
  return new Map(
    Object.entries(edits).map(([name, edit]) => [name, made(queries, seed, taken, { [name]: edit }, EDITS)] as const),
  );
}

const leaveOut: Break = (sql, tokens, pick) => {
  const token = pick(tokens);
  return token && `${sql.slice(0, token.start)} ${sql.slice(token.end)}`;
};

const double: Break = (sql, tokens, pick) => {
  const token = pick(tokens);
  return token && `${sql.slice(0, token.end)} ${token.text}${sql.slice(token.end)}`;
};

/** A token and the next change places. */
const exchange: Break = (sql, tokens, pick) => {
  const at = pick(tokens.map((_, index) => index).slice(1)) ?? 0;
  const [first, second] = [tokens[at - 1], tokens[at]];
  if (first === undefined || second === undefined) return undefined;
  const between = sql.slice(first.end, second.start) || " ";
  return `${sql.slice(0, first.start)}${second.text}${between}${first.text}${sql.slice(second.end)}`;
};

/** A token becomes another one of the query. */
const replace: Break = (sql, tokens, pick) => {
  const [token, other] = [pick(tokens), pick(tokens)];
  return token && other && `${sql.slice(0, token.start)} ${other.text} ${sql.slice(token.end)}`;
};

/** Makes them, the kinds in turn, each in another query where it can; without those that Spark takes, by their digests. */
export function makeMutants(queries: readonly Query[], seed: number, taken: ReadonlySet<string>): Mutant[] {
  return made(queries, seed, taken, KINDS, MUTANTS);
}

function made(
  queries: readonly Query[],
  seed: number,
  taken: ReadonlySet<string>,
  kinds: Readonly<Record<string, Break>>,
  number: number,
): Mutant[] {
  const random = randomOf(seed);
  const pick = <T>(of: readonly T[]): T | undefined => of[Math.floor(random() * of.length)];
  const found = new Map<string, Mutant>();
  const names = Object.keys(kinds);
  for (let turn = 0; found.size < number && turn < number * 20; turn += 1) {
    const kind = names[turn % names.length] ?? "";
    const mutant = mutantOf(kind, kinds[kind], queries, pick);
    if (mutant && !taken.has(mutant.digest)) found.set(mutant.digest, mutant);
  }
  return [...found.values()];
}

function mutantOf(
  kind: string,
  make: Break | undefined,
  queries: readonly Query[],
  pick: <T>(of: readonly T[]) => T | undefined,
): Mutant | undefined {
  for (let tries = 0; tries < 200; tries += 1) {
    const query = pick(queries);
    const sql = query && make?.(query.sql, lex(query.sql).tokens, pick);
    if (query === undefined || sql === undefined || sql === query.sql) continue;
    return { kind, of: query.name, sql, digest: createHash("sha256").update(sql).digest("hex").slice(0, 16) };
  }
  return undefined;
}
