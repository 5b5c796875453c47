/** The root at a git ref. */

import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type LoadedRoot, loadRoot } from "../loading/load.ts";
import { scratchFolder } from "../local/scratch.ts";
import { CommandError, usageError } from "./exit.ts";

const run = promisify(execFile);

/** Loads `pipelines/` and `sql/` of a root from a ref; undefined if it had no pipelines then. */
export async function loadAtRef(root: string, ref: string): Promise<LoadedRoot | undefined> {
  const commit = await git(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]).catch(
    (problem) => {
      if ((problem as NodeJS.ErrnoException).code === "ENOENT")
        throw new CommandError("git is not installed", "install git, or omit --diff");
      throw usageError(
        `git has no commit \`${ref}\` in \`${root}\``,
        "give a branch, a tag or a commit; in a shallow clone, fetch it first",
      );
    },
  );
  const listed = await git(root, ["ls-tree", "--name-only", commit.trim(), "pipelines", "sql"]);
  const folders = listed.split("\n").filter((name) => name !== "");
  if (!folders.includes("pipelines")) return undefined;
  const folder = await scratchFolder("strata-diff-");
  try {
    const archive = join(folder, "root.tar");
    await git(root, ["archive", "--format=tar", `--output=${archive}`, commit.trim(), ...folders]);
    await run("tar", ["-xf", archive, "-C", folder]);
    return await loadRoot(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function git(root: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run("git", ["-C", root, ...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
