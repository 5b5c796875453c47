/** D013: a stage on Glue 5.1, which is Spark 3.5, has SQL that only Spark 4 supports. */

import { type Diagnostic, diagnostic } from "../compiler/diagnostics.ts";
import { newerThanSpark35 } from "../compiler/parse/sql/newer.ts";
import { locate } from "../compiler/parse/text.ts";
import type { DatasetPlan, Plan } from "../compiler/plan/types.ts";
import type { Settings, Workers } from "./schema.ts";

/** One finding per dataset; `workersOf` returns a stage's settings. */
export function newerSql(
  plan: Plan,
  settings: Settings,
  workersOf: (plan: Plan, stage: string, settings: Settings) => Workers,
): Diagnostic[] {
  return plan.stages
    .filter(({ name }) => workersOf(plan, name, settings).glueVersion === "5.1")
    .flatMap(({ name, datasets }) => datasets.flatMap((dataset) => found(name, dataset, settings.stack)));
}

function found(stage: string, { name, sql, sqlFile }: DatasetPlan, stack: string): Diagnostic[] {
  const newer = newerThanSpark35(sql);
  if (newer === undefined) return [];
  return [
    diagnostic({
      code: "D013",
      at: locate(`sql/${sqlFile}`, sql).place(newer.offset, newer.length),
      message: `dataset \`${name}\` has ${newer.construct}, which Glue 5.1 (Spark 3.5) does not support; stack \`${stack}\` runs stage \`${stage}\` on it`,
      help: `${newer.help}, or set \`glueVersion\` of the stage to "6.0"`,
    }),
  ];
}
