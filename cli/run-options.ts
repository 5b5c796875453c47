/** Options of `strata run`, and its prerequisites. */

import { tablesRead } from "../compiler/plan/tables.ts";
import { type Plan, stagedDatasets } from "../compiler/plan/types.ts";
import { checkSelection, type Selection } from "../local/selection.ts";
import { ensureJars } from "../setup/jars.mjs";
import { javaProblem } from "../setup/java.mjs";
import { HOME } from "../setup/node.mjs";
import { ensurePython } from "../setup/python.mjs";
import { CommandError, usageError } from "./exit.ts";
import { lakeOf, type RootOptions, stateOf } from "./root.ts";

/** Options of `run` from the command line. */
export interface RunOptions extends RootOptions {
  readonly engine: "sail" | "spark";
  readonly from?: string;
  readonly until?: string;
  readonly stages?: string;
  readonly datasets?: string;
  readonly param: readonly string[];
  /** `[name=]first..last`: once for each day. */
  readonly each?: string;
  /** With `each`: run completed days again. */
  readonly again?: boolean;
  /** Name of an execution to resume. */
  readonly execution?: string;
  readonly concurrency?: string;
  readonly format: "text" | "json";
}

/** Options that a resumed run shares with the earlier one. */
export type Shared = RootOptions & Partial<Pick<RunOptions, "engine" | "concurrency" | "format">>;

/**
 * The interpreter of the engine's environment, and the jars that a plan needs. A missing Java for Spark is reported before
 * anything is installed.
 */
export async function enginePython(
  engine: "sail" | "spark",
  plan: Plan,
): Promise<{ readonly python: string; readonly jars?: string }> {
  if (engine === "sail") return { python: await ensurePython("sail") };
  const problem = javaProblem();
  if (problem !== undefined)
    throw new CommandError(`Apache Spark cannot run: ${problem}`, "or omit --engine: Sail needs no Java");
  const python = await ensurePython("spark-4.1");
  return needsIceberg(plan) ? { python, jars: await ensureJars("iceberg") } : { python };
}

/** What a run on an engine needs besides its input: the plan, where data and state are, and what computes. */
export async function engineRun(plan: Plan, options: Shared & Pick<RunOptions, "engine">) {
  const concurrency = concurrencyOf(options.concurrency);
  const { engine } = options;
  return {
    plan,
    home: HOME,
    lake: lakeOf(options),
    state: stateOf(options),
    concurrency,
    engine,
    ...(await enginePython(engine, plan)),
  };
}

/** True if the plan writes or reads an Iceberg table: only then does Spark get Iceberg's runtime. */
function needsIceberg(plan: Plan): boolean {
  return stagedDatasets(plan).some((dataset) => dataset.publish.format === "iceberg" || tablesRead(dataset).length > 0);
}

/** Options → execution input, as for `aws stepfunctions start-execution --input`. */
export function executionInput(
  options: Pick<RunOptions, "from" | "until" | "stages" | "datasets" | "param">,
): Record<string, unknown> {
  return {
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(options.until === undefined ? {} : { until: options.until }),
    ...(options.stages === undefined ? {} : { stages: namesOf("--stages", options.stages) }),
    ...(options.datasets === undefined ? {} : { datasets: namesOf("--datasets", options.datasets) }),
    ...(options.param.length === 0 ? {} : { params: paramsOf(options.param) }),
  };
}

/** Comma-separated names. Throws a usage error for an empty one, which an unset variable of a script gives. */
export function namesOf(option: string, text: string): string[] {
  const names = text.split(",").map((each) => each.trim());
  if (names.includes(""))
    throw usageError(
      `${option} ${text.trim() === "" ? "is empty" : `\`${text}\` has an empty name`}`,
      `separate names with one comma, as in \`${option} one,two\`; omit ${option} for all`,
    );
  return names;
}

/** Most datasets at the same time: the job's own limit (glue/strata_glue/arguments/parse.py). */
const MOST_AT_ONCE = 64;

/** Number of datasets at the same time; undefined leaves it to the job. */
function concurrencyOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d?$/.test(text) || Number(text) > MOST_AT_ONCE)
    throw usageError(
      `invalid \`--concurrency ${text}\`: not a number from 1 to ${MOST_AT_ONCE}`,
      "omit it to use the machine's number of cores",
    );
  return Number(text);
}

function paramsOf(texts: readonly string[]): Record<string, string> {
  const pairs = texts.map(splitParam);
  const twice = pairs.find(([name], at) => pairs.findIndex(([other]) => other === name) !== at);
  if (twice !== undefined) throw usageError(`\`--param ${twice[0]}\` is given twice`, "give each parameter one value");
  return Object.fromEntries(pairs);
}

function splitParam(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at <= 0)
    throw usageError(
      `invalid \`--param ${text}\`: not of the form name=value`,
      "for example --param run_date=2017-08-15",
    );
  // Node replaces bytes that are not UTF-8 with U+FFFD: a wrong value would be committed.
  if (text.includes("\u{fffd}"))
    throw usageError(
      `\`--param ${text.slice(0, at)}\` has bytes that are not UTF-8`,
      "use a terminal with a UTF-8 locale",
    );
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Checked before an engine starts; the definition says the same. Throws a usage error with all mistakes. */
export async function checkedSelection(plan: Plan, input: object): Promise<Selection> {
  const checked = await checkSelection(plan, input);
  if (!checked.ok) throw usageError(checked.errors.join("\n  "));
  return checked;
}
