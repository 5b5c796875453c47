/** Local runs: the deployed definition, interpreted here, with the real job code on a local engine. */

import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { emitAsl } from "../../compiler/asl/emit.ts";
import type { Plan } from "../../compiler/plan.ts";
import { checkSelection } from "../../compiler/selection.ts";
import { localBindings } from "../../settings/bindings.ts";
import { interpret } from "../interpreter/interpret.ts";
import type { JobEvent, WorkerOptions } from "../worker/worker.ts";
import { type JobSettings, type Listener, localServices } from "./handlers.ts";
import { putOnce } from "./objects.ts";
import { type CrawlerResult, RunRecorder, type RunResult } from "./result.ts";

export type { RunResult } from "./result.ts";

/** What all runs of one warm worker share. */
export interface RunnerOptions extends WorkerOptions, JobSettings {
  readonly plan: Plan;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

export interface RunOptions extends RunnerOptions {
  /** The execution input. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** What a reporter hears, as it happens. */
export type RunEvent =
  | { readonly kind: "engine"; readonly name: string }
  | { readonly kind: "job"; readonly stage: string; readonly event: JobEvent }
  | { readonly kind: "broken"; readonly stage: string }
  | { readonly kind: "crawler"; readonly result: CrawlerResult };

/** Runs a plan, one execution after another, on one engine. */
export interface Runner {
  /** Resolves with the result, failed or not; after an abort with a failed one. */
  readonly run: (input: Readonly<Record<string, unknown>>, execution: string) => Promise<RunResult>;
  readonly close: () => Promise<void>;
}

/** Runs a plan once. Resolves with the result, failed or not; rejects with `UserError` where the run cannot even start. */
export async function runPipeline(options: RunOptions): Promise<RunResult> {
  const runner = await openRunner(options);
  try {
    return await runner.run(options.input, executionName(options.plan.pipeline));
  } finally {
    await runner.close();
  }
}

/** Starts the engine; whoever opens it closes it. Rejects with `UserError` if it does not start. */
export async function openRunner(options: RunnerOptions): Promise<Runner> {
  const { plan, lake, state, signal } = options;
  const bindings = localBindings(plan);
  const emission = emitAsl(plan, bindings);
  await mkdir(lake, { recursive: true });
  for (const { key, body } of emission.objects) await putOnce(join(lake, bindings.codeBucket, key), body);
  let recorder = new RunRecorder(plan, state);
  let engine = "";
  const listener = listenerFor(
    () => recorder,
    (name) => (engine = name),
    options.onEvent,
  );
  const services = localServices(plan, bindings, options, options, listener);
  const abort = () => void services.close();
  signal.addEventListener("abort", abort, { once: true });
  const close = async () => {
    signal.removeEventListener("abort", abort);
    await services.close();
  };
  try {
    if (!signal.aborted)
      await services.warmUp().catch((problem) => (signal.aborted ? undefined : Promise.reject(problem)));
  } catch (problem) {
    await close();
    throw problem;
  }
  const run = async (input: Readonly<Record<string, unknown>>, execution: string) => {
    recorder = new RunRecorder(plan, state);
    if (engine !== "") recorder.engine(engine);
    const outcome = await interpret(emission.definition, input, {
      executionName: execution,
      handlers: services.handlers,
      signal,
      waitSeconds: () => 0,
    });
    const selection = checkSelection(plan, input);
    return recorder.finish(execution, outcome, new Set(selection.ok ? selection.stages : []));
  };
  return { run, close };
}

/** Has what happens noted in the record of the run that goes on, and told. */
function listenerFor(
  recorder: () => RunRecorder,
  onEngine: (name: string) => void,
  onEvent: (event: RunEvent) => void,
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
      onEvent({ kind: "broken", stage });
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

/** A name as a part of an execution's name. */
export function readable(name: string, longest: number): string {
  return name.replace(/[^A-Za-z0-9-]+/g, "-").slice(0, longest);
}
