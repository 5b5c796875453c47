/** Characters that a lake's path must not contain. */

/** The problem of a folder's path for engines, or undefined. */
export function lakePathProblem(path: string): string | undefined {
  const [pattern] = /[*?[\]{}\\]/.exec(path) ?? [];
  if (pattern !== undefined)
    return `contains \`${pattern}\`: engines treat any of \`* ? [ ] { } \\\` in a path as a pattern`;
  if (/\p{Cc}/u.test(path)) return "contains a control character, which engines reject in a path";
  // Node replaces bytes that are not UTF-8 with U+FFFD, and would use another folder.
  if (path.includes("\u{fffd}")) return "contains bytes that are not UTF-8";
  return undefined;
}
