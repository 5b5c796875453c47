/** Resolved pipeline without mistakes → plan. */

import { createHash } from "node:crypto";
import { PLAN_VERSION } from "../../contract/version.ts";
import { compareText } from "../diagnostics.ts";
import { compactJson } from "../parse/json.ts";
import { tableName } from "../read/location.ts";
import { waitsFor } from "../resolve/order.ts";
import type { ResolvedSql } from "../resolve/sql-files.ts";
import type { Dataset, Pipeline, Root } from "../resolve/types.ts";
import { icebergTables, planPublish } from "./build-publish.ts";
import { withTables } from "./config.ts";
import type { DatasetPlan, ExternalPlan, IcebergTable, Plan, SourcePlan } from "./types.ts";

/** Builds the plan of one pipeline. */
export function buildPlan(pipeline: Pipeline, root: Root): Plan {
  const { extras, stages, staged } = pipeline;
  const tables = icebergTables(root);
  const planAll = (datasets: readonly Dataset[]) => datasets.map((dataset) => planDataset(dataset, tables));
  const content: Omit<Plan, "digest"> = {
    version: PLAN_VERSION,
    pipeline: pipeline.name,
    description: extras.description,
    setup: extras.setup,
    stages: stages.map(({ name }, index) => ({
      name: name.value,
      datasets: planAll(staged.filter(({ stage }) => stage === index)),
    })),
    unstaged: planAll([...pipeline.datasets.values()].filter(({ stage }) => stage === undefined)),
    params: extras.params.map(({ name, type, default: value }) => ({ name: name.value, type, default: value })),
    crawlers: pipeline.crawlers.map(({ name, location, datasets, tableLevel, exclusions }) => ({
      name,
      ...location,
      datasets: datasets.map((dataset) => dataset.name.value),
      tableLevel,
      exclusions,
    })),
    queries: extras.queries.map(({ name, sql }) => ({ name: name.value, sql: sql.value })),
    externals: planExternals(pipeline, root),
    buckets: bucketsOf(staged),
  };
  const digest = createHash("sha256").update(JSON.stringify(content)).digest("hex");
  return deepFreeze({ ...content, digest });
}

function planDataset(dataset: Dataset, tables: ReadonlyMap<string, IcebergTable>): DatasetPlan {
  const { sql, node, writers } = dataset;
  const target = dataset.target?.value;
  const reads = dataset.tables.map(({ name, location, isDerived }): SourcePlan => {
    if (location === undefined) throw new Error(`source \`${name.value}\` without location after checks`);
    const writer = writers.find((each) => each.exact && each.table.name === name);
    return {
      table: name.value,
      ...location.value,
      writer: writer?.dataset.name.value,
      derived: isDerived || undefined,
      iceberg: tables.get(location.value.location),
    };
  });
  return {
    name: dataset.name.value,
    sqlFile: dataset.sqlFile?.value ?? "",
    sql: sql?.text ?? "",
    qualifiedNames: sql && qualifiedNamesOf(sql),
    config: withTables(
      compactJson(dataset.pipeline.queries.text.slice(node.offset, node.offset + node.length)),
      reads.filter(({ derived }) => derived),
      dataset.hasTables,
    ),
    reads,
    target: target && { ...target, table: tableName(target) },
    targetName: dataset.targetName,
    waitsFor: sorted(waitsFor(dataset).map(({ name }) => name.value)),
    params: sorted(sql?.facts.params.map(({ name }) => name) ?? []),
    publish: planPublish(dataset, tables),
  };
}

/** In characters, as the job counts them: JavaScript's strings have two units for some. Undefined where there are none. */
function qualifiedNamesOf({ text, facts }: ResolvedSql): DatasetPlan["qualifiedNames"] {
  if (facts.qualifiedNames.length === 0) return undefined;
  const at = (offset: number) => Array.from(text.slice(0, offset)).length;
  return facts.qualifiedNames.map(({ offset, length, text: name }) => ({
    start: at(offset),
    end: at(offset + length),
    text: name,
  }));
}

/** Locations that no staged dataset of this pipeline writes. */
function planExternals({ staged, targets, sourceNamed, name: pipeline }: Pipeline, root: Root): ExternalPlan[] {
  const externals = new Map<string, ExternalPlan>();
  for (const { name, location } of staged.flatMap(({ tables }) => tables)) {
    if (location === undefined || targets.at(location.value).length > 0) continue;
    const known = externals.get(location.value.location);
    const writer = root.targets.at(location.value).findLast((each) => each.pipeline.name !== pipeline);
    externals.set(location.value.location, {
      ...location.value,
      tables: sorted([...(known?.tables ?? []), name.value]),
      columns: known?.columns.length ? known.columns : (sourceNamed(name.value)?.columns ?? []),
      writer: writer && { pipeline: writer.pipeline.name, dataset: writer.name.value },
    });
  }
  return [...externals.values()].sort((a, b) => compareText(a.location, b.location));
}

function bucketsOf(staged: readonly Dataset[]): string[] {
  const places = staged.flatMap(({ target, tables }) => [target, ...tables.map(({ location }) => location)]);
  return sorted(places.flatMap((each) => each?.value.bucket ?? []));
}

/** Each once. */
function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort(compareText);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) for (const each of Object.values(value)) deepFreeze(each);
  return Object.freeze(value);
}
