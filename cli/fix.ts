/** `strata check --fix`: applies safe fixes to files, or shows them as a unified diff. */

import { open, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { type FixedRoot, fixRoot } from "../compiler/fix-root.ts";
import { counted } from "../compiler/show/counted.ts";
import { printable } from "../compiler/show/text.ts";
import { compileRoot, type LoadedRoot } from "../loading/load.ts";
import { openWithoutWaiting } from "../loading/read-file.ts";
import { replaceWhole, type Whole } from "../loading/write-whole.ts";
import { systemProblem } from "../local/system-problem.ts";
import { CommandError } from "./exit.ts";
import { type Changed, unifiedDiff } from "./git.ts";

/** A root after its fixes, on disk or only in memory. */
export interface FixResult extends Pick<FixedRoot, "fixed" | "refused"> {
  readonly loaded: LoadedRoot;
  /** Unified diff of the changes that are not written; empty if there are none. */
  readonly diff: string;
}

/**
 * Applies the safe fixes of the chosen pipelines. Writes all files or none; refuses one that has changed since it was read.
 *
 * @param isDryRun writes nothing
 */
export async function fixFiles(
  root: string,
  before: LoadedRoot,
  isChosen: (pipeline: string) => boolean,
  isDryRun: boolean,
): Promise<FixResult> {
  const { input, texts, fixed, refused } = fixRoot(before, isChosen);
  const changes = await Promise.all(
    [...texts].map(([path, text]) => readChange(root, path, before.textOf(path) ?? "", text)),
  );
  if (!isDryRun) await write(changes);
  const diff = isDryRun ? await unifiedDiff(changes) : "";
  const loaded = texts.size === 0 ? before : compileRoot(input, before.problems);
  return { loaded, fixed, refused, diff };
}

/** One changed file, with its byte order mark. */
interface Change extends Changed, Pick<Whole, "mode"> {
  /** Links resolved. */
  readonly real: string;
}

async function readChange(root: string, path: string, from: string, to: string): Promise<Change> {
  const real = await realpath(join(root, path)).catch(() => undefined);
  if (real === undefined || !real.startsWith(`${await realpath(root)}${sep}`)) throw changed(path);
  const file = await openWithoutWaiting(real).catch(() => undefined);
  if (file === undefined) throw changed(path);
  try {
    const { mode } = await file.stat();
    const text = await file.readFile("utf8");
    const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
    if (text !== mark + from) throw changed(path);
    return { path, real, mode: mode & 0o7777, from: text, to: mark + to };
  } finally {
    await file.close();
  }
}

function changed(path: string): CommandError {
  return new CommandError(`\`${path}\` changed while it was checked; nothing was written`, "run the command again");
}

async function write(changes: readonly Change[]): Promise<void> {
  const paths = new Map<string, string>();
  for (const { path, real, mode } of changes) {
    const other = paths.get(real);
    if (other !== undefined) throw sameFile(path, other);
    paths.set(real, path);
    if (!(await isWritable(real, mode))) throw readOnly(path);
  }
  await replaceWhole(changes.map(({ real, to, mode }) => ({ path: real, bytes: Buffer.from(to, "utf8"), mode }))).catch(
    (problem) => {
      const why = systemProblem(problem);
      if (why === undefined) throw problem;
      throw new CommandError(`the fixes cannot be written: ${why}`, "`strata check --fix --dry-run` shows them");
    },
  );
}

/** The administrator may write any file; the mode says what its owner wants. */
async function isWritable(path: string, mode: number): Promise<boolean> {
  if ((mode & 0o222) === 0) return false;
  const file = await open(path, "r+").catch(() => undefined);
  await file?.close();
  return file !== undefined;
}

/** The edits of one would be lost. */
function sameFile(path: string, other: string): CommandError {
  return new CommandError(
    `\`${path}\` and \`${other}\` are one file; nothing was written`,
    "replace the link by a `sql_file` that names the file itself, or fix it by hand: `--dry-run` shows how",
  );
}

function readOnly(path: string): CommandError {
  return new CommandError(
    `\`${path}\` is read-only; nothing was written`,
    "make it writable, or see the fixes with `strata check --fix --dry-run`",
  );
}

/** A diff for a stream: on a terminal what would steer it is shown, elsewhere it is as it is, so that `git apply` takes it. */
export function showDiff(diff: string, stream: NodeJS.WriteStream): string {
  if (!stream.isTTY) return diff;
  const shown = (line: string) => line.replace(/\r$/, "").split("\t").map(printable).join("\t");
  return diff.split("\n").map(shown).join("\n");
}

/** What was fixed, a line each; then what was not. */
export function renderFixed({ fixed, refused }: Pick<FixedRoot, "fixed" | "refused">): string {
  const line = ({ diagnostic: { code, file, line, column }, fix }: FixedRoot["fixed"][number]) =>
    `${file}:${line}:${column}: ${code}: ${fix.title}`;
  const lines = [
    ...fixed.map((each) => `fixed ${line(each)}`),
    ...refused.map((each) => `not fixed, since it brings an error: ${line(each)}`),
  ];
  return lines.map((each) => `${printable(each)}\n`).join("");
}

/** "2 fixes in 1 file". */
export function countFixes({ fixed }: Pick<FixedRoot, "fixed">): string {
  const files = new Set(fixed.flatMap(({ fix }) => fix.edits.map(({ file }) => file)));
  return `${counted(fixed.length, "fix", "fixes")} in ${counted(files.size, "file")}`;
}
