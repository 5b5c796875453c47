/** Plans for tests, compiled from text: the real compiler, no files. */

import { emitAsl } from "../../compiler/asl/emit.ts";
import type { Plan } from "../../compiler/plan.ts";
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
