/** `strata run --each`: a pipeline once per day. */

import { join } from "node:path";
import type { Plan } from "../compiler/plan/types.ts";
import { counted } from "../compiler/show/counted.ts";
import { printable } from "../compiler/show/text.ts";
import type { LoadedRoot } from "../loading/load.ts";
import { backfillReporter } from "../local/report/backfill.ts";
import { type DayResult, inputOf, runBackfill } from "../local/run/backfill.ts";
import { selectionOf } from "../local/run/keeping.ts";
import { warnings } from "../local/run/result.ts";
import { checkSelection } from "../local/selection.ts";
import { type Each, readEach } from "./each.ts";
import { CommandError, EXIT } from "./exit.ts";
import { reporterContext } from "./reporting.ts";
import { backfillCommand, committedWords } from "./resume.ts";
import { printJson, stateOf } from "./root.ts";
import { checkedSelection, engineRun, type RunOptions } from "./run-options.ts";
import { abortOnSignals } from "./signals.ts";

/** Runs all days; exit 1 if one failed, 130 if it was cancelled. */
export async function backfill(
  plan: Plan,
  input: Readonly<Record<string, unknown>>,
  options: RunOptions & { readonly each: string },
  loaded: LoadedRoot,
): Promise<number> {
  const each = readEach(options.each, plan, Object.keys((input.params as object | undefined) ?? {}));
  await checkedSelection(plan, inputOf(input, each.param, each.days[0] ?? ""));
  const args = await engineRun(plan, options);
  const out = options.format === "json" ? process.stderr : process.stdout;
  const reporter = backfillReporter(process.stderr, out, each.days, reporterContext(loaded, plan, options));
  const stop = abortOnSignals(
    "cancelled before the targets were read, so the commits of the running day are unknown: run the remaining days again",
  );
  const started = performance.now();
  try {
    const runs = await runBackfill({
      ...each,
      ...reporter,
      ...args,
      input,
      again: options.again === true,
      signal: stop.signal,
    });
    reporter.close();
    const done = runs.filter(({ status }) => status === "SUCCEEDED");
    const last = runs.at(-1);
    const wasCancelled = stop.signal.aborted && done.length < each.days.length;
    const resume =
      done.length < each.days.length
        ? await remainingCommand(plan, input, each, done.length, last, options)
        : undefined;
    const status = done.length === each.days.length ? "SUCCEEDED" : wasCancelled ? "CANCELLED" : "FAILED";
    if (!wasCancelled)
      out.write(ending(each, runs, done.length, (performance.now() - started) / 1000, options, resume));
    if (options.format === "json") printJson({ runs, status, ...(resume && { resume }) });
    if (wasCancelled)
      throw new CommandError(
        `cancelled; ${completed(each, done.length)}, and ${last?.status === "CANCELLED" ? `of ${each.days[done.length]} ${committedWords(last)}` : "no other day has begun"}`,
        `${remedy(each, done.length)}: ${resume}`,
        EXIT.cancelled,
      );
    return status === "SUCCEEDED" ? EXIT.ok : EXIT.failed;
  } finally {
    reporter.close();
    stop.dispose();
  }
}

function ending(
  each: Each,
  runs: readonly DayResult[],
  done: number,
  seconds: number,
  options: RunOptions,
  resume?: string,
): string {
  const failed = done < each.days.length;
  const datasets = runs.flatMap(({ stages }) => stages).flatMap((stage) => stage.datasets);
  const repeated = datasets.some((dataset) => dataset.repeated);
  const changed = new Set(datasets.filter((dataset) => dataset.sqlChanged).map(({ name }) => name));
  const warned = datasets.some(({ expectations }) => warnings(expectations).length > 0);
  const lines = [
    `${failed ? `stopped at ${each.days[done]}; ` : ""}${completed(each, done)}, in ${seconds.toFixed(1)} s`,
    ...(failed ? [`  help: ${remedy(each, done)}`, `To resume: ${resume}`] : []),
    ...(repeated ? ["days that ran earlier were not written again; `--again` writes them again"] : []),
    ...(changed.size > 0 ? [`the SQL has changed since the commit of ${[...changed].map(printable).join(", ")}`] : []),
    ...(warned ? [`rows that fail expectations: ${join(stateOf(options), "samples")}`] : []),
    `Engine: ${runs[0]?.engine ?? "none"}`,
  ];
  return `\n${lines.join("\n")}\n`;
}

/** The completed days, as a range. */
function completed({ days }: Each, done: number): string {
  if (done === 0) return `none of ${counted(days.length, "day")} is done`;
  const range = done === 1 ? days[0] : `${days[0]}..${days[done - 1]}`;
  return done === days.length
    ? `${counted(done, "day")} done: ${range}`
    : `done: ${range}, ${done} of ${counted(days.length, "day")}`;
}

function remedy({ param, days }: Each, done: number): string {
  return `resume with the same command and --each ${param}=${days[done]}..${days.at(-1)}`;
}

/** The command for the remaining days; the first of them has begun if it `ran`. */
async function remainingCommand(
  plan: Plan,
  input: Readonly<Record<string, unknown>>,
  { param, days }: Each,
  done: number,
  ran: DayResult | undefined,
  options: RunOptions,
): Promise<string> {
  const [day = "", last = ""] = [days[done], days.at(-1)];
  const selection = await checkSelection(plan, inputOf(input, param, day));
  const params = selection.ok ? [...selection.params].map(([name, value]) => [name, String(value)]) : [];
  const wasBegun = ran !== undefined && ran.each[param] === day;
  return backfillCommand(
    {
      execution: wasBegun ? ran.execution : undefined,
      pipeline: plan.pipeline,
      params: Object.fromEntries(params),
      selection: selectionOf(input),
      each: { param, last, again: options.again === true },
    },
    options,
  );
}
