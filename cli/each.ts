/** `--each`: a date parameter and its days. */

import type { Plan } from "../compiler/plan/types.ts";
import { fitsType } from "../contract/param-types.ts";
import { type CommandError, usageError } from "./exit.ts";

/** Most days of one backfill: ten years. The record keeps as many executions (glue/strata_glue/target/parquet/record.py). */
export const MOST_DAYS = 3660;

const DAY = 24 * 60 * 60 * 1000;

/** A parameter and its days, in order. */
export interface Each {
  readonly param: string;
  readonly days: readonly string[];
}

/**
 * Reads `[name=]2026-01-01..2026-01-31`; `given` are the names in `--param`. Without a name it is the only date parameter
 * in `--param`, else the only one of the pipeline.
 */
export function readEach(text: string, plan: Plan, given: readonly string[]): Each {
  const at = text.lastIndexOf("=");
  const range = daysOf(text.slice(at + 1));
  const dates = plan.params.filter(({ type }) => type === "date").map(({ name }) => name);
  if (at >= 0) {
    const param = text.slice(0, at);
    if (!dates.includes(param)) throw noSuch(`pipeline \`${plan.pipeline}\` has no date parameter \`${param}\``, dates);
    return { param, days: range };
  }
  const named = dates.filter((name) => given.includes(name));
  const [param, ...others] = named.length > 0 ? named : dates;
  if (param === undefined) throw noSuch(`pipeline \`${plan.pipeline}\` has no date parameter`, dates);
  if (others.length > 0) throw noSuch("`--each` is ambiguous: the pipeline has several date parameters", dates);
  return { param, days: range };
}

function noSuch(message: string, dates: readonly string[]): CommandError {
  return usageError(
    message,
    dates.length === 0
      ? "declare one in pipeline.yaml: `params: { run_date: { type: date } }`"
      : `write --each NAME=FIRST..LAST with one of its date parameters: ${dates.join(", ")}`,
  );
}

function daysOf(range: string): string[] {
  const [first = "", last = "", ...more] = range.split("..");
  if (more.length > 0 || !fitsType(first, "date") || !fitsType(last, "date"))
    throw usageError(`invalid range of dates \`${range}\``, "for example --each run_date=2026-01-01..2026-01-31");
  const [from, to] = [Date.parse(first), Date.parse(last)];
  if (from > to) throw usageError(`the range ${range} ends before it begins`, `write ${last}..${first}`);
  const count = (to - from) / DAY + 1;
  if (count > MOST_DAYS)
    throw usageError(
      `the range ${range} has ${count.toLocaleString("en-US")} days; the limit is ${MOST_DAYS.toLocaleString("en-US")}`,
      "split it into several runs",
    );
  return Array.from({ length: count }, (_, index) => new Date(from + index * DAY).toISOString().slice(0, 10));
}
