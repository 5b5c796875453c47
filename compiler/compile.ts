/**
 * The compiler: text in, plans and diagnostics out. Pure: no file system, process, clock or network.
 *
 * Each phase goes on behind a mistake, so that all of a run are shown at once.
 */

import { COMPILER_CODES, type CompilerCode } from "./codes.ts";
import { type Diagnostic, diagnostic, type Finding, hasErrors, type Place, unique } from "./diagnostics.ts";
import type { CompileInput } from "./input.ts";
import { buildPlan } from "./plan/build.ts";
import type { Plan } from "./plan/types.ts";
import { readPipeline } from "./read/pipeline.ts";
import { type EngineQuery, engineQueries } from "./resolve/engine-queries.ts";
import { type KnownColumns, knownColumns } from "./resolve/known-columns.ts";
import { type Lineage, lineageOf } from "./resolve/lineage.ts";
import { resolve } from "./resolve/resolve.ts";
import { type Source, sourcesOf } from "./resolve/sources.ts";
import type { Pipeline, Root } from "./resolve/types.ts";
import { RULES } from "./rules/index.ts";
import type { RuleFinding } from "./rules/rule.ts";

/** What came of one pipeline. */
export interface CompiledPipeline {
  readonly name: string;
  /** Undefined if one of its diagnostics is an error. */
  readonly plan: Plan | undefined;
  /** Its own, sorted. */
  readonly diagnostics: readonly Diagnostic[];
  /** Number of datasets in `sql_queries.json`, in a stage or not. */
  readonly datasets: number;
  /** How much is known of its columns. */
  readonly columns: () => KnownColumns;
  /** As written, even where there are errors. */
  readonly stages: readonly { readonly name: string; readonly datasets: readonly string[] }[];
  /** Where a dataset's expectation is written, by its name; undefined for one that there is not. */
  readonly placeOfExpectation: (dataset: string, expectation: string) => Place | undefined;
  /** The tables that it reads and does not write, whatever errors there are; undefined if its JSON files cannot be read. */
  readonly sources: () => readonly Source[] | undefined;
  /** Its queries, for an engine that analyses them. */
  readonly engineQueries: () => readonly EngineQuery[];
}

/** What came of the root. */
export interface Compilation {
  /** In the order of the input. */
  readonly pipelines: readonly CompiledPipeline[];
  /** All, sorted, each once. */
  readonly diagnostics: readonly Diagnostic[];
  /** Where columns come from; computed when it is asked for. */
  readonly lineage: () => Lineage;
}

/** Compiles all pipelines of a root together: targets and tables are compared across them. */
export function compile(input: CompileInput): Compilation {
  const found = new Map<string, Diagnostic[]>(input.pipelines.map(({ name }) => [name, []]));
  // Parse and read: text → trees with places → typed syntax.
  const syntax = input.pipelines.map((files) => readPipeline(files, (each) => found.get(files.name)?.push(each)));
  // Resolve: names, targets, writers, order.
  const root = resolve(syntax, input);
  // Rules.
  for (const rule of RULES)
    rule.check(root, (finding) => {
      const kept = keep(finding, input.only);
      for (const { name } of finding.pipelines) found.get(name)?.push(...kept);
    });
  // Plan.
  const pipelines = root.pipelines.map((each) => compiled(each, root, unique(found.get(each.name) ?? [])));
  const all = unique(pipelines.flatMap((each) => each.diagnostics));
  return { pipelines, diagnostics: all, lineage: () => lineageOf(root) };
}

function compiled(pipeline: Pipeline, root: Root, diagnostics: readonly Diagnostic[]): CompiledPipeline {
  return {
    name: pipeline.name,
    plan: pipeline.complete && !hasErrors(diagnostics) ? buildPlan(pipeline, root) : undefined,
    diagnostics,
    datasets: pipeline.declared.size,
    columns: () => knownColumns(pipeline, root),
    stages: pipeline.stages.map(({ name, datasets }) => ({
      name: name.value,
      datasets: datasets.map((dataset) => dataset.value),
    })),
    placeOfExpectation: (dataset, name) =>
      pipeline.datasets.get(dataset)?.expectations.find((each) => each.name === name)?.at,
    sources: () => (pipeline.complete ? sourcesOf(pipeline, root) : undefined),
    engineQueries: () => engineQueries(pipeline, root),
  };
}

/** Gives a rule's finding its severity. */
function keep({ dataset, ...finding }: RuleFinding, only: CompileInput["only"]): Diagnostic[] {
  const isLeftOut = dataset !== undefined && only?.has(dataset.name.value) === false && finding.code.startsWith("Q");
  return judged(finding, dataset?.allow, isLeftOut);
}

/**
 * A finding with its severity: the catalogue's, unless the dataset allows the code with a reason, or will not run
 * (`isLeftOut`). None for a warning that is allowed.
 */
export function judged(
  finding: Finding & { readonly code: CompilerCode },
  allow: ReadonlyMap<string, string> | undefined,
  isLeftOut = false,
): Diagnostic[] {
  const { allowable, severity } = COMPILER_CODES[finding.code];
  const reason = allowable ? allow?.get(finding.code) : undefined;
  if (severity !== "error") return reason === undefined ? [diagnostic(finding)] : [];
  if (reason === undefined && !isLeftOut) return [diagnostic(finding)];
  const message = reason === undefined ? finding.message : `${finding.message} (allowed: ${reason})`;
  return [diagnostic({ ...finding, message, severity: "warning" })];
}
