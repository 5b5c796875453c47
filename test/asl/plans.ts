/** Plans for tests, compiled from text: the real compiler, no files. */

import { emitAsl } from "../../compiler/emit/asl/emit.ts";
import type { DatasetPlan, ExpectationPlan, Plan, PublishPlan } from "../../compiler/plan/types.ts";
import { localBindings } from "../../settings/bindings.ts";
import { compileFiles } from "../compiler/files.ts";

/** Stages with their datasets' names; every dataset writes `s3://lake/<name's number>/`. */
export function planOf(
  stages: readonly (readonly [string, readonly string[]])[],
  extras = "",
  sql = "SELECT 1 AS one",
): Plan {
  const names = stages.flatMap(([, datasets]) => datasets);
  const dataset = (name: string, index: number) =>
    `${JSON.stringify(name)}:{"sql_name":${JSON.stringify(name)},"sql_file":"q.sql","tables":[],"s3_target":"s3://lake/gold/t${index}/"}`;
  const queries = `{${names.map(dataset).join(",")}}`;
  const list = `{${stages.map(([name, datasets]) => `${JSON.stringify(name)}:${JSON.stringify(datasets)}`).join(",")}}`;
  const { pipelines, diagnostics } = compileFiles({
    "pipelines/p/etl_stages.json": list,
    "pipelines/p/sql_queries.json": queries,
    ...(extras === "" ? {} : { "pipelines/p/pipeline.yaml": extras }),
    "sql/q.sql": sql,
  });
  const plan = pipelines[0]?.plan;
  if (plan === undefined) throw new Error(JSON.stringify(diagnostics));
  return plan;
}

/** The definition with local names. */
export function emitLocal(plan: Plan) {
  const bindings = localBindings(plan);
  return { bindings, ...emitAsl(plan, bindings) };
}

/** A plan in which datasets are published otherwise than by default, as if their author had said so. */
export function publishing(plan: Plan, settings: Readonly<Record<string, Partial<PublishPlan>>>): Plan {
  const changed = (dataset: DatasetPlan) => ({
    ...dataset,
    publish: { ...dataset.publish, ...settings[dataset.name] },
  });
  return {
    ...plan,
    stages: plan.stages.map((stage) => ({ ...stage, datasets: stage.datasets.map(changed) })),
  };
}

/** A row predicate of a given size. */
export function expectationOf(bytes: number, name = "expression(1)"): ExpectationPlan {
  return { name, kind: "expression", severity: "error", failing: `NOT (${"x".repeat(bytes)})`, reads: [] };
}
