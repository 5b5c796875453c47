/** How a user's shell calls this installation's `strata`. */

import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { HOME } from "../setup/node.mjs";

const BIN = join(HOME, "bin", "strata.mjs");
/** npm adds such folders to the PATH of its child processes; the user's shell does not have them. */
const NPMS = join("node_modules", ".bin");

/**
 * The first words of a command to copy: with npx if this process was started with it, by name if the PATH has it, else by
 * path.
 */
export function calling(env: NodeJS.ProcessEnv = process.env): string[] {
  if (env.npm_command === "exec") return ["npx", "--no", "strata"];
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "" && !folder.endsWith(NPMS));
  const [strata] = folders.flatMap((folder) => executable(join(folder, "strata")) ?? []);
  if (strata !== undefined && (strata === BIN || !strata.endsWith(".mjs"))) return ["strata"];
  return [folders.some((folder) => executable(join(folder, "node"))) ? "node" : process.execPath, BIN];
}

/** The file that a shell would start, with links resolved; undefined if there is none. */
function executable(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() ? realpathSync(path) : undefined;
  } catch {
    return undefined;
  }
}
