/** Offsets → places. */

import type { Place, Position, Range } from "../diagnostics.ts";

/** A text with its name, which converts offsets to places and positions to offsets. */
export interface LocatedText {
  readonly path: string;
  readonly text: string;
  /** Offset (UTF-16 units) and length → place; an offset behind the end is the end. */
  place(offset: number, length?: number): Place;
  /** Any number of lines. */
  range(offset: number, length: number): Range;
  /** Undefined for a position that the text does not have. */
  offset(position: Position): number | undefined;
}

/** Finds line starts once, when one is asked for; `\n`, `\r\n` and `\r` end a line. */
export function locate(path: string, text: string): LocatedText {
  let known: number[] | undefined;
  const startsOf = () => {
    known ??= [0, ...Array.from(text.matchAll(/\r\n|\n|\r/g), (match) => match.index + match[0].length)];
    return known;
  };
  const place = (offset: number, length = 1): Place => {
    const at = Math.max(0, Math.min(offset, text.length));
    const starts = startsOf();
    const line = lineOf(starts, at);
    return Object.freeze({
      file: path,
      line: line + 1,
      column: at - (starts[line] ?? 0) + 1,
      length: Math.max(1, length),
    });
  };
  const position = (offset: number): Position => {
    const { line, column } = place(offset);
    return { line, column };
  };
  return {
    path,
    text,
    place,
    range: (offset, length) => ({ start: position(offset), end: position(offset + length) }),
    offset: ({ line, column }) => {
      const [start, next = text.length + 1] = startsOf().slice(line - 1, line + 1);
      const at = (start ?? text.length) + column - 1;
      return start === undefined || line < 1 || column < 1 || at >= next ? undefined : at;
    },
  };
}

/** A piece of a text, from one offset to another, and what replaces it. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with pieces replaced, in any order; of two at one place the first comes first. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let rest = 0;
  const parts = splices
    .toSorted((a, b) => a.start - b.start)
    .flatMap(({ start, end, text: own }) => {
      const before = text.slice(rest, start);
      rest = Math.max(rest, end);
      return [before, own];
    });
  return [...parts, text.slice(rest)].join("");
}

/** Index of the last start that is not behind the offset. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
