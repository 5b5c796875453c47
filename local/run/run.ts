/** One local run: the deployed definition, interpreted here, with the real job code on a local engine. */

import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { emitAsl } from "../../compiler/asl/emit.ts";
import type { Plan } from "../../compiler/plan.ts";
import { checkSelection } from "../../compiler/selection.ts";
import { localBindings } from "../../settings/bindings.ts";
import { interpret } from "../interpreter/interpret.ts";
import type { JobEvent } from "../worker/worker.ts";
import { localServices } from "./handlers.ts";
import { putOnce } from "./objects.ts";
import { type CrawlerResult, RunRecorder, type RunResult } from "./result.ts";

export type { RunResult } from "./result.ts";

export interface RunOptions {
  readonly plan: Plan;
  /** The installation, which holds the job's code. */
  readonly home: string;
  readonly lake: string;
  readonly engine: "sail" | "spark";
  /** Interpreter of the engine's environment. */
  readonly python: string;
  /** A folder of jars for Spark. */
  readonly jars?: string;
  /** The execution input. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

/** What a reporter hears, as it happens. */
export type RunEvent =
  | { readonly kind: "engine"; readonly name: string }
  | { readonly kind: "job"; readonly stage: string; readonly event: JobEvent }
  | { readonly kind: "broken"; readonly stage: string }
  | { readonly kind: "crawler"; readonly result: CrawlerResult };

/** Runs a plan. Resolves with the result, failed or not; rejects with `UserError` where the run cannot even start. */
export async function runPipeline(options: RunOptions): Promise<RunResult> {
  const { plan, lake, signal, onEvent } = options;
  const bindings = localBindings(plan);
  const emission = emitAsl(plan, bindings);
  await mkdir(lake, { recursive: true });
  for (const { key, body } of emission.objects) await putOnce(join(lake, bindings.codeBucket, key), body);
  const recorder = new RunRecorder(plan);
  const services = localServices(plan, bindings, options, {
    engine: (name) => {
      recorder.engine(name);
      onEvent({ kind: "engine", name });
    },
    job: (stage, event) => {
      recorder.job(stage, event);
      onEvent({ kind: "job", stage, event });
    },
    stageBroken: (stage, seconds) => {
      recorder.stageBroken(stage, seconds);
      onEvent({ kind: "broken", stage });
    },
    crawler: (result) => {
      recorder.crawler(result);
      onEvent({ kind: "crawler", result });
    },
  });
  const abort = () => void services.close();
  signal.addEventListener("abort", abort, { once: true });
  const execution = executionName(plan.pipeline);
  try {
    if (!signal.aborted)
      await services.warmUp().catch((problem) => (signal.aborted ? undefined : Promise.reject(problem)));
    const outcome = await interpret(emission.definition, options.input, {
      executionName: execution,
      handlers: services.handlers,
      signal,
      waitSeconds: () => 0,
    });
    const selection = checkSelection(plan, options.input);
    return recorder.finish(execution, outcome, new Set(selection.ok ? selection.stages : []));
  } finally {
    signal.removeEventListener("abort", abort);
    await services.close();
  }
}

/** Unique, sortable, valid as an execution's name (1–80 of letters, digits, `-`, `_`). */
function executionName(pipeline: string): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const readable = pipeline.replace(/[^A-Za-z0-9-]+/g, "-").slice(0, 40);
  return `${readable}-${time}-${randomBytes(3).toString("hex")}`;
}
