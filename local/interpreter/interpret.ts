/**
 * Interprets a definition on this machine: the very document that is deployed, with handlers in place of AWS.
 *
 * The library interprets; this module gives it what it lacks: a handler for every Task or no start at all, time limits
 * that end the handler, no handler after an abort, Step Functions' limit of payloads, and outcomes as values.
 */

import type { State, StateMachine, States, TaskState } from "../../compiler/emit/asl/types.ts";
import { loadLibrary } from "./library.ts";

/** A failure that a handler reports: `name` is what Retry and Catch match, for example `Glue.ConcurrentRunsExceededException`. */
export class ServiceError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** What stands in for AWS. Each gets a signal that fires on abort and when the Task's time is over. */
export interface Handlers {
  /** `glue:startJobRun.sync`: resolves with the JobRun (PascalCase) when it ended, rejects with `States.TaskFailed` when it failed. */
  readonly startJobRun: (
    parameters: { JobName: string; Arguments: Record<string, string> },
    signal: AbortSignal,
  ) => Promise<unknown>;
  readonly startCrawler: (name: string, signal: AbortSignal) => Promise<unknown>;
  /** Resolves with `{Crawler: {State, LastCrawl?}}`. */
  readonly getCrawler: (name: string, signal: AbortSignal) => Promise<unknown>;
  readonly invokeLambda?: (name: string, payload: unknown, signal: AbortSignal) => Promise<unknown>;
}

export interface InterpretOptions {
  readonly executionName: string;
  readonly handlers: Handlers;
  readonly signal?: AbortSignal;
  /** Seconds that a Wait takes here; default: what the state says. */
  readonly waitSeconds?: (state: string, seconds: number) => number;
  /** Seconds before a retry; default: what the retrier says. */
  readonly retrySeconds?: (state: string, seconds: number) => number;
  /** Called when a Task's handler starts. */
  readonly onTask?: (state: string) => void;
}

export type Outcome =
  | { readonly status: "SUCCEEDED"; readonly output: unknown }
  | { readonly status: "FAILED" | "TIMED_OUT" | "ABORTED"; readonly error: string; readonly cause: string };

/** Largest input or output of a state, bytes of UTF-8 (Step Functions, service quotas). */
export const MAX_PAYLOAD_BYTES = 262_144;

/** Interprets one execution. Rejects only for a definition that it must not run; everything else is an outcome. */
export async function interpret(definition: StateMachine, input: unknown, options: InterpretOptions): Promise<Outcome> {
  const tasks = tasksOf(definition.States);
  const { StateMachine: Interpreter } = await loadLibrary();
  const copy = structuredClone(definition);
  const machine = new Interpreter(copy as never, { validationOptions: { checkArn: true, checkPaths: false } } as never);
  if (options.signal?.aborted) return ABORTED;
  const execution = machine.run(
    structuredClone(input) as never,
    {
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(
          [...tasks].map(([name, task]) => [name, handlerOf(name, task, options)]),
        ),
        waitTimeOverrides: overrides(definition.States, "Wait", options),
        retryIntervalOverrides: overrides(definition.States, "Retry", options),
      },
      context: { Execution: { Name: options.executionName, Input: input }, StateMachine: { Name: "local" } },
    } as never,
  );
  const abort = () => execution.abort();
  options.signal?.addEventListener("abort", abort, { once: true });
  try {
    return { status: "SUCCEEDED", output: await execution.result };
  } catch (problem) {
    return options.signal?.aborted ? ABORTED : failure(problem);
  } finally {
    options.signal?.removeEventListener("abort", abort);
  }
}

const ABORTED: Outcome = { status: "ABORTED", error: "States.Aborted", cause: "the execution was cancelled" };

/** Every Task of the machine, nested ones too. A Task that has no handler, or may run without limit, stops everything here. */
function tasksOf(states: States): Map<string, TaskState> {
  const found = new Map<string, TaskState>();
  for (const [name, state] of everyState(states)) {
    if (state.Type !== "Task") continue;
    if (serviceOf(state) === undefined)
      throw new Error(`Task ${name} calls ${state.Resource}, for which there is no local stand-in`);
    if (!(state.TimeoutSeconds > 0)) throw new Error(`Task ${name} has no TimeoutSeconds`);
    if (found.has(name)) throw new Error(`two Tasks are called ${name}`);
    found.set(name, state);
  }
  return found;
}

function* everyState(states: States): Generator<[string, State]> {
  for (const [name, state] of Object.entries(states)) {
    yield [name, state];
    if (state.Type === "Map") yield* everyState(state.ItemProcessor.States);
  }
}

type Service = "startJobRun" | "startCrawler" | "getCrawler" | "invokeLambda";

function serviceOf(task: TaskState): Service | undefined {
  const integration = /^arn:[a-z-]+:states:::(.+)$/.exec(task.Resource)?.[1];
  const known: Record<string, Service> = {
    "glue:startJobRun.sync": "startJobRun",
    "aws-sdk:glue:startCrawler": "startCrawler",
    "aws-sdk:glue:getCrawler": "getCrawler",
    "lambda:invoke": "invokeLambda",
  };
  return integration === undefined ? undefined : known[integration];
}

/** Wraps a handler: not after an abort, ended by the Task's limit, payloads within Step Functions' limit. */
function handlerOf(name: string, task: TaskState, options: InterpretOptions): (input: unknown) => Promise<unknown> {
  return async (input) => {
    if (options.signal?.aborted) throw new ServiceError("States.Aborted", "the execution was cancelled");
    refuseLarge(input, name);
    options.onTask?.(name);
    const limit = AbortSignal.timeout(Math.min(task.TimeoutSeconds * 1000, 2 ** 31 - 1));
    const signal = options.signal ? AbortSignal.any([limit, options.signal]) : limit;
    const ended = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () =>
        reject(
          limit.aborted
            ? new ServiceError("States.Timeout", `state ${name} took longer than ${task.TimeoutSeconds} s`)
            : new ServiceError("States.Aborted", "the execution was cancelled"),
        ),
      );
    });
    const result = await Promise.race([call(serviceOf(task), input, options.handlers, signal), ended]);
    refuseLarge(result, name);
    return result;
  };
}

async function call(
  service: Service | undefined,
  input: unknown,
  handlers: Handlers,
  signal: AbortSignal,
): Promise<unknown> {
  const parameters = input as Record<string, never>;
  switch (service) {
    case "startJobRun":
      return handlers.startJobRun(input as Parameters<Handlers["startJobRun"]>[0], signal);
    case "startCrawler":
      return handlers.startCrawler(parameters.Name ?? "", signal);
    case "getCrawler":
      return handlers.getCrawler(parameters.Name ?? "", signal);
    case "invokeLambda":
      if (handlers.invokeLambda === undefined) throw new Error("no stand-in for Lambda was given");
      return handlers.invokeLambda(parameters.FunctionName ?? "", parameters.Payload, signal);
    case undefined:
      throw new Error("checked before the start");
  }
}

function refuseLarge(value: unknown, name: string): void {
  const bytes = Buffer.byteLength(JSON.stringify(value) ?? "", "utf8");
  if (bytes > MAX_PAYLOAD_BYTES)
    throw new ServiceError(
      "States.DataLimitExceeded",
      `the payload of state ${name} has ${bytes} bytes, more than ${MAX_PAYLOAD_BYTES}`,
    );
}

/** Milliseconds by state name, as the library takes them; only for states that the caller's function changes. */
function overrides(
  states: States,
  kind: "Wait" | "Retry",
  options: InterpretOptions,
): Record<string, number | number[]> {
  const found: [string, number | number[]][] = [];
  for (const [name, state] of everyState(states)) {
    if (kind === "Wait" && state.Type === "Wait" && options.waitSeconds)
      found.push([name, options.waitSeconds(name, state.Seconds) * 1000]);
    if (kind === "Retry" && state.Type === "Task" && options.retrySeconds) {
      const seconds = options.retrySeconds;
      found.push([name, state.Retry.map(({ IntervalSeconds }) => seconds(name, IntervalSeconds) * 1000)]);
    }
  }
  return Object.fromEntries(found);
}

function failure(problem: unknown): Outcome {
  const cause = (problem as { cause?: unknown }).cause ?? problem;
  const { name = "States.Runtime", message = String(cause) } = cause as { name?: string; message?: string };
  const status =
    name === "States.Timeout" && (problem as { name?: string }).name === "ExecutionTimeoutError"
      ? "TIMED_OUT"
      : "FAILED";
  return { status, error: name, cause: message };
}
