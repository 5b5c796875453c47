/** Which paths a lake may have: whatever an engine reads in another way than the file system is refused before it starts. */

import { existsSync, lstatSync } from "node:fs";
import { dirname } from "node:path";
import { lakePathProblem } from "../local/lake-path.ts";
import { usageError } from "./exit.ts";

const REMEDY = "name another folder with --lake";

/** Throws a usage error for a lake whose path no engine can use, or where a link leads nowhere. `real`: the path without links. */
export function refuseLakePath(lake: string, real: string): void {
  const problem = lakePathProblem(lake) ?? lakePathProblem(real);
  if (problem !== undefined) throw usageError(`the path of the lake \`${lake}\` ${problem}`, REMEDY);
  const link = danglingLink(lake);
  if (link !== undefined) throw usageError(`\`${link}\` is a link that leads nowhere`, `make its folder, or ${REMEDY}`);
}

/** The first part of a path, from its end, that is there; undefined unless it is a link to what is not. */
function danglingLink(path: string): string | undefined {
  if (existsSync(path) || path === dirname(path)) return undefined;
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? path : danglingLink(dirname(path));
}
