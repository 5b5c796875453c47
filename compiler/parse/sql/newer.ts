/** What Spark 4 reads of SQL and Spark 3.5 (Glue 5.1) refuses, as far as tokens show it for sure. */

import type { Extent } from "./extent.ts";
import { endsOperand } from "./grammar.ts";
import { lex, type Token } from "./lexer.ts";

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
  return undefined;
}
