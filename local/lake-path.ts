/** Which characters a lake's path may not have. */

/** What is wrong with the path of a folder that engines read and write; undefined if nothing is. */
export function lakePathProblem(path: string): string | undefined {
  const [pattern] = /[*?[\]{}\\]/.exec(path) ?? [];
  if (pattern !== undefined) return `has \`${pattern}\`: engines read any of \`* ? [ ] { } \\\` in a path as a pattern`;
  if (/\p{Cc}/u.test(path)) return "has a control character, which engines refuse in a path";
  // Node puts U+FFFD for bytes that are not UTF-8, and would use another folder.
  if (path.includes("\u{fffd}")) return "has bytes that are not UTF-8";
  return undefined;
}
