/** What a token can be to the grammar. */

import { TERMINALS } from "./first-sets.ts";
import { endsOperand, STRICT, STRUCTURE } from "./grammar.ts";
import type { Token } from "./lexer.ts";

/** Tokens that the grammar does not distinguish are one type: the terminals that they are. */
export interface TokenType {
  readonly index: number;
  readonly terminals: ReadonlySet<string>;
}

/** Behind an operand such a word does not name a function, whatever follows: `t LEFT (`. */
function isStructure(tokens: readonly Token[], at: number): boolean {
  const [previous, token, next] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (token?.kind !== "word" || !STRUCTURE.has(token.upper) || previous?.text === ".") return false;
  return next?.text !== "(" || endsOperand(previous);
}

const known = new Map<string, TokenType>();

function newType(key: string, terminals: readonly string[]): TokenType {
  const type = { index: known.size, terminals: new Set(terminals) };
  known.set(key, type);
  return type;
}

/** Behind the last token. */
export const END = newType("", []);

/** Names of classes differ from the grammar's words, which are in upper case. */
export function typeOf(tokens: readonly Token[], at: number): TokenType {
  const token = tokens[at] as Token;
  const isNoName = isStructure(tokens, at);
  const { kind } = token;
  const isOwn = (kind === "word" || kind === "symbol" || kind === "hint") && TERMINALS.has(token.upper);
  const own = isOwn && !isNoName ? known.get(token.upper) : undefined;
  if (own !== undefined) return own;
  const classes = isNoName ? [] : classesOf(token);
  const key = isOwn ? [token.upper, ...classes] : classes;
  // A word of the grammar is found by itself, above; one that is not a name, by its word and a blank.
  const name = isOwn && !isNoName ? token.upper : `${key.join(" ")} `;
  return known.get(name) ?? newType(name, key);
}

const isAlias = (upper: string, isQuoted: boolean) => isQuoted || !STRICT.has(upper);

const SUFFIXED = /^(\d+|\d*\.?\d*([eE][+-]?\d+)?)([YSLFD]|BD)?$/i;

function classesOf({ kind, text, upper, start, end }: Token): readonly string[] {
  // A word that names.ts has put into backticks is as long as without.
  if (kind === "quoted")
    return isAlias(text.slice(1, -1).toUpperCase(), end - start === text.length) ? ["Name", "Alias"] : ["Name"];
  if (kind === "text") return ["Text"];
  if (kind === "number")
    return /^\d+$/.test(text)
      ? ["Number", "Integer"]
      : /^(\d+\.\d*|\.\d+)$/.test(text)
        ? ["Number", "Decimal"]
        : ["Number"];
  if (kind !== "word") return [];
  if (/^\d/.test(text) && SUFFIXED.test(text)) return ["Number"];
  return isAlias(upper, false) ? ["Name", "Alias"] : ["Name"];
}
