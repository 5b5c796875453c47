/** The parser's refusal → a mistake in the user's words. */

import { nearest } from "../../nearest.ts";
import type { Extent } from "./extent.ts";
import type { SyntaxMistake } from "./facts.ts";
import { short } from "./finders.ts";
import { CLAUSES } from "./grammar.ts";
import type { Token } from "./lexer.ts";

/** Words that are often misspelt, and after which the parser stops. */
const WORDS = [
  "SELECT",
  "FROM",
  "WHERE",
  "GROUP",
  "ORDER",
  "HAVING",
  "LIMIT",
  "JOIN",
  "UNION",
  "DISTINCT",
  "BETWEEN",
  "WHEN",
  "THEN",
  "ELSE",
];

/** What the parser calls tokens. */
const TOKEN_NAMES: Readonly<Record<string, string>> = {
  RParen: ")",
  LParen: "(",
  RBracket: "]",
  LBracket: "[",
  Comma: ",",
  Gt: ">",
  Lt: "<",
  Eq: "=",
  Dot: ".",
  Colon: ":",
};

/** Puts the parser's message at `place` into words that name what the author wrote. */
export function explain(raw: string, place: Extent, tokens: readonly Token[]): SyntaxMistake {
  const at = tokens.findIndex(({ end }) => end > place.offset);
  const token = tokens[at];
  const misspelt = misspeltNear(tokens, at < 0 ? tokens.length : at);
  if (misspelt) return misspelt;
  const expected = /Expected (\w+), got/i.exec(raw)?.[1];
  const wanted =
    expected && (TOKEN_NAMES[expected] ?? (/^[A-Z][a-z]+$/.test(expected) ? expected.toUpperCase() : undefined));
  const [from, to] = [token?.start ?? place.offset, token?.end ?? place.offset + place.length];
  const isEnd = token === undefined || token.text === ";";
  const found = isEnd ? "the end" : `\`${short(token.text)}\``;
  const previous = tokens[(at < 0 ? tokens.length : at) - 1];
  const behind = previous === undefined ? "" : ` after \`${short(previous.text)}\``;
  return {
    offset: from,
    length: Math.max(to - from, 1),
    message:
      isEnd && wanted === undefined
        ? `the query ends too early${behind}`
        : wanted === undefined
          ? `unexpected ${found}${behind}`
          : `expected \`${wanted}\`${behind}, found ${found}`,
    help: undefined,
  };
}

/** A word beside the place that is nearly one of the grammar's: `FORM`. */
function misspeltNear(tokens: readonly Token[], at: number): SyntaxMistake | undefined {
  for (const index of [at, at - 1, at - 2]) {
    const token = tokens[index];
    if (token?.kind !== "word" || token.text.length < 4 || CLAUSES.has(token.upper) || WORDS.includes(token.upper))
      continue;
    const word = WORDS.find((each) => lettersOf(each) === lettersOf(token.upper)) ?? nearest(token.upper, WORDS);
    const isQualified =
      tokens[index - 1]?.text === "." || tokens[index + 1]?.text === "." || tokens[index + 1]?.text === "(";
    if (word === undefined || isQualified || Math.abs(word.length - token.text.length) > 1) continue;
    return {
      offset: token.start,
      length: token.end - token.start,
      message: `unexpected \`${token.text}\``,
      help: `did you mean \`${word}\`?`,
    };
  }
  return undefined;
}

/** Two letters that changed places are the commonest misspelling. */
function lettersOf(word: string): string {
  return [...word].sort().join("");
}
