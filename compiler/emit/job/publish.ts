/**
 * The job's argument `--publish` of each stage: how its datasets are checked and become their targets' content
 * (docs/job.md). Text of one form for one plan, since its digest names the object that holds a large one.
 */

import { camel, snake } from "../../../contract/camel.ts";
import { USUAL_WRITING, WRITING_KEYS } from "../../../contract/dataset.ts";
import { databaseOf, type PhysicalPlan } from "../../plan/bind.ts";
import { tablesRead } from "../../plan/tables.ts";
import type { DatasetPlan, ExpectationPlan, IcebergTable, Plan, PublishPlan, StagePlan } from "../../plan/types.ts";
import { sha256 } from "./encoding.ts";

/** The argument of a stage without any setting; the definition leaves it out. */
export const NOTHING_TO_PUBLISH = "{}";

/** One stage's argument. */
export interface PublishArgument {
  readonly stage: string;
  /** A JSON object: dataset → its settings; datasets with nothing but defaults are left out. */
  readonly json: string;
}

/** The arguments of a plan, in the order of the stages. Throws where a table's pipeline has no database. */
export function publishOf(plan: PhysicalPlan): PublishArgument[] {
  return plan.stages.map((stage) => ({ stage: stage.name, json: stageJson(plan, stage) }));
}

/** As text and not as one object, so that a dataset called `__proto__` or `10` is one like others. */
function stageJson(plan: PhysicalPlan, stage: StagePlan): string {
  const entries = stage.datasets.flatMap((dataset) => {
    const json = JSON.stringify(settingsOf(plan, dataset));
    return json === "{}" ? [] : [`${JSON.stringify(dataset.name)}:${json}`];
  });
  return `{${entries.join(",")}}`;
}

/** Every key that differs from the job's default; JSON leaves out what is undefined. */
function settingsOf(plan: PhysicalPlan, dataset: DatasetPlan): object {
  const { publish, params, sql, target, qualifiedNames, waitsFor } = dataset;
  const { expectations } = publish;
  const isIceberg = publish.format === "iceberg" && target !== undefined;
  const tables = tablesRead(dataset).map(({ location, table }) => ({ location, ...address(table, plan) }));
  return {
    ...plainSettings(publish),
    // An empty list says "none", which is not the same as not to say it: then every parameter counts.
    params: publish.skipUnchanged ? params : undefined,
    waits_for: waitsFor.length > 0 ? waitsFor : undefined,
    expectations: expectations.length > 0 ? expectations.map(expectation) : undefined,
    table: isIceberg ? address({ pipeline: plan.pipeline, name: target.table }, plan) : undefined,
    tables: tables.length > 0 ? tables : undefined,
    qualified_names: qualifiedNames && { sql: sha256(sql), changes: qualifiedNames },
    sources: declaredSources(plan, dataset),
  };
}

/** What the author declared of the tables that it reads and others write; undefined where that is nothing. */
function declaredSources({ externals }: Plan, { reads }: DatasetPlan): object[] | undefined {
  const read = new Set(reads.map(({ location }) => location));
  const declared = externals.filter(({ location, columns }) => columns.length > 0 && read.has(location));
  if (declared.length === 0) return undefined;
  return declared.map((place) => ({
    location: place.location,
    columns: place.columns.map(({ name, type }) => [name, type]),
  }));
}

function plainSettings(publish: PublishPlan): object {
  const isUsual = (name: (typeof WRITING_KEYS)[number]) =>
    JSON.stringify(publish[camel(name)]) === JSON.stringify(USUAL_WRITING[name]);
  return Object.fromEntries(WRITING_KEYS.filter((name) => !isUsual(name)).map((name) => [name, publish[camel(name)]]));
}

/** As the contract's keys; what it reads only where it reads something. */
function expectation({ reads, ...own }: ExpectationPlan): object {
  const entries = Object.entries(own).map(([key, value]) => [snake(key), value]);
  const views = reads.map(({ view, location }) => ({ view, location }));
  return { ...Object.fromEntries(entries), reads: views.length > 0 ? views : undefined };
}

/** Where the catalog has a table. */
function address(table: IcebergTable, plan: PhysicalPlan): { database: string; name: string } {
  return { database: databaseOf(table, plan), name: table.name };
}
