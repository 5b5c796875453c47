/** What looks for mistakes in tokens: each finder knows one kind and answers the first place. */

import type { SyntaxMistake } from "./facts.ts";
import type { Token } from "./lexer.ts";

/** What is around a token: the function whose brackets it is in, and whether a SELECT or FROM began in those brackets. */
export interface Around {
  readonly call: string;
  readonly isQuery: boolean;
}

export type Find = (tokens: readonly Token[]) => SyntaxMistake | undefined;

/** `instead`: what the help says to write in place of all tokens from the first to the last. */
export const mistake = (from: Token, to: Token, message: string, help: string, instead?: string): SyntaxMistake => ({
  offset: from.start,
  length: to.end - from.start,
  message,
  help,
  ...(instead !== undefined && { instead }),
});

/** As much of a text as a message shows. */
export const short = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** A finder for the first token for which `look` answers a mistake. */
export const each =
  (look: (tokens: readonly Token[], at: number) => SyntaxMistake | undefined): Find =>
  (tokens) => {
    for (let at = 0; at < tokens.length; at += 1) {
      const found = look(tokens, at);
      if (found) return found;
    }
    return undefined;
  };

/** What is around each token. */
export function aroundOf(tokens: readonly Token[]): Around[] {
  const open: Around[] = [{ call: "", isQuery: true }];
  return tokens.map((token, at) => {
    const now = open.at(-1) ?? { call: "", isQuery: true };
    if (token.text === "(") {
      const name = tokens[at - 1];
      const first = tokens[at + 1]?.upper ?? "";
      open.push({ call: name?.kind === "word" ? name.upper : "", isQuery: /^(SELECT|FROM|WITH)$/.test(first) });
    } else if (token.text === ")" && open.length > 1) open.pop();
    else if (token.upper === "SELECT" && token.kind === "word") open[open.length - 1] = { ...now, isQuery: true };
    return now;
  });
}
