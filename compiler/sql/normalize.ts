/** SQL without what does not change its meaning, so that a reformatted query compares equal. */

/** Strings, quoted names, hints, comments, white space, then anything else; one alternative matches at every place. */
const PIECES =
  /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`|\/\*\+|--[^\r\n]*|\/\*(?!\+)|\s+|[\p{L}\p{N}_$]+|./gsu;

/** One space between words, none elsewhere; no comments (hints stay); lower case outside quotes; no closing `;`. */
export function normalizeSql(sql: string): string {
  const pieces: string[] = [];
  const scanner = new RegExp(PIECES);
  for (let match = scanner.exec(sql); match !== null; match = scanner.exec(sql)) {
    const piece = match[0];
    if (piece === "/*") scanner.lastIndex = endOfComment(sql, scanner.lastIndex);
    else if (!/^\s/.test(piece) && !piece.startsWith("--"))
      pieces.push(/^['"`]/.test(piece) ? piece : piece.toLowerCase());
  }
  while (pieces.at(-1) === ";") pieces.pop();
  return pieces.join(" ");
}

/** Comments nest in Spark SQL. */
function endOfComment(sql: string, start: number): number {
  let depth = 1;
  let at = start;
  while (depth > 0 && at < sql.length) {
    if (sql.startsWith("/*", at)) depth += 1;
    else if (sql.startsWith("*/", at)) depth -= 1;
    else {
      at += 1;
      continue;
    }
    at += 2;
  }
  return at;
}
