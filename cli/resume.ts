/** Going on with an execution: which one, with what, and the command that does it. */

import { checkSelection } from "../compiler/emit/selection.ts";
import { suggest } from "../compiler/nearest.ts";
import type { Plan } from "../compiler/plan/types.ts";
import { counted } from "../compiler/show/counted.ts";
import { printable, quoted } from "../local/report/terminal.ts";
import { type Execution, Executions } from "../local/run/executions.ts";
import { selectionOf } from "../local/run/keeping.ts";
import type { RunResult } from "../local/run/result.ts";
import { mayRun } from "../setup/processes.mjs";
import { calling } from "./calling.ts";
import { CommandError, EXIT, usageError } from "./exit.ts";
import { type RootOptions, stateOf } from "./root.ts";
import type { RunOptions } from "./run-options.ts";

/** Most executions that are named one by one. */
const MOST_NAMED = 3;

/** The execution that `--execution` names. Throws a usage error for one that never was. */
export async function findExecution(name: string, options: RunOptions, pipeline?: string): Promise<Execution> {
  const clash = options.each !== undefined ? "--each" : options.again ? "--again" : undefined;
  if (clash !== undefined)
    throw usageError(
      `\`--execution\` and \`${clash}\` exclude each other`,
      "leave one of them out; a backfill goes on by --each with the days that are left",
    );
  const executions = new Executions(stateOf(options));
  const found = await executions.read(name);
  if (found === undefined)
    throw usageError(
      `there is no execution \`${printable(name)}\` of this lake`,
      suggest(name, await executions.names(), "execution"),
    );
  if (found.status === "RUNNING" && mayRun(found.process))
    throw new CommandError(`execution \`${name}\` is still running (process ${found.process.pid})`, "wait for its end");
  if (pipeline !== undefined && pipeline !== found.pipeline)
    throw usageError(
      `execution \`${name}\` is one of pipeline \`${printable(found.pipeline)}\`, not of \`${printable(pipeline)}\``,
      "leave the pipeline out, or start a new run of the other one",
    );
  return found;
}

/**
 * The input that an execution goes on with: its own selection and its own values. Values of parameters that the pipeline
 * has no more are left out; one that it has got since is given as ever. Throws a usage error for other values, and for
 * another selection: what an execution is complete with must not change under it.
 */
export function inputToGoOn(
  plan: Plan,
  earlier: Execution,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const declared = new Set(plan.params.map(({ name }) => name));
  const own = Object.fromEntries(Object.entries(earlier.params).filter(([name]) => declared.has(name)));
  const values = (given.params ?? {}) as Readonly<Record<string, string>>;
  for (const [name, value] of Object.entries(values))
    if (Object.hasOwn(earlier.params, name) && earlier.params[name] !== value)
      throw usageError(
        `execution \`${earlier.execution}\` has ${name}=${printable(earlier.params[name] ?? "")}, not ${name}=${printable(value)}`,
        "leave --param out to go on with its own values, or start a new run without --execution",
      );
  const params = { ...values, ...own };
  const input = { ...earlier.selection, ...(Object.keys(params).length > 0 && { params }) };
  const selection = selectionOf(given);
  if (Object.keys(selection).length > 0 && !sameDatasets(plan, input, { ...selection, params }))
    throw usageError(
      `execution \`${earlier.execution}\` selects other datasets`,
      "leave --from, --until, --stages and --datasets out to go on with its own selection, or start a new run without --execution",
    );
  return input;
}

function sameDatasets(plan: Plan, one: object, other: object): boolean {
  const [own, given] = [checkSelection(plan, one), checkSelection(plan, other)];
  if (!given.ok) throw usageError(given.errors.join("\n  "));
  return own.ok && own.datasets.join("\n") === given.datasets.join("\n");
}

/** Says what stands: a commit is not undone by a Ctrl-C. */
export function cancelled(result: RunResult, resume: string | undefined): CommandError {
  return new CommandError(`cancelled; ${committedWords(result)}`, `go on with it: ${resume}`, EXIT.cancelled);
}

/** Which datasets this execution has committed, with their rows. */
export function committedWords({ stages }: RunResult): string {
  const committed = stages
    .flatMap(({ datasets }) => datasets)
    .filter(({ status, target }) => target !== null && (status === "SUCCEEDED" || status === "COMMITTED"));
  if (committed.length === 0) return "nothing of it is committed";
  const listed = committed.map(({ name, rows }) => `${printable(name)} (${counted(rows ?? 0, "row")})`).join(", ");
  return `${counted(committed.length, "dataset")} committed: ${listed}`;
}

/** Options of the command that a resumed run shares with the one before. */
export type Shared = RootOptions & Partial<Pick<RunOptions, "engine" | "concurrency" | "format">>;

/** The command that goes on with an execution, ready to copy. */
export function resumeCommand(execution: string, options: Shared): string {
  return command(["run", "--execution", execution, ...sharedWords(options)]);
}

/** A backfill that stopped at the day in `params`, which was begun as `execution`, or not at all. */
export interface Stopped extends Pick<Execution, "pipeline" | "params" | "selection"> {
  readonly execution: string | undefined;
  readonly each: NonNullable<Execution["each"]>;
}

/** The command that goes on with a backfill. */
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
  // Its days are new executions: this one is gone on with by its name, those that are left begin.
  const one = resumeCommand(of.execution, options);
  return day >= last ? one : `${one} && ${command(days(nextDay(day)))}`;
}

/** Names executions whose command was killed, with the command that goes on with each. Never fails its caller. */
export async function nameBrokenOff(options: Shared, but?: string): Promise<{ execution: string; resume: string }[]> {
  const found = await new Executions(stateOf(options)).brokenOff();
  const broken = found
    .filter(({ execution }) => execution !== but)
    .map((each) => ({ ...each, resume: resumeOf(each, { ...options, engine: each.engine }) }));
  for (const { execution, started, resume } of broken.slice(-MOST_NAMED))
    process.stderr.write(
      `note: execution ${execution}, begun ${started.slice(0, 19)}Z, broke off; to go on with it: ${resume}\n`,
    );
  const more = broken.length - MOST_NAMED;
  if (more > 0) process.stderr.write(`note: ${more} more broke off before\n`);
  return broken.map(({ execution, resume }) => ({ execution, resume }));
}

/** The command that goes on with an execution, a backfill's day or another. */
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
