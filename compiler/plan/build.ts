/** Resolved pipeline without mistakes → plan. */

import { createHash } from "node:crypto";
import { compareText } from "../diagnostics.ts";
import type { SourceFile } from "../input.ts";
import { compactJson } from "../parse/json.ts";
import type { DatasetSyntax } from "../read/dataset.ts";
import { tableName } from "../read/location.ts";
import { type PipelineWorld, stagedTargets, type World } from "../resolve/world.ts";
import { crawlersOf } from "../rules/crawlers.ts";
import { writersOf } from "../rules/order.ts";
import { icebergTables, planPublish } from "./build-publish.ts";
import {
  type CrawlerPlan,
  type DatasetPlan,
  type ExternalPlan,
  type IcebergTable,
  PLAN_VERSION,
  type Plan,
  type SourcePlan,
} from "./types.ts";

/** Builds the plan of one pipeline; `queries` is its `sql_queries.json`. */
export function buildPlan(pipeline: PipelineWorld, world: World, queries: SourceFile): Plan {
  const staged = new Set(pipeline.staged.map(({ dataset }) => dataset));
  const tables = icebergTables(world);
  const stageOf = new Map(pipeline.staged.map((each) => [each.dataset, each.stage]));
  const around = { pipeline, text: queries.text, tables, stageOf };
  const datasetPlan = (dataset: DatasetSyntax) => planDataset(dataset, around);
  const content: Omit<Plan, "digest"> = {
    version: PLAN_VERSION,
    pipeline: pipeline.name,
    description: pipeline.extras.description,
    setup: pipeline.extras.setup,
    stages: pipeline.stages.map((stage, index) => ({
      name: stage.name.value,
      datasets: pipeline.staged.filter((each) => each.stage === index).map(({ dataset }) => datasetPlan(dataset)),
    })),
    unstaged: [...pipeline.datasets.values()].filter((dataset) => !staged.has(dataset)).map(datasetPlan),
    params: pipeline.extras.params.map(({ name, type, default: value }) => ({
      name: name.value,
      type,
      default: value,
    })),
    crawlers: planCrawlers(pipeline, world),
    queries: pipeline.extras.queries.map(({ name, sql }) => ({ name: name.value, sql: sql.value })),
    externals: planExternals(pipeline, world),
    buckets: bucketsOf(pipeline),
  };
  const digest = createHash("sha256").update(JSON.stringify(content)).digest("hex");
  return deepFreeze({ ...content, digest });
}

interface Around {
  readonly pipeline: PipelineWorld;
  /** Text of `sql_queries.json`. */
  readonly text: string;
  readonly tables: ReadonlyMap<string, IcebergTable>;
  /** Index of the stage that runs a dataset. */
  readonly stageOf: ReadonlyMap<DatasetSyntax, number>;
}

function planDataset(dataset: DatasetSyntax, { pipeline, text, tables, stageOf }: Around): DatasetPlan {
  const writers = writersOf(dataset, pipeline);
  const sql = pipeline.sqlOf(dataset)?.file;
  const target = dataset.target?.value;
  const reads = dataset.tables.map(({ name, location }): SourcePlan => {
    if (location === undefined) throw new Error(`source \`${name.value}\` without location after checks`);
    const writer = writers.find((each) => each.exact && each.table.name === name);
    return {
      table: name.value,
      ...location.value,
      writer: writer?.dataset.name.value,
      iceberg: tables.get(location.value.location),
    };
  });
  const before = writers.filter((each) => each.stage === stageOf.get(dataset)).map((each) => each.dataset.name.value);
  return {
    name: dataset.name.value,
    sqlFile: dataset.sqlFile?.value ?? "",
    sql: sql?.text ?? "",
    config: compactJson(text.slice(dataset.node.offset, dataset.node.offset + dataset.node.length)),
    reads,
    target: target && { ...target, table: tableName(target) },
    targetName: dataset.targetName,
    waitsFor: [...new Set(before)].sort(compareText),
    params: [...new Set(sql?.facts.params.map(({ name }) => name))].sort(compareText),
    publish: planPublish(dataset, pipeline, tables),
  };
}

function planCrawlers(pipeline: PipelineWorld, world: World): CrawlerPlan[] {
  return crawlersOf(pipeline, world).map(({ name, location, datasets, tableLevel, exclusions }) => ({
    name,
    ...location,
    datasets: datasets.map((dataset) => dataset.name.value),
    tableLevel,
    exclusions,
  }));
}

/** Locations that no staged dataset of this pipeline writes. */
function planExternals(pipeline: PipelineWorld, world: World): ExternalPlan[] {
  const own = new Set(stagedTargets([pipeline]).map(({ target }) => target.value.location));
  const others = new Map(
    stagedTargets(world.pipelines.filter((each) => each !== pipeline)).map(({ pipeline: writer, dataset, target }) => [
      target.value.location,
      { pipeline: writer.name, dataset: dataset.name.value },
    ]),
  );
  const columns = new Map(pipeline.extras.sources.map((source) => [source.name.value.toLowerCase(), source.columns]));
  const externals = new Map<string, ExternalPlan>();
  for (const { name, location } of pipeline.staged.flatMap(({ dataset }) => dataset.tables)) {
    if (location === undefined || own.has(location.value.location)) continue;
    const known = externals.get(location.value.location);
    externals.set(location.value.location, {
      ...location.value,
      tables: [...new Set([...(known?.tables ?? []), name.value])].sort(compareText),
      columns: known?.columns.length ? known.columns : (columns.get(name.value.toLowerCase()) ?? []),
      writer: others.get(location.value.location),
    });
  }
  return [...externals.values()].sort((a, b) => compareText(a.location, b.location));
}

function bucketsOf(pipeline: PipelineWorld): string[] {
  const datasets = pipeline.staged.map(({ dataset }) => dataset);
  const sources = datasets.flatMap(({ tables }) => tables.flatMap(({ location }) => location?.value.bucket ?? []));
  const targets = datasets.flatMap(({ target }) => target?.value.bucket ?? []);
  return [...new Set([...sources, ...targets])].sort(compareText);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) for (const each of Object.values(value)) deepFreeze(each);
  return Object.freeze(value);
}
