/** Names → what they mean, over all pipelines of a root. */

import type { CompileInput } from "../input.ts";
import { analyzeSql } from "../parse/sql/analyze.ts";
import type { DatasetSyntax } from "../read/dataset.ts";
import type { ExpectationSyntax } from "../read/expectations.ts";
import type { Location } from "../read/location.ts";
import type { PipelineSyntax } from "../read/pipeline.ts";
import { crawlersOf } from "./crawlers.ts";
import { indexLocations } from "./locations.ts";
import { reachesIn } from "./reaches.ts";
import { type ResolvedSql, sqlResolver } from "./sql-files.ts";
import { tableNames, tablesOf } from "./tables.ts";
import { indexTargets } from "./targets.ts";
import type { Dataset, LocationIndex, Pipeline, Root, Target } from "./types.ts";
import { writersOf } from "./writers.ts";

/** Resolves names. What is asked for is computed once, when it is asked for. */
export function resolve(pipelines: readonly PipelineSyntax[], input: CompileInput): Root {
  const factsOf = memoized(analyzeSql);
  const sqlOf = sqlResolver(input.sql, factsOf);
  const columns = once(() => columnsByTarget(root));
  const root: Root = lazily(
    {
      columnsAt: ({ location }: Location) => columns().get(location),
      pipelines: pipelines.map((syntax) => resolvePipeline(syntax, sqlOf, () => root.locations)),
      sql: input.sql,
      others: input.others ?? new Map(),
      factsOf,
    },
    {
      targets: () => indexTargets(root.pipelines.flatMap((each) => each.targets.all)),
      locations: () => indexLocations(root.pipelines.flatMap(({ staged }) => staged)),
    },
  );
  return root;
}

function columnsByTarget({ pipelines }: Root): ReadonlyMap<string, readonly string[]> {
  const all = pipelines.flatMap(({ datasets }) => [...datasets.values()]);
  return new Map(
    all.flatMap(({ target, columns }) => (target && columns ? [[target.value.location, columns] as const] : [])),
  );
}

function resolvePipeline(
  syntax: PipelineSyntax,
  sqlOf: ReturnType<typeof sqlResolver>,
  locations: () => LocationIndex,
): Pipeline {
  const stageOf = stagesByDataset(syntax);
  const datasets = new Map<string, Dataset>();
  const pipeline: Pipeline = lazily(
    { ...syntax, datasets },
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
    datasets.set(value, resolveDataset(each, stageOf.get(value), sqlOf(each.sqlFile), pipeline));
  }
  return pipeline;
}

function resolveDataset(
  syntax: DatasetSyntax,
  stage: number | undefined,
  sql: ResolvedSql | undefined,
  pipeline: Pipeline,
): Dataset {
  const resolved = {
    ...syntax,
    pipeline,
    stage,
    sql,
    // Of two queries neither is the dataset's.
    columns: sql?.facts.statements.length === 1 ? sql.facts.outputs : undefined,
    expectations: withDefaults(syntax, pipeline.extras.expectations),
    isIceberg: syntax.publish.format.value === "iceberg",
  };
  const dataset: Dataset = lazily(resolved, {
    tables: () => tablesOf(dataset),
    writers: () => writersOf(dataset),
  });
  return dataset;
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
