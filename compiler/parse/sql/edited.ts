/** A text after edits, as an engine gets it, and the way back to what its author wrote. */

import type { Extent } from "./extent.ts";
import type { SqlEdit } from "./facts.ts";

/** An edited text. */
export interface EditedSql {
  readonly text: string;
  /** The extent of the author's text that an extent of this text is of; an edit is one piece. */
  readonly written: (extent: Extent) => Extent;
}

/** Applies edits that are in order and do not overlap. */
export function editedSql(sql: string, edits: readonly SqlEdit[]): EditedSql {
  let [text, at] = ["", 0];
  // Where each edit is in the new text, and what it was.
  const pieces = edits.map((edit) => {
    text += sql.slice(at, edit.offset);
    const start = text.length;
    text += edit.text;
    at = edit.offset + edit.length;
    return { start, end: text.length, from: edit.offset, to: at };
  });
  const back = (offset: number, isEnd: boolean) => {
    const piece = pieces.findLast(({ start }) => (isEnd ? start < offset : start <= offset));
    if (piece === undefined) return offset;
    if (offset < piece.end) return isEnd ? piece.to : piece.from;
    return offset - piece.end + piece.to;
  };
  return {
    text: text + sql.slice(at),
    written: ({ offset, length }) => {
      const start = back(offset, false);
      return { offset: start, length: Math.max(0, back(offset + length, true) - start) };
    },
  };
}
