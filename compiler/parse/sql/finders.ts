/** What looks for mistakes in tokens: each finder knows one kind and answers the first place. */

import type { SyntaxMistake } from "./facts.ts";
import type { Token } from "./lexer.ts";

/** What is around a token: the function whose brackets it is in, and whether a SELECT or FROM began in those brackets. */
export interface Around {
  readonly call: string;
  readonly isQuery: boolean;
}

export type Find = (tokens: readonly Token[], around: readonly Around[]) => SyntaxMistake | undefined;

export const mistake = (from: Token, to: Token, message: string, help: string): SyntaxMistake => ({
  offset: from.start,
  length: to.end - from.start,
  message,
  help,
});

/** As much of a text as a message shows. */
export const short = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** A finder for the first token for which `look` answers a mistake. */
export const each =
  (look: (tokens: readonly Token[], at: number, around: Around) => SyntaxMistake | undefined): Find =>
  (tokens, around) => {
    for (let at = 0; at < tokens.length; at += 1) {
      const found = look(tokens, at, around[at] as Around);
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

/** What is written, as words and signs with blanks between (`''` for any text), and what to say of it. */
export type Phrase = readonly [written: RegExp, ...said: string[]];

/** The phrase that begins at a token, the text that it is of, and how many of the tokens are in it. */
export function phraseAt<Of extends Phrase>(
  tokens: readonly Token[],
  at: number,
  phrases: readonly Of[],
): { readonly phrase: Of; readonly text: string; readonly count: number } | undefined {
  const shown = tokens.slice(at, at + 4).map(({ kind, upper }) => (kind === "text" ? "''" : upper));
  const text = shown.join(" ");
  const phrase = phrases.find(([written]) => written.test(text));
  if (phrase === undefined) return undefined;
  return { phrase, text, count: phrase[0].exec(text)?.[0].trim().split(" ").length ?? 1 };
}
