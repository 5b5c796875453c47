/** Numbers for people: with separators of thousands, and the noun in its number. */

/** "1 table", "2,000 tables". */
export function counted(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}
