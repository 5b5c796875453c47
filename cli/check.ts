/** `strata check`: compiles, reads every stack's settings as preview does, and prints diagnostics. */

import type { CompiledPipeline } from "../compiler/compile.ts";
import { type Diagnostic, unique } from "../compiler/diagnostics.ts";
import { suggest } from "../compiler/nearest.ts";
import type { KnownColumns } from "../compiler/resolve/known-columns.ts";
import { counted } from "../compiler/show/counted.ts";
import { countDiagnostics, renderDiagnostics } from "../compiler/show/render.ts";
import type { LoadedRoot } from "../loading/load.ts";
import { addCanary } from "../loading/stack.ts";
import { bindRoot } from "../settings/bind-root.ts";
import { checkProject, knownStacks, type ReadSettings, readSettings, strayFiles } from "../settings/read.ts";
import { homeOfStacks } from "./bindings.ts";
import { type CheckedTypes, type TypesFlags, typesJson, typesLine, typesOf } from "./check-types.ts";
import { EXIT, usageError } from "./exit.ts";
import { countFixes, type FixResult, fixFiles, renderFixed, showDiff } from "./fix.ts";
import { memoOf } from "./memo.ts";
import { load, paletteOf, printJson, type RootOptions, rootOf } from "./root.ts";
import { sarif } from "./sarif.ts";

interface CheckOptions extends RootOptions, TypesFlags {
  readonly stack?: string;
  readonly format: "text" | "json" | "sarif";
  readonly strict?: boolean;
  readonly fix?: boolean;
  readonly dryRun?: boolean;
}

/** Version of the result of `--format json`. */
const VERSION = 1;

/** Exit 1 on an error, with `--strict` on a warning too; with `--fix` on what is left. */
export async function check(names: readonly string[], options: CheckOptions): Promise<number> {
  refuseDryRun(options);
  const root = rootOf(options);
  const memo = memoOf(root);
  const read = await load({ ...options, root }, undefined, memo);
  const known = read.pipelines.map((pipeline) => pipeline.name);
  for (const name of names) {
    if (!known.includes(name)) throw usageError(`there is no pipeline \`${name}\``, suggest(name, known, "pipeline"));
  }
  const isChosen = (name: string) => names.length === 0 || names.includes(name);
  const isDryRun = options.dryRun === true;
  const result = options.fix === true ? await fixFiles(root, read, isChosen, isDryRun) : undefined;
  const loaded = result?.loaded ?? read;
  const pipelines = loaded.pipelines.filter(({ name }) => isChosen(name));
  const home = options.stack === undefined ? root : homeOfStacks({ root });
  const stacks = options.stack === undefined ? knownStacks(home) : [options.stack];
  const settings = await checkStacks(home, stacks, loaded, isChosen);
  const unread = options.stack === undefined ? strayFiles(home) : [];
  const types = await typesOf(root, loaded.pipelines, isChosen, options);
  const diagnostics = unique([
    ...pipelines.flatMap((each) => each.diagnostics),
    ...(types.engine === null ? [] : types.diagnostics),
    ...settings.diagnostics,
    ...unread,
  ]);
  if (result && isDryRun) printDryRun(result, diagnostics);
  else if (options.format === "json") printJson(json(diagnostics, pipelines, stacks, result, types));
  else if (options.format === "sarif") printJson(sarif(diagnostics));
  else {
    const textOf = (file: string) => loaded.textOf(file) ?? settings.textOf(file);
    if (diagnostics.length > 0)
      process.stdout.write(`${renderDiagnostics(diagnostics, textOf, paletteOf(process.stdout))}\n\n`);
    if (result) process.stdout.write(renderFixed(result));
    const fixes = result && result.fixed.length > 0 ? `${countFixes(result)} applied; ` : "";
    const line = typesLine(types, numberOfDatasets(pipelines));
    process.stdout.write(`${fixes}${countDiagnostics(diagnostics)}; checked ${extentOf(pipelines, stacks)}${line}\n`);
    process.stdout.write(`${columnsLine(pipelines)}\n`);
  }
  await memo?.save();
  const failing = diagnostics.some(
    (each) => each.severity === "error" || (each.severity === "warning" && options.strict === true),
  );
  return failing ? EXIT.failed : EXIT.ok;
}

function refuseDryRun({ fix, dryRun, format }: CheckOptions): void {
  if (dryRun !== true) return;
  if (fix !== true) throw usageError("`--dry-run` needs `--fix`", "add `--fix`, or omit it: a check writes nothing");
  if (format !== "text")
    throw usageError(
      `\`--dry-run\` does not support \`--format ${format}\``,
      "omit `--fix --dry-run`: this format contains the fixes",
    );
}

/** The diff alone on stdout. */
function printDryRun(result: FixResult, left: readonly Diagnostic[]): void {
  process.stdout.write(showDiff(result.diff, process.stdout));
  process.stderr.write(renderFixed({ fixed: [], refused: result.refused }));
  process.stderr.write(`${countFixes(result)}, nothing written; with them ${countDiagnostics(left)}\n`);
}

/** The diagnostics of preview for each stack's settings, with the canary among its pipelines. */
async function checkStacks(
  home: string,
  stacks: readonly string[],
  loaded: LoadedRoot,
  isChosen: (pipeline: string) => boolean,
): Promise<Pick<ReadSettings, "diagnostics" | "textOf">> {
  const project = checkProject(home);
  const found = [project];
  const known = new Set(loaded.diagnostics);
  const read = stacks.map((stack) => readSettings(home, stack));
  const withCanary = read.some(({ partial }) => partial?.canary === true) ? await addCanary(loaded) : loaded;
  for (const [index, { settings, partial, diagnostics, textOf }] of read.entries()) {
    const deployed = partial?.canary === true ? withCanary : loaded;
    const more = deployed.diagnostics.filter((each) => !known.has(each));
    // Two stacks with the same bucket are one error, reported once, for the later stack.
    const compared = stacks.slice(index + 1);
    const bound = partial && bindRoot(home, deployed, partial, { isChosen, isSound: settings !== undefined, compared });
    found.push({ diagnostics: [...diagnostics, ...more, ...(bound?.diagnostics ?? [])], textOf });
  }
  return {
    diagnostics: found.flatMap((each) => each.diagnostics),
    textOf: (file) => found.map((each) => each.textOf(file)).find((text) => text !== undefined),
  };
}

function json(
  diagnostics: readonly Diagnostic[],
  pipelines: readonly CompiledPipeline[],
  stacks: readonly string[],
  result: FixResult | undefined,
  types: CheckedTypes,
): object {
  const shown = diagnostics.map(({ code, severity, message, file, line, column, help, fixes }) => ({
    code,
    severity,
    message,
    file,
    line,
    column,
    help,
    fixes,
  }));
  const staged = pipelines.map(({ name, stages }) => ({ name, stages }));
  const fixed = result?.fixed.map(({ diagnostic: { code, file, line, column }, fix: { title } }) => ({
    code,
    file,
    line,
    column,
    title,
  }));
  return {
    version: VERSION,
    diagnostics: shown,
    pipelines: staged,
    stacks,
    columns: columnsOf(pipelines),
    types: typesJson(types),
    ...(fixed && { fixed }),
  };
}

/** "1 pipeline (shop), 12 datasets, 2 stacks (dev, prod)". */
function extentOf(pipelines: readonly CompiledPipeline[], stacks: readonly string[]): string {
  return [
    named(
      "pipeline",
      pipelines.map(({ name }) => name),
    ),
    counted(numberOfDatasets(pipelines), "dataset"),
    stacks.length === 0 ? "no stack" : named("stack", stacks),
  ].join(", ");
}

/** Of all pipelines together. */
function columnsOf(pipelines: readonly CompiledPipeline[]): KnownColumns {
  const each = pipelines.map(({ columns }) => columns());
  return {
    all: each.reduce((sum, { all }) => sum + all, 0),
    known: each.reduce((sum, { known }) => sum + known, 0),
    undeclared: [...new Set(each.flatMap(({ undeclared }) => undeclared))],
  };
}

/** "18 datasets, 212 of 214 columns known; `a`, `b` have no columns: `strata schemas`". */
function columnsLine(pipelines: readonly CompiledPipeline[]): string {
  const { all, known, undeclared } = columnsOf(pipelines);
  const line = `${counted(numberOfDatasets(pipelines), "dataset")}, ${known.toLocaleString("en-US")} of ${counted(all, "column")} known`;
  if (undeclared.length === 0) return line;
  const shown = undeclared.slice(0, MOST_NAMES).map((name) => `\`${name}\``);
  const names = `${shown.join(", ")}${undeclared.length > shown.length ? ", …" : ""}`;
  return `${line}; ${names} ${undeclared.length === 1 ? "has" : "have"} no columns: \`strata schemas\``;
}

function numberOfDatasets(pipelines: readonly CompiledPipeline[]): number {
  return pipelines.reduce((sum, { datasets }) => sum + datasets, 0);
}

/** Most names in one line. */
const MOST_NAMES = 8;

function named(word: string, names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return `${counted(names.length, word)} (${shown}${names.length > MOST_NAMES ? ", …" : ""})`;
}
