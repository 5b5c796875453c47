/** Paths of a lake: which characters they may not have, and where a location is. */

import { join } from "node:path";
import { UserError } from "./user-error.ts";

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

/**
 * Folder of a location: `s3://<bucket>/<prefix>/` is `<lake>/<bucket>/<prefix>/`. Throws `UserError` for what names no
 * folder inside the lake (glue/strata_glue/store/local.py does likewise). A bucket's folder may be a link of the user's.
 */
export function folderOf(lake: string, location: string): string {
  const segments = location.startsWith("s3://") ? location.slice("s3://".length).replace(/\/$/, "").split("/") : [""];
  if (segments[0] === ".strata" || segments.some((each) => /^(\.{0,2}|.*\0.*)$/s.test(each)))
    throw new UserError(
      `the location ${JSON.stringify(location)} is not a folder inside the lake`,
      "locations are `s3://bucket/prefix/`, without empty parts, `.` and `..`",
    );
  return join(lake, ...segments);
}
