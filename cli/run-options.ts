/** What `strata run` is told on the command line, and what it needs before it starts. */

import { tablesRead } from "../compiler/emit/job/publish.ts";
import { checkSelection } from "../compiler/emit/selection.ts";
import { type Plan, stagedDatasets } from "../compiler/plan/types.ts";
import { ensureJars } from "../setup/jars.mjs";
import { javaProblem } from "../setup/java.mjs";
import { ensurePython } from "../setup/python.mjs";
import { CommandError, usageError } from "./exit.ts";
import type { RootOptions } from "./root.ts";

/** Options of `run` as the command line gives them. */
export interface RunOptions extends RootOptions {
  readonly engine: "sail" | "spark";
  readonly from?: string;
  readonly until?: string;
  readonly stages?: string;
  readonly datasets?: string;
  readonly param: readonly string[];
  /** `[name=]first..last`: once for each day. */
  readonly each?: string;
  /** With `each`: days that ran before run again. */
  readonly again?: boolean;
  /** Name of an execution to go on with. */
  readonly execution?: string;
  readonly concurrency?: string;
  readonly format: "text" | "json";
}

/**
 * The interpreter of the engine's environment, and the jars that a plan needs; Spark needs Java, which is said before
 * anything is installed.
 */
export async function enginePython(
  engine: "sail" | "spark",
  plan: Plan,
): Promise<{ readonly python: string; readonly jars?: string }> {
  if (engine === "sail") return { python: await ensurePython("sail") };
  const problem = javaProblem();
  if (problem !== undefined)
    throw new CommandError(`Apache Spark cannot run: ${problem}`, "or leave --engine out: Sail needs no Java");
  const python = await ensurePython("spark-4.1");
  return needsIceberg(plan) ? { python, jars: await ensureJars("iceberg") } : { python };
}

/** True if the plan writes or reads an Iceberg table: only then Spark gets Iceberg's runtime. */
function needsIceberg(plan: Plan): boolean {
  return stagedDatasets(plan).some((dataset) => dataset.publish.format === "iceberg" || tablesRead(dataset).length > 0);
}

/** Options → execution input, the same that `aws stepfunctions start-execution --input` takes. */
export function executionInput(
  options: Pick<RunOptions, "from" | "until" | "stages" | "datasets" | "param">,
): Record<string, unknown> {
  return {
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(options.until === undefined ? {} : { until: options.until }),
    ...(options.stages === undefined ? {} : { stages: namesOf("--stages", options.stages) }),
    ...(options.datasets === undefined ? {} : { datasets: namesOf("--datasets", options.datasets) }),
    ...(options.param.length === 0 ? {} : { params: Object.fromEntries(options.param.map(splitParam)) }),
  };
}

/** Names by comma. Throws a usage error for an empty one, which an unset variable of a script gives. */
export function namesOf(option: string, text: string): string[] {
  const names = text.split(",").map((each) => each.trim());
  if (names.includes(""))
    throw usageError(
      `${option} ${text.trim() === "" ? "is empty" : `\`${text}\` has an empty name`}`,
      `separate names by one comma, as in \`${option} one,two\`; leave ${option} out for all`,
    );
  return names;
}

/** Most datasets at the same time: the job's own limit (glue/strata_glue/arguments/parse.py). */
const MOST_AT_ONCE = 64;

/** Number of datasets at the same time; undefined leaves it to the job. */
export function concurrencyOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d?$/.test(text) || Number(text) > MOST_AT_ONCE)
    throw usageError(
      `--concurrency ${text} is no number from 1 to ${MOST_AT_ONCE}`,
      "leave it out, and the machine's cores decide",
    );
  return Number(text);
}

function splitParam(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at <= 0)
    throw usageError(`\`--param ${text}\` is not of the form name=value`, "for example --param run_date=2017-08-15");
  // Node puts U+FFFD for bytes that are not UTF-8: another value than the one that was meant would be committed.
  if (text.includes("\u{fffd}"))
    throw usageError(
      `\`--param ${text.slice(0, at)}\` has bytes that are not UTF-8`,
      "use a terminal with a UTF-8 locale",
    );
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Said before an engine starts, with the nearest names; the definition checks the same again. */
export function refuseBadSelection(plan: Plan, input: Readonly<Record<string, unknown>>): void {
  const checked = checkSelection(plan, input);
  if (checked.ok) return;
  throw usageError(checked.errors.join("\n  "));
}
