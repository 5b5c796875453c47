/** Descriptions: an author's text, truncated to AWS's limit. */

/**
 * A text without control characters and lone surrogates, truncated between characters.
 *
 * @param text any text
 * @param most its length in bytes of UTF-8, as Glue counts it; services that count characters have no lower limit
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
