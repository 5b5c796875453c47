/** `strata run --each`: a pipeline once a day. */

import { join } from "node:path";
import type { Plan } from "../compiler/plan.ts";
import { counted } from "../compiler/present/counted.ts";
import { backfillReporter } from "../local/report/backfill.ts";
import { type DayResult, inputOf, runBackfill } from "../local/run/backfill.ts";
import { warnings } from "../local/run/result.ts";
import { HOME } from "../setup/node.mjs";
import { type Each, readEach } from "./each.ts";
import { CommandError, EXIT } from "./exit.ts";
import { lakeOf, stateOf } from "./root.ts";
import { concurrencyOf, enginePython, type RunOptions, refuseBadSelection } from "./run-options.ts";
import { abortOnSignals } from "./signals.ts";

/** Runs all days; exit 1 if one failed, 130 if it was cancelled. */
export async function backfill(
  plan: Plan,
  input: Readonly<Record<string, unknown>>,
  options: RunOptions & { readonly each: string },
  textOf: (file: string) => string | undefined,
): Promise<number> {
  const each = readEach(options.each, plan, Object.keys((input.params as object | undefined) ?? {}));
  refuseBadSelection(plan, inputOf(input, each.param, each.days[0] ?? ""));
  const concurrency = concurrencyOf(options.concurrency);
  const installed = await enginePython(options.engine, plan);
  const out = options.format === "json" ? process.stderr : process.stdout;
  const reporter = backfillReporter(process.stderr, out, each.days, { plan, textOf });
  const stop = abortOnSignals();
  const started = performance.now();
  try {
    const runs = await runBackfill({
      ...each,
      ...reporter,
      plan,
      input,
      again: options.again === true,
      home: HOME,
      lake: lakeOf(options),
      state: stateOf(options),
      concurrency,
      engine: options.engine,
      ...installed,
      signal: stop.signal,
    });
    reporter.close();
    const done = runs.filter(({ status }) => status === "SUCCEEDED");
    if (done.length < each.days.length && done.length === runs.length)
      throw new CommandError(
        `cancelled; ${standing(each, done.length)}, and targets of datasets that had not finished are unchanged`,
        goOn(each, done.length),
        EXIT.cancelled,
      );
    const status = done.length === each.days.length ? "SUCCEEDED" : "FAILED";
    out.write(ending(each, runs, done.length, (performance.now() - started) / 1000, options));
    if (options.format === "json") process.stdout.write(`${JSON.stringify({ runs, status }, null, 2)}\n`);
    return status === "SUCCEEDED" ? EXIT.ok : EXIT.failed;
  } finally {
    reporter.close();
    stop.dispose();
  }
}

function ending(each: Each, runs: readonly DayResult[], done: number, seconds: number, options: RunOptions): string {
  const failed = done < each.days.length;
  const datasets = runs.flatMap(({ stages }) => stages).flatMap((stage) => stage.datasets);
  const repeated = datasets.some((dataset) => dataset.repeated);
  const warned = datasets.some(({ expectations }) => warnings(expectations).length > 0);
  const lines = [
    `${failed ? `stopped at ${each.days[done]}; ` : ""}${standing(each, done)}, in ${seconds.toFixed(1)} s`,
    ...(failed ? [`  help: ${goOn(each, done)}`] : []),
    ...(repeated ? ["what was written before by the same day was left as it is; --again writes it again"] : []),
    ...(warned ? [`rows that fail expectations: ${join(stateOf(options), "samples")}`] : []),
    `Engine: ${runs[0]?.engine ?? "none"}`,
  ];
  return `\n${lines.join("\n")}\n`;
}

/** What is done, as a range. */
function standing({ days }: Each, done: number): string {
  if (done === 0) return `none of ${counted(days.length, "day")} is done`;
  const range = done === 1 ? days[0] : `${days[0]}..${days[done - 1]}`;
  return done === days.length
    ? `${counted(done, "day")} done: ${range}`
    : `done: ${range}, ${done} of ${counted(days.length, "day")}`;
}

function goOn({ param, days }: Each, done: number): string {
  return `go on with the same command and --each ${param}=${days[done]}..${days.at(-1)}`;
}
