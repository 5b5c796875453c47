/** Offsets → places. */

import type { Place } from "../diagnostics.ts";

/** A text with its name, which converts offsets to places. */
export interface LocatedText {
  readonly path: string;
  readonly text: string;
  /** Offset (UTF-16 units) and length → place; an offset behind the end is the end. */
  place(offset: number, length?: number): Place;
}

/** Finds line starts once; `\n`, `\r\n` and `\r` end a line. */
export function locate(path: string, text: string): LocatedText {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  const place = (offset: number, length = 1): Place => {
    const at = Math.max(0, Math.min(offset, text.length));
    const line = lineOf(starts, at);
    return Object.freeze({
      file: path,
      line: line + 1,
      column: at - (starts[line] ?? 0) + 1,
      length: Math.max(1, length),
    });
  };
  return { path, text, place };
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
