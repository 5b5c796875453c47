/** What git knows: the root at a ref, the difference of two texts. */

import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
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

/** A file before and after a change. */
export interface Changed {
  /** Relative, with `/`. */
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

/** A unified diff of files, as `git apply` takes it; empty without a change. */
export async function unifiedDiff(files: readonly Changed[]): Promise<string> {
  const folder = await scratchFolder("strata-diff-");
  try {
    for (const { path, from, to } of files)
      for (const [side, text] of [
        ["a", from],
        ["b", to],
      ] as const) {
        await mkdir(dirname(join(folder, side, path)), { recursive: true });
        await writeFile(join(folder, side, path), text);
      }
    return files.length === 0 ? "" : await diffFolders(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Exit code 1 means that there is a difference. The user's own settings of git would change the form. */
async function diffFolders(folder: string): Promise<string> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  const env = { ...Object.fromEntries(own), GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  const plain = ["--no-index", "--no-prefix", "--no-ext-diff", "--no-textconv", "--no-color", "--text"];
  return run("git", ["diff", ...plain, "a", "b"], { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 }).then(
    ({ stdout }) => stdout,
    (problem: { readonly code?: number | string; readonly stdout?: string }) => {
      if (problem.code === 1) return problem.stdout ?? "";
      if (problem.code === "ENOENT") throw new CommandError("git is not installed", "install git, or omit --dry-run");
      throw problem;
    },
  );
}
