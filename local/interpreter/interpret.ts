/**
 * Interprets a definition on this machine: the very document that is deployed, with handlers in place of AWS. It knows the
 * states that Strata emits (compiler/emit/asl/types.ts) and no other, with Step Functions' limits.
 */

import { setTimeout as sleep } from "node:timers/promises";
import type {
  Assign,
  MapState,
  Onward,
  Retrier,
  State,
  StateMachine,
  States,
  TaskState,
} from "../../compiler/emit/asl/types.ts";
import { evaluate, type Scope } from "./expressions.ts";
import { refuseLarge, refuseLargeVariables } from "./limits.ts";
import { ServiceError } from "./service-error.ts";
import { callService, type Handlers, refuseWithoutHandler } from "./services.ts";

export { ServiceError } from "./service-error.ts";
export type { Handlers } from "./services.ts";

export interface InterpretOptions {
  readonly executionName: string;
  readonly handlers: Handlers;
  readonly signal?: AbortSignal;
  /** Seconds that a Wait takes here; default: what the state says. */
  readonly waitSeconds?: (state: string, seconds: number) => number;
  /** Seconds before a retry, of those that the retrier says without jitter; default: any number up to them. */
  readonly retrySeconds?: (state: string, seconds: number) => number;
  /** Where an execution of the same definition and input stopped: it goes on there, as by RedriveExecution. */
  readonly redrive?: Checkpoint;
}

/** A state that is entered, with all that it is entered with. */
export interface Checkpoint {
  readonly state: string;
  readonly input: unknown;
  readonly variables: Variables;
  /** Of a Map that stopped: what its items answered, or where they stopped. */
  readonly items?: readonly ({ readonly output: unknown } | Checkpoint)[];
}

export type Outcome =
  | { readonly status: "SUCCEEDED"; readonly output: unknown }
  | {
      readonly status: "FAILED" | "ABORTED";
      readonly error: string;
      readonly cause: string;
      /** For `redrive`. */
      readonly stopped?: Checkpoint;
    };

type Variables = Readonly<Record<string, unknown>>;

/** One execution, or one item of a Map. */
interface Run {
  readonly options: InterpretOptions;
  readonly states: States;
  readonly signal: AbortSignal;
  readonly context: object;
}

/** What a state leads to; no `next`: the end. */
interface Step {
  readonly next: string | undefined;
  readonly output: unknown;
  readonly variables: Variables;
}

class Stopped extends Error {
  readonly at: Checkpoint;
  constructor(problem: unknown, at: Checkpoint) {
    super("an execution stopped", { cause: problem });
    this.at = at;
  }
}

const ABORTED = new ServiceError("States.Aborted", "the execution was cancelled");

/** Longest time of one timer of Node, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Interprets one execution. Rejects only for a definition that it must not run; everything else is an outcome. */
export async function interpret(definition: StateMachine, input: unknown, options: InterpretOptions): Promise<Outcome> {
  refuseWithoutHandler(definition.States, options.handlers);
  const { executionName: Name, redrive } = options;
  const signal = options.signal ?? new AbortController().signal;
  const context = { Execution: { Name, Input: input }, StateMachine: { Name: "local" } };
  const start = redrive ?? { state: definition.StartAt, input, variables: {} };
  try {
    const output = await runFrom(start, { options, states: definition.States, signal, context });
    return { status: "SUCCEEDED", output };
  } catch (problem) {
    if (!(problem instanceof Stopped)) throw problem;
    const failure = signal.aborted ? ABORTED : (problem.cause as Error);
    const { name: error, message: cause } = failure;
    return { status: signal.aborted ? "ABORTED" : "FAILED", error, cause, stopped: problem.at };
  }
}

/** Goes from state to state. Throws `Stopped`. */
async function runFrom(start: Checkpoint, run: Run): Promise<unknown> {
  for (let at = start; ; ) {
    const state = run.states[at.state];
    if (state === undefined) throw new Error(`there is no state ${at.state}`);
    let step: Step;
    try {
      if (run.signal.aborted) throw ABORTED;
      refuseLarge(at.input, `the input of state ${at.state}`);
      step = await enter(state, at, run);
      refuseLarge(step.output, `the output of state ${at.state}`);
    } catch (problem) {
      throw problem instanceof Stopped ? problem : new Stopped(placed(problem as Error, at.state), at);
    }
    if (step.next === undefined) return step.output;
    at = { state: step.next, input: step.output, variables: step.variables };
  }
}

/** As Step Functions says where an expression failed, except for the number of the event (its record: `test_undefined_reference`). */
function placed(problem: Error, state: string): Error {
  if (problem.name !== "States.QueryEvaluationError") return problem;
  return new ServiceError(problem.name, `An error occurred while executing the state '${state}'. ${problem.message}`);
}

async function enter(state: State, at: Checkpoint, run: Run): Promise<Step> {
  const scope = scopeOf(at, run);
  const { input, variables } = at;
  switch (state.Type) {
    case "Pass":
      return leave(state, scope, at, input);
    case "Choice": {
      for (const [index, { Condition, Next }] of state.Choices.entries())
        if (await isTrue(Condition, `Choices[${index}]/Condition`, scope))
          return { next: Next, output: input, variables };
      return { next: state.Default, output: input, variables };
    }
    case "Wait":
      await pause(run.options.waitSeconds?.(at.state, state.Seconds) ?? state.Seconds, run.signal);
      return { next: nextOf(state), output: input, variables };
    case "Task":
      return runTask(state, at, run);
    case "Map":
      return leave(state, scope, at, await runItems(state, at, run));
    case "Fail":
      throw new ServiceError(state.Error, String(await evaluate(state.Cause, "Cause", scope)));
    case "Succeed":
      return { next: undefined, output: input, variables };
  }
}

function scopeOf({ state, input, variables }: Checkpoint, run: Run): Scope {
  return { states: { input, context: { ...run.context, State: { Name: state } } }, variables };
}

async function isTrue(condition: string, field: string, scope: Scope): Promise<boolean> {
  const found = await evaluate(condition, field, scope);
  if (typeof found === "boolean") return found;
  throw new ServiceError("States.QueryEvaluationError", `'${condition}', the field '${field}', is not a boolean`);
}

/** Output and new variables. All expressions see the variables as they were. */
async function leave(
  fields: { readonly Assign?: Assign; readonly Output?: unknown } & (Onward | { readonly Next: string }),
  scope: Scope,
  { state, variables }: Checkpoint,
  otherwise: unknown,
): Promise<Step> {
  const assigned = (await evaluate(fields.Assign ?? {}, "Assign", scope)) as Variables;
  const output = fields.Output === undefined ? otherwise : await evaluate(fields.Output, "Output", scope);
  const all = { ...variables, ...assigned };
  refuseLargeVariables(assigned, all, state);
  return { next: nextOf(fields), output, variables: all };
}

function nextOf(fields: { readonly Next?: string } | Onward): string | undefined {
  return "Next" in fields ? fields.Next : undefined;
}

/** A Task with its retries, then its catchers. */
async function runTask(task: TaskState, at: Checkpoint, run: Run): Promise<Step> {
  const scope = scopeOf(at, run);
  const attempts = new Map<Retrier, number>();
  for (;;) {
    try {
      const parameters = await evaluate(task.Arguments, "Arguments", scope);
      refuseLarge(parameters, `the arguments of state ${at.state}`);
      const result = await limited(task, at.state, parameters, run);
      refuseLarge(result, `the result of state ${at.state}`);
      return await leave(task, { ...scope, states: { ...scope.states, result } }, at, result);
    } catch (problem) {
      if (run.signal.aborted) throw ABORTED;
      const failure = asFailure(problem);
      const matches = ({ ErrorEquals }: { readonly ErrorEquals: readonly string[] }) =>
        ErrorEquals.includes(failure.name);
      const retrier = task.Retry.find(matches);
      const attempt = retrier === undefined ? 0 : (attempts.get(retrier) ?? 0);
      if (retrier !== undefined && attempt < retrier.MaxAttempts) {
        attempts.set(retrier, attempt + 1);
        await pause(delayOf(retrier, attempt, at.state, run.options), run.signal);
        continue;
      }
      const catcher = task.Catch?.find(matches);
      if (catcher === undefined) throw failure;
      const errorOutput = { Error: failure.name, Cause: failure.message };
      return leave(catcher, { ...scope, states: { ...scope.states, errorOutput } }, at, errorOutput);
    }
  }
}

/** Calls the handler, and ends it when the Task's time is over. */
async function limited(task: TaskState, name: string, parameters: unknown, run: Run): Promise<unknown> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, run.signal]);
  const timer = setTimeout(() => over.abort(), Math.min(task.TimeoutSeconds * 1000, LONGEST_TIMER));
  const ended = new Promise<never>((_, reject) => {
    const end = () =>
      reject(
        run.signal.aborted
          ? ABORTED
          : new ServiceError("States.Timeout", `state ${name} took longer than ${task.TimeoutSeconds} s`),
      );
    signal.addEventListener("abort", end, { once: true });
  });
  ended.catch(() => {}); // of a handler that ended by itself
  try {
    return await Promise.race([callService(task, parameters, run.options.handlers, signal), ended]);
  } finally {
    clearTimeout(timer);
  }
}

/** Every item at once, each with variables of its own. One that fails ends the others. */
async function runItems(state: MapState, at: Checkpoint, run: Run): Promise<unknown[]> {
  const items = (await evaluate(state.Items, "Items", scopeOf(at, run))) as readonly unknown[];
  const { StartAt, States: states } = state.ItemProcessor;
  const siblings = new AbortController();
  const signal = AbortSignal.any([siblings.signal, run.signal]);
  let first: Stopped | undefined;
  const ends = await Promise.all(
    items.map(async (item, index) => {
      const before = at.items?.[index] ?? { state: StartAt, input: item, variables: at.variables };
      if (!("state" in before)) return before;
      const context = { ...run.context, Map: { Item: { Index: index, Value: item } } };
      try {
        return { output: await runFrom(before, { ...run, states, signal, context }) };
      } catch (problem) {
        if (!(problem instanceof Stopped)) throw problem;
        first ??= problem;
        siblings.abort();
        return problem.at;
      }
    }),
  );
  if (first !== undefined) throw new Stopped(first.cause, { ...at, items: ends });
  return ends.map((end) => ("output" in end ? end.output : undefined));
}

function asFailure(problem: unknown): Error {
  return problem instanceof ServiceError
    ? problem
    : new ServiceError("States.Runtime", String((problem as Error).message));
}

function delayOf(retrier: Retrier, attempt: number, state: string, options: InterpretOptions): number {
  const seconds = Math.min(retrier.IntervalSeconds * retrier.BackoffRate ** attempt, retrier.MaxDelaySeconds);
  return options.retrySeconds?.(state, seconds) ?? Math.random() * seconds;
}

async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.min(seconds * 1000, LONGEST_TIMER), undefined, { signal }).catch(() => {
    throw ABORTED;
  });
}
