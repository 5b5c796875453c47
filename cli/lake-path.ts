/** Valid paths of a lake: a path that an engine would interpret differently from the file system is refused. */

import { existsSync, lstatSync } from "node:fs";
import { dirname } from "node:path";
import { lakePathProblem } from "../local/lake-path.ts";
import { usageError } from "./exit.ts";

const REMEDY = "name another folder with --lake";

/** Throws a usage error for a lake whose path no engine can use, or with a broken link. `real`: the path with links resolved. */
export function refuseLakePath(lake: string, real: string): void {
  const problem = lakePathProblem(lake) ?? lakePathProblem(real);
  if (problem !== undefined) throw usageError(`the path of the lake \`${lake}\` ${problem}`, REMEDY);
  const link = danglingLink(lake);
  if (link !== undefined) throw usageError(`\`${link}\` is a broken link`, `create its folder, or ${REMEDY}`);
}

/** The longest existing part of a path if it is a broken link, else undefined. */
function danglingLink(path: string): string | undefined {
  if (existsSync(path) || path === dirname(path)) return undefined;
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? path : danglingLink(dirname(path));
}
