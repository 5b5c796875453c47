/** Names → what they mean, over all pipelines of a root. */

import type { CompileInput } from "../input.ts";
import type { QueryNames } from "../names/types.ts";
import { readSql } from "../parse/sql/analyze.ts";
import type { DatasetSyntax } from "../read/dataset.ts";
import type { ExpectationSyntax } from "../read/expectations.ts";
import type { PipelineSyntax } from "../read/pipeline.ts";
import { columnsOfGraph, type GraphColumns } from "./columns.ts";
import { crawlersOf } from "./crawlers.ts";
import { indexLocations } from "./locations.ts";
import { remembered } from "./memo.ts";
import { reachesIn } from "./reaches.ts";
import { type ResolvedSql, sqlResolver } from "./sql-files.ts";
import { tableNames, tablesOf } from "./tables.ts";
import { indexTargets } from "./targets.ts";
import type { Dataset, LocationIndex, Pipeline, Root, Target } from "./types.ts";
import { writersOf } from "./writers.ts";

/** Resolves names. What is asked for is computed once, when it is asked for. */
export function resolve(pipelines: readonly PipelineSyntax[], input: CompileInput): Root {
  // A tree is large and is needed once, together with its facts: only the last one is kept.
  const read = remembersLast(readSql);
  const { memo } = input;
  const factsOf = memoized((text) => remembered(memo, "facts", [text], () => read(text).facts));
  const sqlOf = sqlResolver(input.sql, factsOf);
  const columns: GraphColumns = columnsOfGraph(
    () => root,
    (text) => read(text).tree,
    memo,
  );
  const root: Root = lazily(
    {
      ...columns,
      pipelines: pipelines.map((syntax) => resolvePipeline(syntax, sqlOf, () => root.locations, columns)),
      sql: input.sql,
      others: input.others ?? new Map(),
      factsOf,
    },
    {
      targets: () => indexTargets(root.pipelines.flatMap((each) => each.targets.all)),
      locations: () => indexLocations(root.pipelines.flatMap(({ staged }) => staged)),
    },
  );
  // Before any rule asks for facts: so each text is parsed once.
  for (const { datasets } of root.pipelines) for (const dataset of datasets.values()) columns.namesOf(dataset);
  return root;
}

function resolvePipeline(
  syntax: PipelineSyntax,
  sqlOf: ReturnType<typeof sqlResolver>,
  locations: () => LocationIndex,
  columns: GraphColumns,
): Pipeline {
  const stageOf = stagesByDataset(syntax);
  const datasets = new Map<string, Dataset>();
  const sources = new Map(syntax.extras.sources.map((source) => [source.name.value.toLowerCase(), source]));
  const pipeline: Pipeline = lazily(
    { ...syntax, datasets, sourceNamed: (name: string) => sources.get(name.toLowerCase()) },
    {
      staged: () => [...stageOf.keys()].flatMap((name) => datasets.get(name) ?? []),
      targets: () => indexTargets(pipeline.staged.filter(isTarget)),
      tableNames: () => tableNames(pipeline),
      crawlers: () => crawlersOf(pipeline, locations()),
      reaches: () => reachesIn(pipeline),
    },
  );
  for (const each of syntax.datasets) {
    const { value } = each.name;
    datasets.set(value, resolveDataset(each, stageOf.get(value), sqlOf(each.sqlFile), pipeline, columns));
  }
  return pipeline;
}

function resolveDataset(
  syntax: DatasetSyntax,
  stage: number | undefined,
  sql: ResolvedSql | undefined,
  pipeline: Pipeline,
  columns: GraphColumns,
): Dataset {
  const resolved = {
    ...syntax,
    pipeline,
    stage,
    sql,
    expectations: withDefaults(syntax, pipeline.extras.expectations),
    isIceberg: syntax.publish.format.value === "iceberg",
  };
  const dataset: Dataset = lazily(resolved, {
    tables: () => tablesOf(dataset),
    writers: () => writersOf(dataset),
    names: () => columns.namesOf(dataset),
    columns: () => sureNames(columns.namesOf(dataset)),
  });
  return dataset;
}

function sureNames(names: QueryNames | undefined): readonly string[] | undefined {
  const found = names?.outputs?.map(({ name }) => name);
  return found?.includes("") ? undefined : found;
}

/** The first stage that lists a dataset, by its name; in the order in which they are listed. */
function stagesByDataset({ stages }: PipelineSyntax): Map<string, number> {
  const found = new Map<string, number>();
  for (const [index, { datasets }] of stages.entries())
    for (const { value } of datasets) if (!found.has(value)) found.set(value, index);
  return found;
}

function isTarget(dataset: Dataset): dataset is Target {
  return dataset.stage !== undefined && dataset.target !== undefined;
}

function withDefaults({ target, publish }: DatasetSyntax, defaults: readonly ExpectationSyntax[]) {
  if (target === undefined) return [];
  const own = new Set(publish.expectations.map(({ name }) => name));
  return [...defaults.filter(({ name }) => !own.has(name)), ...publish.expectations];
}

/** Remembers what it answered last. */
function remembersLast<T>(compute: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly value: T } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, value: compute(text) };
    return last.value;
  };
}

function memoized<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text) ?? compute(text);
    known.set(text, found);
    return found;
  };
}

/** An object with more values, which are computed once, when they are first read. */
function lazily<T extends object, L extends object>(
  object: T,
  computed: { readonly [Key in keyof L]: () => L[Key] },
): T & L {
  for (const [key, compute] of Object.entries<() => unknown>(computed))
    Object.defineProperty(object, key, { enumerable: true, get: once(compute) });
  return object as T & L;
}

function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}
