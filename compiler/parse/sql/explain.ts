/** Where the grammar stops → a mistake in the user's words. */

import { nearest } from "../../nearest.ts";
import type { SyntaxMistake } from "./facts.ts";
import { mistake, short } from "./finders.ts";
import { CLAUSES } from "./grammar.ts";
import type { Token } from "./lexer.ts";
import type { Refusal } from "./parser.ts";

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

/** Says what the author wrote at the token where the grammar stops, and what must be there. */
export function explain({ at, expected }: Refusal, tokens: readonly Token[]): SyntaxMistake {
  const misspelt = misspeltNear(tokens, at);
  if (misspelt) return misspelt;
  const [previous, token] = [tokens[at - 1], tokens[at]];
  const offset = token?.start ?? previous?.end ?? 0;
  const isEnd = token === undefined || token.text === ";";
  const found = isEnd ? "the end" : `\`${short(token.text)}\``;
  const behind = previous === undefined ? "" : ` after \`${short(previous.text)}\``;
  return {
    offset,
    length: Math.max((token?.end ?? offset) - offset, 1),
    message:
      isEnd && expected === undefined
        ? `the query ends too early${behind}`
        : expected === undefined
          ? `unexpected ${found}${behind}`
          : `expected \`${expected}\`${behind}, found ${found}`,
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
    return mistake(token, token, `unexpected \`${token.text}\``, `did you mean \`${word}\`?`, word);
  }
  return undefined;
}

/** Two letters that changed places are the commonest misspelling. */
function lettersOf(word: string): string {
  return [...word].sort().join("");
}
