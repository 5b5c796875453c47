/** The text that the parser sees, made of tokens, and the way back from its places to the author's. */

import type { Extent } from "./extent.ts";
import type { Token } from "./lexer.ts";

/** A text for the parser. */
export interface ParserText {
  readonly text: string;
  /** The author's place of a stretch of `text`, which the parser counts in code points. */
  readonly place: (start: number, end: number) => Extent;
}

/** Joins tokens, with one space where the author had blanks or comments. */
export function parserText(tokens: readonly Token[]): ParserText {
  const starts: number[] = [];
  const ends: number[] = [];
  const parts: string[] = [];
  const add = (text: string, start: number, end: number, isOwn: boolean) => {
    let unit = 0;
    for (const character of text) {
      starts.push(isOwn ? start + unit : start);
      unit += character.length;
      ends.push(isOwn ? start + unit : end);
    }
    parts.push(text);
  };
  let last: number | undefined;
  for (const { text, start, end } of tokens) {
    const isOwn = end - start === text.length;
    if (last !== undefined && (start !== last || !isOwn)) add(" ", last, Math.max(start, last), false);
    add(text, start, end, isOwn);
    last = isOwn ? end : -1;
  }
  const size = last === undefined ? 0 : (tokens.at(-1)?.end ?? 0);
  const place = (start: number, end: number): Extent => {
    const offset = starts[start] ?? size;
    return { offset, length: Math.max((ends[Math.max(end, start + 1) - 1] ?? offset) - offset, 1) };
  };
  return { text: parts.join(""), place };
}
