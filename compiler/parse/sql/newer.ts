/** What Spark 4 reads of SQL and Spark 3.5 (Glue 5.1) refuses, as far as tokens, and names of functions, show it for sure. */

import { OLDER } from "../../functions/foreign.ts";
import { isNewFunction } from "../../functions/functions.ts";
import { functionsIn } from "./calls.ts";
import type { Extent } from "./extent.ts";
import { endsOperand } from "./grammar.ts";
import { lex, type Token } from "./lexer.ts";
import { parseStatements } from "./statements.ts";
import { wordOf } from "./tree.ts";

/** A construct of Spark 4, and how both versions have it. */
export interface Newer extends Extent {
  readonly construct: string;
  readonly help: string;
}

type IsAt = (token: Token, previous: Token | undefined, next: Token | undefined) => boolean;

const NEWER: readonly (readonly [construct: string, help: string, isAt: IsAt])[] = [
  ["`a::type`", "write `CAST(a AS type)`", ({ kind, text }) => kind === "symbol" && text === "::"],
  ["pipes (`|>`)", "write a query in brackets for each step", ({ kind, text }) => kind === "symbol" && text === "|>"],
  ["`<<`", "write `shiftleft(…)`", ({ kind, text }) => kind === "symbol" && text === "<<"],
  [
    "`* EXCEPT (…)`",
    "name the columns",
    (token, previous, next) => token.upper === "EXCEPT" && previous?.text === "*" && next?.text === "(",
  ],
  ["`TIME '…'`", "write a text, or a TIMESTAMP", (token, _, next) => token.upper === "TIME" && next?.kind === "text"],
  [
    "`COLLATE`",
    "compare `lower(…)` of both sides",
    (token, previous, next) =>
      token.upper === "COLLATE" &&
      token.kind === "word" &&
      endsOperand(previous) &&
      next?.kind === "word" &&
      !/^(FROM|AS)$/.test(next.upper),
  ],
];

/** The first of them in a text; undefined: none. */
export function newerThanSpark35(sql: string): Newer | undefined {
  const { tokens } = lex(sql);
  for (const [at, token] of tokens.entries()) {
    const found = NEWER.find(([, , isAt]) => isAt(token, tokens[at - 1], tokens[at + 1]));
    if (found) return { construct: found[0], help: found[1], offset: token.start, length: token.end - token.start };
  }
  return newFunction(tokens);
}

function newFunction(tokens: readonly Token[]): Newer | undefined {
  // Most texts need no tree.
  if (!tokens.some((token, at) => tokens[at + 1]?.text === "(" && isNewFunction(wordOf(token)))) return undefined;
  const [found] = parseStatements(tokens)
    .trees.flatMap(functionsIn)
    .filter(({ name }) => isNewFunction(name))
    .sort((a, b) => a.offset - b.offset);
  if (found === undefined) return undefined;
  const { name, ...extent } = found;
  const call = OLDER[name.toLowerCase()];
  return { construct: `\`${name}\``, help: call ? `write \`${call}\`` : "use a function of Spark 3.5", ...extent };
}
