/** Resuming an execution: finding it, checking its input, and the command for it. */

import { suggest } from "../compiler/nearest.ts";
import type { Plan } from "../compiler/plan/types.ts";
import { counted } from "../compiler/show/counted.ts";
import { printable } from "../compiler/show/text.ts";
import { quoted } from "../local/report/terminal.ts";
import { type Execution, Executions } from "../local/run/executions.ts";
import { selectionOf } from "../local/run/keeping.ts";
import { committedDatasets, type RunResult } from "../local/run/result.ts";
import { checkSelection } from "../local/selection.ts";
import { mayRun } from "../setup/processes.mjs";
import { calling } from "./calling.ts";
import { CommandError, EXIT, usageError } from "./exit.ts";
import { type RootOptions, stateOf } from "./root.ts";
import { checkedSelection, type RunOptions, type Shared } from "./run-options.ts";

/** Most executions that are named. */
const MOST_NAMED = 3;

/** The execution in `--execution`. Throws a usage error if it does not exist. */
export async function findExecution(name: string, options: RunOptions, pipeline?: string): Promise<Execution> {
  const clash = options.each !== undefined ? "--each" : options.again ? "--again" : undefined;
  if (clash !== undefined)
    throw usageError(
      `\`--execution\` and \`${clash}\` exclude each other`,
      "omit one of them; to resume a backfill, use --each with the remaining days",
    );
  const executions = new Executions(stateOf(options));
  const found = await executions.read(name);
  if (found === undefined)
    throw usageError(`unknown execution \`${printable(name)}\``, suggest(name, await executions.names(), "execution"));
  if (found.status === "RUNNING" && mayRun(found.process))
    throw new CommandError(`execution \`${name}\` is still running (process ${found.process.pid})`, "wait for its end");
  if (pipeline !== undefined && pipeline !== found.pipeline)
    throw usageError(
      `execution \`${name}\` belongs to pipeline \`${printable(found.pipeline)}\`, not \`${printable(pipeline)}\``,
      "omit the pipeline, or start a new run of the other one",
    );
  return found;
}

/**
 * The input of a resumed execution: its own selection and values. Values of parameters that no longer exist are dropped;
 * new parameters get theirs as usual. Throws a usage error for other values or another selection, since they are part of
 * the execution.
 */
export async function resumedInput(
  plan: Plan,
  earlier: Execution,
  given: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const declared = new Set(plan.params.map(({ name }) => name));
  const own = Object.fromEntries(Object.entries(earlier.params).filter(([name]) => declared.has(name)));
  const values = (given.params ?? {}) as Readonly<Record<string, string>>;
  for (const [name, value] of Object.entries(values))
    if (Object.hasOwn(earlier.params, name) && earlier.params[name] !== value)
      throw usageError(
        `execution \`${earlier.execution}\` has ${name}=${printable(earlier.params[name] ?? "")}, not ${name}=${printable(value)}`,
        "omit --param to resume with its own values, or start a new run without --execution",
      );
  const params = { ...values, ...own };
  const input = { ...earlier.selection, ...(Object.keys(params).length > 0 && { params }) };
  const selection = selectionOf(given);
  if (Object.keys(selection).length > 0 && !(await sameDatasets(plan, input, { ...selection, params })))
    throw usageError(
      `execution \`${earlier.execution}\` selects other datasets`,
      "omit --from, --until, --stages and --datasets to resume with its own selection, or start a new run without --execution",
    );
  return input;
}

async function sameDatasets(plan: Plan, one: object, other: object): Promise<boolean> {
  const [own, given] = [await checkSelection(plan, one), await checkedSelection(plan, other)];
  return own.ok && own.datasets.join("\n") === given.datasets.join("\n");
}

/** Reports what is committed, which Ctrl-C does not undo. */
export function cancelled(result: RunResult, resume: string | undefined): CommandError {
  return new CommandError(`cancelled; ${committedWords(result)}`, `resume it: ${resume}`, EXIT.cancelled);
}

/** The datasets that this execution has committed, with their rows. */
export function committedWords(result: RunResult): string {
  const committed = committedDatasets(result);
  if (committed.length === 0) return "nothing is committed";
  const listed = committed.map(({ name, rows }) => `${printable(name)} (${counted(rows ?? 0, "row")})`).join(", ");
  return `${counted(committed.length, "dataset")} committed: ${listed}`;
}

/** The command that resumes an execution, ready to copy. */
export function resumeCommand(execution: string, options: Shared): string {
  return command(["run", "--execution", execution, ...sharedWords(options)]);
}

/** A backfill that stopped at the day in `params`, which began as `execution` or not at all. */
export interface Stopped extends Pick<Execution, "pipeline" | "params" | "selection"> {
  readonly execution: string | undefined;
  readonly each: NonNullable<Execution["each"]>;
}

/** The command that resumes a backfill. */
export function backfillCommand(of: Stopped, options: Shared): string {
  const { param, last, again } = of.each;
  const day = of.params[param] ?? last;
  const days = (from: string) => [
    ...["run", of.pipeline, "--each", `${param}=${from}..${last}`],
    ...Object.entries(of.params).flatMap(([name, value]) => (name === param ? [] : ["--param", `${name}=${value}`])),
    ...Object.entries(selectionOf(of.selection)).flatMap(([key, value]) => [`--${key}`, [value].flat().join(",")]),
    ...(again ? ["--again"] : []),
    ...sharedWords(options),
  ];
  if (!again || of.execution === undefined) return command(days(day));
  // Its days are new executions: this one is resumed by name, the remaining ones are started.
  const one = resumeCommand(of.execution, options);
  return day >= last ? one : `${one} && ${command(days(nextDay(day)))}`;
}

/**
 * Names executions except `but` whose command was killed, with the command that resumes each, which has the options in
 * `more`, too. Never fails its caller.
 */
export async function nameInterrupted(
  { root, lake }: RootOptions,
  more: Omit<Shared, keyof RootOptions> = {},
  but?: string,
): Promise<{ execution: string; resume: string }[]> {
  const options: Shared = { ...more, ...(root && { root }), ...(lake && { lake }) };
  const found = await new Executions(stateOf(options)).interrupted();
  const interrupted = found
    .filter(({ execution }) => execution !== but)
    .map((each) => ({ ...each, resume: resumeOf(each, { ...options, engine: each.engine }) }));
  for (const { execution, started, resume } of interrupted.slice(-MOST_NAMED))
    process.stderr.write(
      `note: execution ${execution}, started ${started.slice(0, 19)}Z, was interrupted; to resume it: ${resume}\n`,
    );
  const unnamed = interrupted.length - MOST_NAMED;
  if (unnamed > 0) process.stderr.write(`note: ${unnamed} earlier ones were interrupted\n`);
  return interrupted.map(({ execution, resume }) => ({ execution, resume }));
}

/** The command that resumes an execution, of a backfill or not. */
export function resumeOf(execution: Execution, options: Shared): string {
  const { each } = execution;
  return each === undefined
    ? resumeCommand(execution.execution, options)
    : backfillCommand({ ...execution, each }, options);
}

/** The command that runs one dataset of a pipeline. */
export function datasetCommand(pipeline: string, dataset: string, options: Shared): string {
  return command(["run", pipeline, "--datasets", dataset, ...sharedWords(options)]);
}

/** The command that writes the sample's raw tables into the lake. */
export function dataCommand({ root, lake }: RootOptions): string {
  return command(["data", ...sharedWords(lake === undefined ? { ...(root && { root }) } : { lake })]);
}

function sharedWords({ root, lake, engine, concurrency, format }: Shared): string[] {
  const option = (name: string, value: string | undefined) => (value === undefined ? [] : [`--${name}`, value]);
  return [
    ...option("root", root),
    ...option("lake", lake),
    ...option("engine", engine === "spark" ? engine : undefined),
    ...option("concurrency", concurrency),
    ...option("format", format === "json" ? format : undefined),
  ];
}

function nextDay(day: string): string {
  return new Date(Date.parse(day) + 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
}

function command(words: readonly string[]): string {
  return [...calling(), ...words].map(quoted).join(" ");
}
