/** `strata import`: copies an existing pipeline into the root unchanged, then checks it. */

import { randomUUID } from "node:crypto";
import { copyFile, mkdir, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { printable } from "../compiler/show/text.ts";
import { findForeign, notFollowed } from "../loading/foreign.ts";
import { PIPELINES_FOLDER } from "../loading/load.ts";
import { NoFile, readBytes } from "../loading/read-file.ts";
import { check } from "./check.ts";
import { CommandError, usageError } from "./exit.ts";
import { type RootOptions, rootOf } from "./root.ts";

/** Copies `SOURCE` as pipeline `NAME`; refuses before it writes, and removes what it wrote if it cannot finish. */
export async function importPipeline(source: string, name: string | undefined, options: RootOptions): Promise<number> {
  const root = rootOf(options);
  const folder = resolve(source);
  if (!(await stat(folder).catch(() => undefined))?.isDirectory())
    throw usageError(`\`${source}\` is not a folder`, "name the folder with the two JSON files and the SQL");
  const foreign = await findForeign(folder);
  if ("problem" in foreign) throw new CommandError(foreign.problem, foreign.help);
  await refuseOwn(foreign.files, root);
  const pipeline = name ?? foreign.name;
  if (!/^[^/\\\p{Cc}]+$/u.test(pipeline) || pipeline.startsWith("."))
    throw usageError(`\`${pipeline}\` is not a valid pipeline name`, "give a name without `/` as the second argument");
  const copies = foreign.files.map(({ from, to }) => ({
    from,
    to: join(
      root,
      to.replace("<pipeline>", () => pipeline),
    ),
  }));
  await refuseConflicts(copies, root, pipeline);
  await copyAll(copies);
  process.stderr.write(`imported ${copies.length} files as pipeline ${pipeline}\n`);
  for (const missing of foreign.missing) process.stderr.write(`not found in the source: ${printable(missing)}\n`);
  if (foreign.missing.length > 0 && foreign.links.length > 0)
    process.stderr.write(`  help: ${printable(notFollowed(foreign.links))}\n`);
  return check([pipeline], { ...options, root, format: "text" });
}

interface Copy {
  readonly from: string;
  readonly to: string;
}

/** A copy of a pipeline in the same root would write the same targets. */
async function refuseOwn(files: readonly Copy[], root: string): Promise<void> {
  const own = await realpath(join(root, PIPELINES_FOLDER)).catch(() => undefined);
  if (own === undefined) return;
  for (const { from } of files) {
    const name = relative(own, dirname(await realpath(from)));
    if (!isAbsolute(name) && name.split(sep)[0] !== "..")
      throw new CommandError(
        `\`${PIPELINES_FOLDER}/${name}\` is already a pipeline of this root`,
        "name a folder outside the root; to use a pipeline as a template, copy its files and give the datasets other targets",
      );
  }
}

async function refuseConflicts(copies: readonly Copy[], root: string, pipeline: string): Promise<void> {
  if (await stat(join(root, "pipelines", pipeline)).catch(() => undefined)) {
    throw new CommandError(
      `pipeline \`${pipeline}\` exists`,
      "give another name as the second argument, or remove the folder first",
    );
  }
  for (const { from, to } of copies) {
    const there = await readBytes(to).catch((problem) => (problem instanceof NoFile ? Buffer.of() : undefined));
    if (there !== undefined && !there.equals(await readBytes(from))) {
      throw new CommandError(
        `\`${relative(root, to)}\` exists with different content`,
        "move one of the two files; nothing was copied",
      );
    }
  }
}

async function copyAll(copies: readonly Copy[]): Promise<void> {
  const made: string[] = [];
  try {
    // A pipeline's own files last: without them an interrupted import is invisible.
    for (const { from, to } of copies.toReversed()) {
      const folder = await mkdir(dirname(to), { recursive: true });
      if (folder !== undefined) made.push(folder);
      if (await stat(to).catch(() => undefined)) continue;
      const aside = join(dirname(to), `.${randomUUID()}.tmp`);
      made.push(aside, to);
      await copyFile(from, aside);
      await rename(aside, to);
    }
  } catch (problem) {
    for (const path of made) await rm(path, { force: true, recursive: true });
    throw problem;
  }
}
