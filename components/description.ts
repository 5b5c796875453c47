/** Descriptions: an author's text, cut to what AWS takes. */

/**
 * A text without control characters and lone surrogates, cut between characters.
 *
 * @param text any text
 * @param most its length in bytes of UTF-8, as Glue counts it; services that count characters take no less
 */
export function described(text: string, most: number): string {
  let size = 0;
  let result = "";
  for (const char of text.replace(/\p{Cc}/gu, " ").toWellFormed()) {
    size += Buffer.byteLength(char);
    if (size > most) break;
    result += char;
  }
  return result;
}
