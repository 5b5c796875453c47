/** SQL without what does not change its meaning, so that a reformatted query compares equal. */

import { lex } from "./lexer.ts";

/** One space between tokens; no comments (hints stay); words in lower case, outside quotes; no closing `;`. */
export function normalizeSql(sql: string): string {
  const pieces = lex(sql).tokens.map(({ kind, text }) =>
    kind === "text" || kind === "quoted" ? text : text.toLowerCase(),
  );
  while (pieces.at(-1) === ";") pieces.pop();
  return pieces.join(" ");
}
