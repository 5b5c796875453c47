/**
 * The compiler: text in, plans and diagnostics out. Pure: no file system, process, clock or network.
 *
 * Phases: parse (JSON and YAML → trees with places) → read (trees → typed syntax) → resolve (names → references) →
 * rules → plan. Each goes on behind a mistake, so that all of a run are shown at once.
 */

import { COMPILER_CODES, type CompilerCode } from "./codes.ts";
import { type Diagnostic, diagnostic, hasErrors, type Place, sortDiagnostics } from "./diagnostics.ts";
import type { CompileInput, PipelineFiles, SourceFile, SqlFile } from "./input.ts";
import type { Collect } from "./parse/collect.ts";
import { readJson } from "./parse/json.ts";
import { type LocatedText, locate } from "./parse/text.ts";
import type { TreeNode } from "./parse/tree.ts";
import { readYaml } from "./parse/yaml.ts";
import { buildPlan } from "./plan/build.ts";
import type { Plan } from "./plan/types.ts";
import { readDataset } from "./read/dataset.ts";
import { NO_EXTRAS, readExtras } from "./read/extras.ts";
import { expectObject } from "./read/shape.ts";
import { readStages } from "./read/stages.ts";
import { type PipelineWorld, type RuleFinding, sqlResolver, type World, withDefaults } from "./resolve/world.ts";
import { RULES } from "./rules/index.ts";

/** What came of one pipeline. */
export interface CompiledPipeline {
  readonly name: string;
  /** Undefined if one of its diagnostics is an error. */
  readonly plan: Plan | undefined;
  /** Its own, sorted. */
  readonly diagnostics: readonly Diagnostic[];
  /** Number of datasets in `sql_queries.json`, in a stage or not. */
  readonly datasets: number;
  /** As written, even where there are errors. */
  readonly stages: readonly { readonly name: string; readonly datasets: readonly string[] }[];
  /** Where a dataset's expectation is written, by its name; undefined for one that there is not. */
  readonly placeOfExpectation: (dataset: string, expectation: string) => Place | undefined;
}

/** What came of the root. */
export interface Compilation {
  /** In the order of the input. */
  readonly pipelines: readonly CompiledPipeline[];
  /** All, sorted, each once. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Compiles all pipelines of a root together: targets and tables are compared across them. */
export function compile(input: CompileInput): Compilation {
  const found = new Map<string, Diagnostic[]>(input.pipelines.map(({ name }) => [name, []]));
  const sqlOf = sqlResolver(input.sql);
  const world: World = {
    pipelines: input.pipelines.map((files) =>
      readPipeline(files, sqlOf, (each) => found.get(files.name)?.push(withSeverity(each))),
    ),
    sql: input.sql,
    others: input.others ?? new Map(),
    expressions: input.expressions,
  };
  for (const rule of RULES) rule.check(world, (finding) => keep(finding, found, input.only));
  const pipelines = input.pipelines.map((files, index): CompiledPipeline => {
    const diagnostics = unique(found.get(files.name) ?? []);
    const pipeline = world.pipelines[index];
    const ok = pipeline?.complete === true && files.queries !== undefined && !hasErrors(diagnostics);
    return {
      name: files.name,
      plan: ok ? buildPlan(pipeline, world, files.queries) : undefined,
      diagnostics,
      datasets: pipeline?.declared.size ?? 0,
      stages: (pipeline?.stages ?? []).map(({ name, datasets }) => ({
        name: name.value,
        datasets: datasets.map((dataset) => dataset.value),
      })),
      placeOfExpectation: (name, expectation) => {
        const dataset = pipeline?.datasets.get(name);
        const found = dataset && pipeline?.expectationsOf(dataset).find((each) => each.name === expectation);
        return found?.at;
      },
    };
  });
  return { pipelines, diagnostics: unique(pipelines.flatMap((each) => each.diagnostics)) };
}

function readPipeline(files: PipelineFiles, sqlOf: PipelineWorld["sqlOf"], collect: Collect): PipelineWorld {
  const stagesTree = readRequired(files, "stages", collect);
  const queriesTree = readRequired(files, "queries", collect);
  const stages = stagesTree ? readStages(stagesTree, collect) : [];
  const entries = (queriesTree && expectObject(queriesTree, "`sql_queries.json`", collect))?.entries ?? [];
  const datasets = entries.map((entry) => readDataset(entry, collect)).filter((dataset) => dataset !== undefined);
  const byName = new Map(datasets.map((dataset) => [dataset.name.value, dataset]));
  const seen = new Set<string>();
  const staged = stages.flatMap((stage, index) =>
    stage.datasets.flatMap(({ value }) => {
      const dataset = seen.has(value) ? undefined : byName.get(value);
      seen.add(value);
      return dataset ? [{ dataset, stage: index }] : [];
    }),
  );
  const extras = readOptionalExtras(files.extras, collect);
  return {
    name: files.name,
    complete: stagesTree?.kind === "object" && queriesTree?.kind === "object",
    stages,
    datasets: byName,
    declared: new Set(entries.map(({ key }) => key.value)),
    extras,
    staged,
    sqlOf,
    expectationsOf: withDefaults(extras.expectations),
  };
}

const FILE_NAMES = { stages: "etl_stages.json", queries: "sql_queries.json" } as const;

function readRequired(files: PipelineFiles, which: "stages" | "queries", collect: Collect): TreeNode | undefined {
  const file = files[which];
  if (file !== undefined) return readJson(located(file), collect);
  const path = `pipelines/${files.name}/${FILE_NAMES[which]}`;
  collect(
    diagnostic({
      code: "C004",
      at: { file: path, line: 1, column: 1, length: 1 },
      message: `pipeline \`${files.name}\` has no \`${FILE_NAMES[which]}\``,
      help:
        which === "stages"
          ? 'create it: `{"my_stage": ["my_dataset"]}`'
          : "create it: an object with one key for each dataset",
    }),
  );
  return undefined;
}

function readOptionalExtras(file: SourceFile | undefined, collect: Collect) {
  const tree = file && readYaml(located(file), collect);
  return tree ? readExtras(tree, collect) : NO_EXTRAS;
}

function located(file: SourceFile): LocatedText {
  return locate(file.path, file.text);
}

/** Gives a rule's finding its severity: the catalogue's, unless the dataset allows the code with a reason, or will not run. */
function keep(finding: RuleFinding, found: ReadonlyMap<string, Diagnostic[]>, only: CompileInput["only"]): void {
  const entry = COMPILER_CODES[finding.code as CompilerCode];
  const reason = entry.allowable ? finding.dataset?.allow.get(finding.code) : undefined;
  if (reason !== undefined && entry.severity !== "error") return;
  const message = reason === undefined ? finding.message : `${finding.message} (allowed: ${reason})`;
  const isLeftOut = finding.dataset !== undefined && only?.has(finding.dataset.name.value) === false;
  const isWarning = reason !== undefined || (isLeftOut && entry.severity === "error" && finding.code.startsWith("Q"));
  const severity = isWarning ? "warning" : entry.severity;
  found.get(finding.pipeline)?.push(diagnostic({ ...finding, message, severity }));
}

/** Severity is the catalogue's, wherever a diagnostic is made. */
function withSeverity(each: Diagnostic): Diagnostic {
  return { ...each, severity: COMPILER_CODES[each.code as CompilerCode].severity };
}

/** Sorted, and each once: a conflict of two pipelines is reported to both. */
export function unique(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(sortDiagnostics(diagnostics).map((each) => [JSON.stringify(each), each])).values()];
}

export type { CompileInput, PipelineFiles, SqlFile };
