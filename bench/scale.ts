/** What the compiler takes for a dataset, beside many and beside few others. */

import { compile } from "../compiler/compile.ts";
import type { CompileInput } from "../compiler/input.ts";
import { manyDatasets } from "./many.ts";

/** CPU microseconds a dataset of 500 and of 5,000. */
export interface Costs {
  readonly few: number;
  readonly many: number;
}

/**
 * Compiles both in turn, and answers the least of each: another process in the caches makes both dearer, nothing makes them cheaper.
 * Makes up to `pairs`, and stops where `isEnough` of those that it has.
 */
export function costsOfMany(pairs: number, isEnough: (costs: Costs) => boolean = () => false): Costs {
  const [few, many] = [rootOf(500), rootOf(5000)];
  costOf(few, 500, 10);
  let costs: Costs = { few: Number.POSITIVE_INFINITY, many: Number.POSITIVE_INFINITY };
  for (let pair = 0; pair < pairs && !isEnough(costs); pair += 1) {
    costs = {
      few: Math.min(costs.few, costOf(few, 500, 10)),
      many: Math.min(costs.many, costOf(many, 5000, 1)),
    };
  }
  return costs;
}

/** A root of many datasets. */
function rootOf(number: number): CompileInput {
  const files = manyDatasets(number);
  const sql = Object.entries(files).flatMap(([path, text]) =>
    path.startsWith("sql/") ? [[path.slice(4), { path, text }] as const] : [],
  );
  const file = (path: string) => ({ path, text: files[path] ?? "" });
  const folder = "pipelines/many";
  const pipelines = [
    {
      name: "many",
      stages: file(`${folder}/etl_stages.json`),
      queries: file(`${folder}/sql_queries.json`),
      extras: {
        path: `${folder}/pipeline.yaml`,
        text: "sources: { a: { columns: { id: int, amount: double, name: string } } }\n",
      },
    },
  ];
  return { pipelines, sql: new Map(sql) };
}

/** CPU microseconds that a dataset takes, the collector's included. */
function costOf(input: CompileInput, number: number, times: number): number {
  const start = process.cpuUsage();
  for (let time = 0; time < times; time += 1) {
    const { pipelines, diagnostics } = compile(input);
    if (diagnostics.length > 0 || pipelines[0]?.datasets !== number) throw new Error("the measured root has mistakes");
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / number / times;
}
