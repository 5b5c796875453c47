/** `strata run`: a pipeline on this machine. */

import { type Plan, stagedDatasets } from "../compiler/plan.ts";
import { tablesRead } from "../compiler/publish.ts";
import { checkSelection } from "../compiler/selection.ts";
import { reporterFor } from "../local/report/reporter.ts";
import { type RunResult, runPipeline } from "../local/run/run.ts";
import { ensureJars } from "../setup/jars.mjs";
import { javaProblem } from "../setup/java.mjs";
import { HOME } from "../setup/node.mjs";
import { ensurePython } from "../setup/python.mjs";
import { CommandError, EXIT, usageError } from "./exit.ts";
import { choose, lakeOf, load, planOf, type RootOptions } from "./root.ts";
import { abortOnSignals } from "./signals.ts";

/** Options of `run` as the command line gives them. */
export interface RunOptions extends RootOptions {
  readonly engine: "sail" | "spark";
  readonly from?: string;
  readonly until?: string;
  readonly stages?: string;
  readonly datasets?: string;
  readonly param: readonly string[];
  readonly format: "text" | "json";
}

/** Runs a pipeline; exit 1 if it failed, 130 if it was cancelled. */
export async function run(name: string | undefined, options: RunOptions): Promise<number> {
  const loaded = await load(options);
  const plan = planOf(loaded, choose(loaded, name));
  const input = executionInput(options);
  refuseBadSelection(plan, input);
  const result = await execute(plan, input, options, loaded.textOf);
  if (options.format === "json") process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  return result.status === "SUCCEEDED" ? EXIT.ok : EXIT.failed;
}

/** Runs a checked plan with progress on stderr (JSON) or stdout (text). */
export async function execute(
  plan: Plan,
  input: Readonly<Record<string, unknown>>,
  options: Pick<RunOptions, "root" | "lake" | "engine" | "format"> & { readonly namesEngine?: boolean },
  textOf: (file: string) => string | undefined,
): Promise<RunResult> {
  const python = await enginePython(options.engine);
  const jars = options.engine === "spark" && needsIceberg(plan) ? await ensureJars("iceberg") : undefined;
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
      engine: options.engine,
      python,
      ...(jars && { jars }),
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

/** The interpreter of the engine's environment; Spark needs Java, which is said before anything is installed. */
async function enginePython(engine: "sail" | "spark"): Promise<string> {
  if (engine === "sail") return ensurePython("sail");
  const problem = javaProblem();
  if (problem !== undefined)
    throw new CommandError(`Apache Spark cannot run: ${problem}`, "or leave --engine out: Sail needs no Java");
  return ensurePython("spark-4.1");
}

/** True if the plan writes or reads an Iceberg table: only then Spark gets Iceberg's runtime. */
function needsIceberg(plan: Plan): boolean {
  return stagedDatasets(plan).some((dataset) => dataset.publish.format === "iceberg" || tablesRead(dataset).length > 0);
}

/** Options → execution input, the same that `aws stepfunctions start-execution --input` takes. */
export function executionInput(
  options: Pick<RunOptions, "from" | "until" | "stages" | "datasets" | "param">,
): Record<string, unknown> {
  const list = (text: string) => text.split(",").map((each) => each.trim());
  return {
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(options.until === undefined ? {} : { until: options.until }),
    ...(options.stages === undefined ? {} : { stages: list(options.stages) }),
    ...(options.datasets === undefined ? {} : { datasets: list(options.datasets) }),
    ...(options.param.length === 0 ? {} : { params: Object.fromEntries(options.param.map(splitParam)) }),
  };
}

function splitParam(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at <= 0)
    throw usageError(`\`--param ${text}\` is not of the form name=value`, "for example --param run_date=2017-08-15");
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Said before an engine starts, with the nearest names; the definition checks the same again. */
function refuseBadSelection(plan: Plan, input: Readonly<Record<string, unknown>>): void {
  const checked = checkSelection(plan, input);
  if (checked.ok) return;
  throw usageError(checked.errors.join("\n  "));
}
