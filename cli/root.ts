/** Shared by the commands: the root, its pipelines, and the output of diagnostics. */

import { realpathSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import type { CompiledPipeline } from "../compiler/compile.ts";
import { type Diagnostic, hasErrors } from "../compiler/diagnostics.ts";
import { suggest } from "../compiler/nearest.ts";
import { type Plan, stagedDatasets } from "../compiler/plan/types.ts";
import { countDiagnostics, type Palette, PLAIN, renderDiagnostics } from "../compiler/show/render.ts";
import { printable } from "../compiler/show/text.ts";
import { type LoadedRoot, type LoadOptions, loadRoot, PIPELINES_FOLDER, SQL_FOLDER } from "../loading/load.ts";
import { folderOf } from "../local/lake-path.ts";
import { coloursOf } from "../local/report/terminal.ts";
import { CommandError, EXIT, usageError } from "./exit.ts";
import { refuseLakePath } from "./lake-path.ts";

/** Options that name a root and a lake. */
export interface RootOptions {
  readonly root?: string;
  readonly lake?: string;
}

/**
 * The root as an absolute path: `--root`, else the nearest folder at or above the current one with `pipelines/` and `sql/`.
 * Never this installation's own, unless it is that folder.
 */
export function rootOf(options: RootOptions): string {
  if (options.root !== undefined) return legible(resolve(currentFolder(options.root), options.root));
  const here = legible(currentFolder("."));
  for (let folder = here; ; folder = dirname(folder)) {
    if (ROOT_FOLDERS.every((name) => isFolder(join(folder, name)))) return folder;
    if (folder === dirname(folder))
      throw usageError(
        `neither \`${here}\` nor a folder above it has \`${PIPELINES_FOLDER}/\` and \`${SQL_FOLDER}/\``,
        "change into a root, or name it with --root",
      );
  }
}

/** Node replaces bytes that are not UTF-8 with U+FFFD, and would use another folder. */
function legible(root: string): string {
  if (root.includes("\u{fffd}"))
    throw usageError(
      `the path of the root \`${root}\` has bytes that are not UTF-8`,
      "rename the folder, or use a UTF-8 locale",
    );
  return root;
}

const ROOT_FOLDERS = [PIPELINES_FOLDER, SQL_FOLDER];

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Base of relative paths; an absolute one needs no current folder, which may have been deleted. */
function currentFolder(path: string): string {
  // An unset variable of a script gives an empty path, which would mean the current folder.
  if (path === "") throw usageError("`--root` or `--lake` is empty", "name a folder; `.` is the current one");
  if (isAbsolute(path)) return "/";
  try {
    return process.cwd();
  } catch {
    throw usageError("the current folder no longer exists", "change into another one");
  }
}

/** Prints the command's root on stderr if it is not the current folder. */
export function announce(root: string): void {
  if (real(root) !== real(".")) process.stderr.write(`root: ${printable(root)}\n`);
}

function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

const DEFAULT_LAKE = join("/", ".strata", "lake");

/** The lake as an absolute path; default: `.strata/lake` in the root. Throws a usage error for a path that no engine can use. */
export function lakeOf(options: RootOptions): string {
  const lake =
    options.lake === undefined
      ? join(rootOf(options), DEFAULT_LAKE)
      : resolve(currentFolder(options.lake), options.lake);
  refuseLakePath(lake, realPath(lake));
  return lake;
}

/** Folder of the ledger of local runs, one per lake: next to a root's default lake, else inside the lake. */
export function stateOf(options: RootOptions): string {
  const lake = realPath(lakeOf(options));
  return lake.endsWith(DEFAULT_LAKE) ? join(dirname(lake), "state") : join(lake, ".strata", "state");
}

/** The path with links resolved, as far as it exists. */
function realPath(path: string): string {
  return real(path) ?? (path === dirname(path) ? path : join(realPath(dirname(path)), basename(path)));
}

/**
 * Refuses a lake in which a target overlaps a folder of the root's own files: the commit would replace them. Throws a usage
 * error that names both.
 */
export function refuseOwnFiles(plan: Plan, options: RootOptions): void {
  const lake = lakeOf(options);
  const own = ROOT_FOLDERS.map((name) => realPath(join(rootOf(options), name)));
  const holds = (outer: string, inner: string) => `${inner}/`.startsWith(`${outer}/`);
  for (const { name, target } of stagedDatasets(plan)) {
    if (target === undefined) continue;
    const folder = realPath(folderOf(lake, target.location));
    const met = own.find((each) => holds(each, folder) || holds(folder, each));
    if (met !== undefined)
      throw usageError(
        `in the lake \`${lake}\` the target of dataset \`${name}\` is \`${folder}\`, which overlaps your files in \`${met}\``,
        "name another folder with --lake, or omit it for `.strata/lake` in the root",
      );
  }
}

/** Loads and compiles the root. `only`: datasets that will run; undefined: all. */
export async function load(
  options: RootOptions,
  only?: readonly string[],
  memo?: LoadOptions["memo"],
): Promise<LoadedRoot> {
  const root = rootOf(options);
  const info = await stat(root).catch(() => undefined);
  const help = "name the folder with `pipelines/` and `sql/` with --root";
  if (!info?.isDirectory()) throw usageError(`\`${root}\` is not a folder`, help);
  if (!isFolder(join(root, PIPELINES_FOLDER)))
    throw usageError(`\`${root}\` has no folder \`${PIPELINES_FOLDER}\``, help);
  announce(root);
  return loadRoot(root, { only: only && new Set(only), memo });
}

/** The pipeline of that name, or the only one. */
export function choose(loaded: LoadedRoot, name: string | undefined): CompiledPipeline {
  const names = loaded.pipelines.map((pipeline) => pipeline.name);
  if (name === undefined && loaded.pipelines.length > 1) {
    throw usageError("there is more than one pipeline", `name one of: ${names.join(", ")}`);
  }
  const found = name === undefined ? loaded.pipelines[0] : loaded.pipelines.find((pipeline) => pipeline.name === name);
  if (found === undefined) throw usageError(`there is no pipeline \`${name}\``, suggest(name ?? "", names, "pipeline"));
  return found;
}

/** The plan of a pipeline; its diagnostics go to stderr, and errors end the command. */
export function planOf(
  loaded: LoadedRoot,
  pipeline: CompiledPipeline,
  help = "fix the errors; `strata check` lists them",
): Plan {
  if (pipeline.diagnostics.length > 0) showDiagnostics(pipeline.diagnostics, loaded.textOf, process.stderr);
  if (pipeline.plan === undefined || hasErrors(pipeline.diagnostics)) {
    throw new CommandError(`pipeline \`${pipeline.name}\` has errors; nothing was done`, help, EXIT.failed);
  }
  return pipeline.plan;
}

/** Prints diagnostics with frames, and their number. */
export function showDiagnostics(
  diagnostics: readonly Diagnostic[],
  textOf: LoadedRoot["textOf"],
  stream: NodeJS.WriteStream,
): void {
  if (diagnostics.length > 0) stream.write(`${renderDiagnostics(diagnostics, textOf, paletteOf(stream))}\n\n`);
  stream.write(`${countDiagnostics(diagnostics)}\n`);
}

/** Prints a command's result for programs. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Colours on a terminal that supports them. */
export function paletteOf(stream: NodeJS.WriteStream): Palette {
  const pc = coloursOf(stream);
  if (!pc.isColorSupported) return PLAIN;
  return {
    error: (text) => pc.red(pc.bold(text)),
    warning: (text) => pc.yellow(pc.bold(text)),
    note: (text) => pc.cyan(pc.bold(text)),
    strong: pc.bold,
    dim: pc.dim,
  };
}
