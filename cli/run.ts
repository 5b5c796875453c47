/** `strata run`: a pipeline on this machine. */

import type { Plan } from "../compiler/plan.ts";
import { reporterFor } from "../local/report/reporter.ts";
import { type RunResult, runPipeline } from "../local/run/run.ts";
import { HOME } from "../setup/node.mjs";
import { backfill } from "./backfill.ts";
import { CommandError, EXIT, usageError } from "./exit.ts";
import { choose, lakeOf, load, planOf, stateOf } from "./root.ts";
import { concurrencyOf, enginePython, executionInput, type RunOptions, refuseBadSelection } from "./run-options.ts";
import { abortOnSignals } from "./signals.ts";

/** Runs a pipeline; exit 1 if it failed, 130 if it was cancelled. */
export async function run(name: string | undefined, options: RunOptions): Promise<number> {
  const loaded = await load(options);
  const plan = planOf(loaded, choose(loaded, name));
  const input = executionInput(options);
  const { each } = options;
  if (each !== undefined) return backfill(plan, input, { ...options, each }, loaded.textOf);
  if (options.again) throw usageError("--again belongs to --each", "a run without --each is always a new execution");
  refuseBadSelection(plan, input);
  const result = await execute(plan, input, options, loaded.textOf);
  if (options.format === "json") process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  return result.status === "SUCCEEDED" ? EXIT.ok : EXIT.failed;
}

/** Runs a checked plan with progress on stderr (JSON) or stdout (text). */
export async function execute(
  plan: Plan,
  input: Readonly<Record<string, unknown>>,
  options: Pick<RunOptions, "root" | "lake" | "engine" | "format" | "concurrency"> & { readonly namesEngine?: boolean },
  textOf: (file: string) => string | undefined,
): Promise<RunResult> {
  const concurrency = concurrencyOf(options.concurrency);
  const installed = await enginePython(options.engine, plan);
  const stop = abortOnSignals();
  const reporter = reporterFor(process.stderr, options.format === "json" ? process.stderr : process.stdout, {
    plan,
    textOf,
    namesEngine: options.namesEngine ?? true,
  });
  try {
    const result = await runPipeline({
      plan,
      home: HOME,
      lake: lakeOf(options),
      state: stateOf(options),
      concurrency,
      engine: options.engine,
      ...installed,
      input,
      signal: stop.signal,
      onEvent: reporter.onEvent,
    });
    reporter.finish(result);
    if (stop.signal.aborted)
      throw new CommandError(
        "cancelled; targets of datasets that had not finished are unchanged",
        undefined,
        EXIT.cancelled,
      );
    return result;
  } finally {
    reporter.close();
    stop.dispose();
  }
}
