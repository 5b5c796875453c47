/** Text for a terminal: what cannot steer it, how wide it is, columns that line up. */

import stringWidth from "string-width";

/** A text whose control characters, and marks that turn the direction of writing, are shown as `\uXXXX`: a name must not steer the terminal. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Columns of a terminal that a text takes: wide characters of East Asia and emoji take two, combining marks none. */
export function widthOf(text: string): number {
  // Most text is ASCII, of which string-width takes every grapheme for itself.
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);
}

/**
 * Rows whose cells line up, two spaces between them, without spaces at the end.
 *
 * @param isRight true for columns that line up at their right side, such as numbers; default: none
 * @param hasRule true for a line of `-` below the first row; default: false
 */
export function lineUp(
  rows: readonly (readonly string[])[],
  isRight: (column: number) => boolean = () => false,
  hasRule = false,
): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, widthOf(cell));
  const all = hasRule
    ? rows.toSpliced(
        1,
        0,
        widths.map((width) => "-".repeat(width)),
      )
    : rows;
  return all.map((row) =>
    row
      .map((cell, index) => {
        const fill = " ".repeat((widths[index] ?? 0) - widthOf(cell));
        return isRight(index) ? fill + cell : cell + fill;
      })
      .join("  ")
      .trimEnd(),
  );
}
