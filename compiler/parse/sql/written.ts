/** Tokens that the parser gets in the place of the author's. */

import type { Token } from "./lexer.ts";

/** Writes the tokens from `at` on to `out`, and answers where to go on; undefined where there is nothing to replace. */
export type Rewrite = (tokens: readonly Token[], at: number, out: Token[]) => number | undefined;

/** A token with another text at the place of one of the author's. */
export const instead = (token: Token, text: string): Token => ({ ...token, kind: "word", text, upper: text });

/** An insertion before a token. */
export const before = (token: Token, text: string): Token => ({ ...instead(token, text), end: token.start });

/** Puts a word into backticks, so that the parser takes it for a name. */
export const quoted = (token: Token): Token => ({
  ...token,
  kind: "quoted",
  text: `\`${token.text}\``,
  upper: `\`${token.text}\``,
});
