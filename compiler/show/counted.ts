/** Numbers for people: with separators of thousands, and the noun in its number. */

/** "1 table", "2,000 tables". */
export function counted(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? noun : plural}`;
}
