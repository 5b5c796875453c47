/** What the commands share: the root, its pipelines, and how diagnostics are shown. */

import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import pc from "picocolors";
import type { CompiledPipeline } from "../compiler/compile.ts";
import { type Diagnostic, hasErrors } from "../compiler/diagnostics.ts";
import { suggest } from "../compiler/nearest.ts";
import type { Plan } from "../compiler/plan.ts";
import { countDiagnostics, type Palette, PLAIN, renderDiagnostics } from "../compiler/render.ts";
import { type LoadedRoot, loadRoot } from "../loading/load.ts";
import { HOME } from "../setup/node.mjs";
import { CommandError, EXIT, usageError } from "./exit.ts";

/** Options that name a root and a lake. */
export interface RootOptions {
  readonly root?: string;
  readonly lake?: string;
}

/** The root as an absolute path; default: this installation. */
export function rootOf(options: RootOptions): string {
  return resolve(options.root ?? HOME);
}

/** The lake as an absolute path; default: `.strata/lake` in the root. */
export function lakeOf(options: RootOptions): string {
  return options.lake === undefined ? join(rootOf(options), ".strata", "lake") : resolve(options.lake);
}

/** Where the ledger of local runs is kept: beside the default lake, else in the lake's own folder. */
export function stateOf(options: RootOptions): string {
  return options.lake === undefined
    ? join(rootOf(options), ".strata", "state")
    : join(lakeOf(options), ".strata", "state");
}

/** Loads and compiles the root, with parsed SQL cached in the installation. */
export async function load(options: RootOptions): Promise<LoadedRoot> {
  const root = rootOf(options);
  const info = await stat(root).catch(() => undefined);
  if (!info?.isDirectory())
    throw usageError(`\`${root}\` is no folder`, "name the folder that holds `pipelines/` and `sql/` with --root");
  return loadRoot(root, { cache: join(HOME, ".strata", "cache", "sql") });
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
export function planOf(loaded: LoadedRoot, pipeline: CompiledPipeline): Plan {
  if (pipeline.diagnostics.length > 0) showDiagnostics(pipeline.diagnostics, loaded.textOf, process.stderr);
  if (pipeline.plan === undefined || hasErrors(pipeline.diagnostics)) {
    throw new CommandError(
      `pipeline \`${pipeline.name}\` has errors, so nothing was done`,
      "correct them; `strata check` shows them again",
      EXIT.failed,
    );
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

/** Colours on a terminal that wants them. */
export function paletteOf(stream: NodeJS.WriteStream): Palette {
  if (!stream.isTTY || !pc.isColorSupported) return PLAIN;
  return {
    error: (text) => pc.red(pc.bold(text)),
    warning: (text) => pc.yellow(pc.bold(text)),
    note: (text) => pc.cyan(pc.bold(text)),
    strong: pc.bold,
    dim: pc.dim,
  };
}
