/** A backfill: one execution per day, in order, on one warm engine; the first failed day ends it. */

import { createHash } from "node:crypto";
import type { Plan } from "../../compiler/plan/types.ts";
import { checkSelection } from "../selection.ts";
import type { RunResult } from "./result.ts";
import { executionName, openRunner, type RunnerOptions, readable } from "./run.ts";

export interface BackfillOptions extends RunnerOptions {
  /** The execution input, without the parameter of the days. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly param: string;
  /** `2026-01-01` and so on, in the order they run. */
  readonly days: readonly string[];
  /** Every day is a new execution, even if it ran before. */
  readonly again: boolean;
  readonly onDay: (day: string) => void;
  readonly onResult: (run: DayResult) => void;
}

/** One day's run. */
export interface DayResult extends RunResult {
  /** The parameter's name and the day. */
  readonly each: Readonly<Record<string, string>>;
}

/** Resolves with the days that ran: all succeeded, or the last one failed or was cancelled. */
export async function runBackfill(options: BackfillOptions): Promise<DayResult[]> {
  const { plan, param, days, signal } = options;
  const runner = await openRunner(options);
  const results: DayResult[] = [];
  try {
    for (const day of days) {
      if (signal.aborted) break;
      options.onDay(day);
      const input = inputOf(options.input, param, day);
      const execution = options.again ? executionName(plan.pipeline) : await dayExecution(plan, param, input);
      const each = { param, last: days.at(-1) ?? day, again: options.again };
      const run = { each: { [param]: day }, ...(await runner.run(input, execution, each)) };
      results.push(run);
      options.onResult(run);
      if (run.status !== "SUCCEEDED") break;
    }
    return results;
  } finally {
    await runner.close();
  }
}

/** The input of one day. */
export function inputOf(input: Readonly<Record<string, unknown>>, param: string, day: string): Record<string, unknown> {
  return { ...input, params: { ...(input.params as object | undefined), [param]: day } };
}

/**
 * The same name for the same pipeline, day and values of the other parameters, so that a repeated day is the same execution
 * for the job, which commits once to each target.
 *
 * The selection is not part of the name: a second run with a larger selection would append twice.
 */
export async function dayExecution(
  plan: Plan,
  param: string,
  input: Readonly<Record<string, unknown>>,
): Promise<string> {
  const selection = await checkSelection(plan, input);
  const params = selection.ok ? [...selection.params].map(([name, value]) => [name, String(value)]) : [];
  const day = params.find(([name]) => name === param)?.[1] ?? "";
  const digest = createHash("sha256")
    .update(JSON.stringify([plan.pipeline, param, params.sort(byName)]))
    .digest("hex");
  // At most 30 + 20 + 10 + 16 characters and three dashes: an execution's name has 80 (Step Functions).
  return [readable(plan.pipeline, 30), readable(param, 20), day, digest.slice(0, 16)].join("-");
}

function byName([one = ""]: readonly string[], [other = ""]: readonly string[]): number {
  return one < other ? -1 : 1;
}
