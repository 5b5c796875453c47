/**
 * What Spark reads, the parser (0.12.1) does not, and nobody rewrites: a query that has it is not analyzed, which is a note and no error.
 *
 * `npm run truth` tells what is missing here. An error in front of the construct is none of it, and stays one.
 */

import type { Extent } from "./extent.ts";
import type { SqlFacts } from "./facts.ts";
import { closingOf, endsOperand } from "./grammar.ts";
import type { Token } from "./lexer.ts";

/** One construct: its name for users, and where a query has it. */
interface Gap {
  readonly construct: string;
  readonly isAt: (tokens: readonly Token[], at: number) => boolean;
}

const GAPS: readonly Gap[] = [
  { construct: "pipes (`|>`)", isAt: (tokens, at) => tokens[at]?.text === "|>" },
  {
    construct: "`IDENTIFIER(…)`",
    isAt: (tokens, at) => /^`?IDENTIFIER`?$/.test(tokens[at]?.upper ?? "") && tokens[at + 1]?.text === "(",
  },
  {
    construct: "`PIVOT`",
    isAt: (tokens, at) => /^(UN)?PIVOT$/.test(tokens[at]?.upper ?? "") && tokens[at + 1]?.text === "(",
  },
  {
    construct: "`map[…]` of a column called `map`",
    isAt: (tokens, at) => /^`?MAP`?$/i.test(tokens[at]?.text ?? "") && tokens[at + 1]?.text === "[",
  },
  {
    construct: "a path into JSON (`a:b`)",
    isAt: (tokens, at) =>
      tokens[at]?.text === ":" && endsOperand(tokens[at - 1]) && tokens[at - 1]?.end === tokens[at]?.start,
  },
  {
    construct: "`DISTINCT` of several arguments",
    isAt: (tokens, at) => {
      if (tokens[at]?.upper !== "DISTINCT" || tokens[at - 1]?.text !== "(" || tokens[at - 2]?.kind !== "word")
        return false;
      return tokens.slice(at, closingOf(tokens, at - 1)).some(({ text }) => text === ",");
    },
  },
];

/** The first construct of the list that can be what the parser stopped at; undefined: the text is wrong. */
export function gapBehind(
  error: Extent & { readonly message: string },
  tokens: readonly Token[],
): SqlFacts["notAnalyzed"] {
  const [first] = tokens;
  if (/E_GUARD_|parser gave up|WASM parse failed/.test(error.message) && first) {
    return { construct: "nesting this deep", offset: first.start, length: first.end - first.start };
  }
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as Token;
    if (token.start >= error.offset + error.length) return undefined;
    const gap = GAPS.find(({ isAt }) => isAt(tokens, at));
    if (gap) return { construct: gap.construct, offset: token.start, length: token.end - token.start };
  }
  return undefined;
}
