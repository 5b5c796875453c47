/** The three files of one pipeline → typed syntax. */

import { type Diagnostic, diagnostic, topOf } from "../diagnostics.ts";
import type { PipelineFiles, SourceFile } from "../input.ts";
import type { Collect } from "../parse/collect.ts";
import { readJson } from "../parse/json.ts";
import { type LocatedText, locate } from "../parse/text.ts";
import type { TreeNode } from "../parse/tree.ts";
import { readYaml } from "../parse/yaml.ts";
import { type DatasetSyntax, readDataset } from "./dataset.ts";
import { type Extras, NO_EXTRAS, readExtras } from "./extras.ts";
import { expectObject } from "./mistakes.ts";
import { readStages, type StageSyntax } from "./stages.ts";

/** A pipeline as written. */
export interface PipelineSyntax {
  readonly name: string;
  /** False where one of the two JSON files could not be read: rules on what is missing would only guess. */
  readonly complete: boolean;
  readonly stages: readonly StageSyntax[];
  /** In the order of `sql_queries.json`. */
  readonly datasets: readonly DatasetSyntax[];
  /** Names that `sql_queries.json` has, readable or not. */
  readonly declared: ReadonlySet<string>;
  readonly extras: Extras;
  /** `sql_queries.json`. */
  readonly queries: LocatedText;
}

const FILE_NAMES = { stages: "etl_stages.json", queries: "sql_queries.json" } as const;

/** Reads a pipeline's files; goes on behind a mistake. */
export function readPipeline(files: PipelineFiles, collect: Collect): PipelineSyntax {
  const source = files.queries ? located(files.queries) : locate("", "");
  const stages = parseRequired(files, "stages", files.stages && located(files.stages), collect);
  const queries = parseRequired(files, "queries", files.queries && source, collect);
  const extras = files.extras && readYaml(located(files.extras), collect);
  const entries = (queries && expectObject(queries, "`sql_queries.json`", collect))?.entries ?? [];
  return {
    name: files.name,
    complete: stages?.kind === "object" && queries?.kind === "object",
    stages: stages ? readStages(stages, collect) : [],
    datasets: entries.flatMap((entry) => readDataset(entry, collect) ?? []),
    declared: new Set(entries.map(({ key }) => key.value)),
    extras: extras
      ? readExtras(extras, collect)
      : { ...NO_EXTRAS, hasAllParams: files.extras === undefined && files.unreadExtras !== true },
    queries: source,
  };
}

function parseRequired(
  { name }: PipelineFiles,
  which: "stages" | "queries",
  source: LocatedText | undefined,
  collect: Collect,
): TreeNode | undefined {
  if (source !== undefined) return readJson(source, collect);
  collect(missing(name, which));
  return undefined;
}

function missing(pipeline: string, which: "stages" | "queries"): Diagnostic {
  return diagnostic({
    code: "C004",
    at: topOf(`pipelines/${pipeline}/${FILE_NAMES[which]}`),
    message: `pipeline \`${pipeline}\` has no \`${FILE_NAMES[which]}\``,
    help:
      which === "stages"
        ? 'create it: `{"my_stage": ["my_dataset"]}`'
        : "create it: an object with one key for each dataset",
  });
}

function located(file: SourceFile) {
  return locate(file.path, file.text);
}
