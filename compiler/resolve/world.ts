/** What rules look at: all pipelines read and their names resolved, with places everywhere. */

import type { Note, Place } from "../diagnostics.ts";
import type { SqlFile } from "../input.ts";
import type { Extent } from "../parse/sql/extent.ts";
import type { SqlFacts } from "../parse/sql/facts.ts";
import { type LocatedText, locate } from "../parse/text.ts";
import type { Located } from "../parse/tree.ts";
import type { DatasetSyntax } from "../read/dataset.ts";
import type { ExpectationSyntax } from "../read/expectations.ts";
import type { Extras } from "../read/extras.ts";
import { type Location, liesInside } from "../read/location.ts";
import type { StageSyntax } from "../read/stages.ts";

/** A dataset's SQL file, able to tell places. */
export interface ResolvedSql {
  readonly file: SqlFile;
  readonly at: (extent: Extent) => Place;
}

/** One pipeline. */
export interface PipelineWorld {
  readonly name: string;
  /** False where one of the two JSON files could not be read: rules on what is missing would only guess. */
  readonly complete: boolean;
  readonly stages: readonly StageSyntax[];
  /** In the order of `sql_queries.json`. */
  readonly datasets: ReadonlyMap<string, DatasetSyntax>;
  /** Names that `sql_queries.json` has, readable or not. */
  readonly declared: ReadonlySet<string>;
  readonly extras: Extras;
  /** Datasets that a stage lists, in order, each once, with the index of its stage. */
  readonly staged: readonly { readonly dataset: DatasetSyntax; readonly stage: number }[];
  readonly sqlOf: (dataset: DatasetSyntax) => ResolvedSql | undefined;
  /** A dataset's expectations: the pipeline's, then its own; of one name its own. None without a target. */
  readonly expectationsOf: (dataset: DatasetSyntax) => readonly ExpectationSyntax[];
}

/** The whole root. */
export interface World {
  readonly pipelines: readonly PipelineWorld[];
  readonly sql: ReadonlyMap<string, SqlFile>;
  /** Folders below `sql/`, and files there that do not end in `.sql`. */
  readonly others: ReadonlyMap<string, "folder" | "file">;
  /** Facts of expressions of expectations (read/expressions.ts). */
  readonly expressions: ReadonlyMap<string, SqlFacts>;
}

/** What a rule reports; severity comes from the catalogue, and from the dataset's `allow`. */
export interface RuleFinding {
  readonly code: string;
  readonly pipeline: string;
  /** The dataset whose `strata.allow` may lower it. */
  readonly dataset?: DatasetSyntax;
  readonly at: Place;
  readonly message: string;
  readonly help: string;
  readonly notes?: readonly Note[];
}

export type Report = (finding: RuleFinding) => void;

/** One rule: one file, one code, one failing fixture folder. */
export interface Rule {
  readonly code: string;
  check(world: World, report: Report): void;
}

/** A target with its dataset, pipeline and stage. */
export interface StagedTarget {
  readonly pipeline: PipelineWorld;
  readonly dataset: DatasetSyntax;
  readonly stage: number;
  readonly target: Located<Location>;
}

/** The targets of all datasets that some stage runs, in plan order. */
export function stagedTargets(pipelines: readonly PipelineWorld[]): StagedTarget[] {
  return pipelines.flatMap((pipeline) =>
    pipeline.staged.flatMap(({ dataset, stage }) =>
      dataset.target ? [{ pipeline, dataset, stage, target: dataset.target }] : [],
    ),
  );
}

/** True when reading one location may meet files of the other: equal, or one below the other. */
export function overlaps(a: Location, b: Location): boolean {
  return a.location === b.location || liesInside(a, b) || liesInside(b, a);
}

/** The pipeline's expectations of every dataset and a dataset's own, together. */
export function withDefaults(defaults: readonly ExpectationSyntax[]): PipelineWorld["expectationsOf"] {
  return ({ target, publish }) => {
    if (target === undefined) return [];
    const own = new Set(publish.expectations.map(({ name }) => name));
    return [...defaults.filter(({ name }) => !own.has(name)), ...publish.expectations];
  };
}

/** Columns of a dataset's result in lower case; undefined where its SQL does not tell. */
export function outputsOf(dataset: DatasetSyntax, pipeline: PipelineWorld): ReadonlySet<string> | undefined {
  const { outputs: names, statements } = pipeline.sqlOf(dataset)?.file.facts ?? {};
  // Of two queries neither is the dataset's: Q002 is all that is to be said.
  if (statements?.length !== 1) return undefined;
  return names && new Set(names.map((name) => name.toLowerCase()));
}

/** A resolver from datasets to SQL files that finds line starts once a file. */
export function sqlResolver(sql: ReadonlyMap<string, SqlFile>): PipelineWorld["sqlOf"] {
  const texts = new Map<string, LocatedText>();
  return (dataset) => {
    const key = dataset.sqlFile && sqlKey(dataset.sqlFile.value);
    const file = key === undefined ? undefined : sql.get(key);
    if (file === undefined) return undefined;
    const text = texts.get(file.path) ?? locate(file.path, file.text);
    texts.set(file.path, text);
    return { file, at: (extent) => text.place(extent.offset, firstLineOf(file.text, extent)) };
  };
}

/** The key of a `sql_file` among the files below `sql/`; undefined where it leads out of the folder. */
export function sqlKey(path: string): string | undefined {
  if (/^[/\\]|\\|^[A-Za-z][A-Za-z0-9+.-]*:/.test(path)) return undefined;
  const segments = path.split("/").filter((segment) => segment !== ".");
  return segments.length === 0 || segments.some((segment) => segment === ".." || segment === "")
    ? undefined
    : segments.join("/");
}

function firstLineOf(text: string, extent: Extent): number {
  const end = text.slice(extent.offset, extent.offset + extent.length).search(/[\r\n]/);
  return end < 0 ? extent.length : end;
}
