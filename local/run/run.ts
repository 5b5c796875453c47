/** Local runs: the deployed definition, interpreted locally, with the real job code on a local engine. */

import { randomBytes } from "node:crypto";
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { emitAsl } from "../../compiler/emit/asl/emit.ts";
import type { Plan } from "../../compiler/plan/types.ts";
import { makeReadable } from "../../loading/write-whole.ts";
import { localBindings } from "../../settings/bindings.ts";
import { interpret } from "../interpreter/interpret.ts";
import { checkSelection, type Selection } from "../selection.ts";
import { systemProblem } from "../system-problem.ts";
import type { JobEvent, WorkerOptions } from "../worker/worker.ts";
import { namingUser } from "./busy.ts";
import { type AskLake, committedBy } from "./committed.ts";
import type { Execution } from "./executions.ts";
import { type JobSettings, type Listener, localServices } from "./handlers.ts";
import { type Continued, type Keeper, keep } from "./keeping.ts";
import { putOnce } from "./objects.ts";
import { type CrawlerResult, RunRecorder, type RunResult } from "./result.ts";

export type { RunResult } from "./result.ts";

/** Options that all runs of one warm worker share. */
export interface RunnerOptions extends WorkerOptions, JobSettings {
  readonly engine: "sail" | "spark";
  readonly plan: Plan;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

export interface RunOptions extends RunnerOptions {
  /** The execution input. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Name of the execution, to resume or new; default: a new one. */
  readonly execution?: string;
}

/** Events for a reporter. */
export type RunEvent =
  | { readonly kind: "engine"; readonly name: string }
  | { readonly kind: "continued"; readonly execution: string; readonly continued: Continued }
  | { readonly kind: "unkept"; readonly reason: string }
  | { readonly kind: "job"; readonly stage: string; readonly event: JobEvent }
  | { readonly kind: "broken"; readonly stage: string; readonly cancelled: boolean }
  | { readonly kind: "crawler"; readonly result: CrawlerResult };

/** Runs a plan, one execution after another, on one engine. */
export interface Runner {
  /**
   * Resolves with the result, failed or not; after an abort with a cancelled one. Rejects with `UserError` if the engine
   * does not start. An existing execution of that name is resumed.
   */
  readonly run: (
    input: Readonly<Record<string, unknown>>,
    execution: string,
    each?: Execution["each"],
  ) => Promise<RunResult>;
  readonly close: () => Promise<void>;
}

/** Runs a plan once. Resolves with the result, failed or not; rejects with `UserError` if the run cannot start. */
export async function runPipeline(options: RunOptions): Promise<RunResult> {
  const runner = await openRunner(options);
  try {
    return await runner.run(options.input, options.execution ?? executionName(options.plan.pipeline));
  } finally {
    await runner.close();
  }
}

/** Starts the engine; the caller closes it. */
export async function openRunner(options: RunnerOptions): Promise<Runner> {
  const { plan, lake, state, signal } = options;
  const bindings = localBindings(plan);
  const emission = emitAsl(plan, bindings);
  // The catalog is as readable as the lake. Private files in it have their own mode.
  await makeReadable(join(lake, ".strata"));
  await access(join(lake, ".strata"), constants.W_OK);
  for (const { key, body } of emission.objects) await putOnce(join(lake, bindings.codeBucket, key), body);
  let recorder = new RunRecorder(plan, state);
  let engine = "";
  const listener = listenerFor(
    () => recorder,
    (name) => (engine = name),
    options,
  );
  let selected: ReadonlySet<string> = new Set();
  const services = localServices(plan, bindings, options, options, listener, () => selected);
  const abort = () => void services.close();
  signal.addEventListener("abort", abort, { once: true });
  const warm = signal.aborted ? Promise.resolve() : services.warmUp();
  warm.catch(() => {}); // the first run reports it
  const run: Runner["run"] = async (input, execution, each) => {
    recorder = new RunRecorder(plan, state);
    const checked = await checkSelection(plan, input);
    selected = new Set(checked.ok ? checked.datasets : []);
    const keeper = checked.ok ? await kept(options, services.ask, input, checked, execution, each) : undefined;
    try {
      await warm.catch((problem) => (signal.aborted ? undefined : Promise.reject(problem)));
    } catch (problem) {
      await keeper?.forget().catch(() => {}); // the original error is reported
      throw await namingUser(problem, state, execution);
    }
    if (engine !== "") recorder.engine(engine);
    if (keeper?.continued) recorder.sqlChanged(new Set(keeper.continued.sqlChanged));
    const outcome = await interpret(emission.definition, input, {
      executionName: execution,
      handlers: services.handlers,
      signal,
      waitSeconds: () => 0,
    });
    await services.settled();
    if (signal.aborted) await services.close();
    const chosen = { stages: new Set(checked.ok ? checked.stages : []), datasets: selected };
    const unsettled = recorder.unsettled(chosen);
    const committed = await committedBy(plan, services.ask, execution, unsettled);
    const result = recorder.finish(execution, outcome, chosen, committed);
    // What the record lacks is read from the targets when the execution is resumed.
    await keeper?.end(result).catch(() => {});
    return result;
  };
  const close = async () => {
    signal.removeEventListener("abort", abort);
    await services.close();
  };
  return { run, close };
}

/** A state that cannot be written fails no run; the run can then not be resumed by name. */
async function kept(
  options: RunnerOptions,
  ask: AskLake,
  input: Readonly<Record<string, unknown>>,
  selection: Selection,
  execution: string,
  each: Execution["each"],
): Promise<Keeper | undefined> {
  try {
    const keeper = await keep({ ...options, ask, input, selection, execution, ...(each && { each }) });
    if (keeper.continued) options.onEvent({ kind: "continued", execution, continued: keeper.continued });
    return keeper;
  } catch (problem) {
    options.onEvent({ kind: "unkept", reason: systemProblem(problem) ?? (problem as Error).message });
    return undefined;
  }
}

/** Records events of a resumed run, and reports them. */
function listenerFor(
  recorder: () => RunRecorder,
  onEngine: (name: string) => void,
  { onEvent, signal }: RunnerOptions,
): Listener {
  return {
    engine: (name) => {
      onEngine(name);
      onEvent({ kind: "engine", name });
    },
    job: (stage, event) => {
      recorder().job(stage, event);
      onEvent({ kind: "job", stage, event });
    },
    stageBroken: (stage, seconds) => {
      recorder().stageBroken(stage, seconds);
      onEvent({ kind: "broken", stage, cancelled: signal.aborted });
    },
    crawler: (result) => {
      recorder().crawler(result);
      onEvent({ kind: "crawler", result });
    },
  };
}

/** Unique, sortable, valid as an execution's name (1–80 of letters, digits, `-`, `_`). */
export function executionName(pipeline: string): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  return `${readable(pipeline, 40)}-${time}-${randomBytes(3).toString("hex")}`;
}

/** A name as part of an execution's name. */
export function readable(name: string, longest: number): string {
  return name.replace(/[^A-Za-z0-9-]+/g, "-").slice(0, longest);
}
