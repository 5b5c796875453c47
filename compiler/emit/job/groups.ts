/** Groups: a stage's datasets as the job gets them. Text in, text out: no number, key or order goes through JavaScript's objects. */

import type { Plan } from "../../plan/types.ts";

/** One stage's group. */
export interface Group {
  readonly stage: string;
  /** A JSON array of the stage's dataset objects in order, each with all its keys and `sql_text`, without white space. */
  readonly json: string;
}

/** The groups of a plan, in the order of the stages. */
export function groupsOf(plan: Plan): Group[] {
  return plan.stages.map(({ name, datasets }) => ({
    stage: name,
    json: `[${datasets.map(({ config, sql }) => withSql(config, sql)).join(",")}]`,
  }));
}

/** Adds `sql_text` as the last key of an object. */
function withSql(config: string, sql: string): string {
  const entry = `"sql_text":${JSON.stringify(sql)}`;
  const body = config.slice(0, -1);
  return `${body}${body === "{" ? "" : ","}${entry}}`;
}
