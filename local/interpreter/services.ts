/** What replaces AWS: which service a Task calls, and how its handler is called. */

import type { States, TaskState } from "../../compiler/emit/asl/types.ts";

/** Each gets a signal that fires on abort and when the Task's time is over. */
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

type Call = (
  handlers: Handlers,
  parameters: Record<string, never>,
  signal: AbortSignal,
) => Promise<unknown> | undefined;

const CALLS: Readonly<Record<string, { readonly handler: keyof Handlers; readonly call: Call }>> = {
  "glue:startJobRun.sync": { handler: "startJobRun", call: (to, all, signal) => to.startJobRun(all as never, signal) },
  "aws-sdk:glue:startCrawler": {
    handler: "startCrawler",
    call: (to, { Name }, signal) => to.startCrawler(Name ?? "", signal),
  },
  "aws-sdk:glue:getCrawler": {
    handler: "getCrawler",
    call: (to, { Name }, signal) => to.getCrawler(Name ?? "", signal),
  },
  "lambda:invoke": {
    handler: "invokeLambda",
    call: (to, { FunctionName, Payload }, signal) => to.invokeLambda?.(FunctionName ?? "", Payload, signal),
  },
};

/** Throws where a Task has no handler or no time limit: then nothing starts. */
export function refuseWithoutHandler(states: States, handlers: Handlers): void {
  for (const [name, state] of Object.entries(states)) {
    if (state.Type === "Map") refuseWithoutHandler(state.ItemProcessor.States, handlers);
    if (state.Type !== "Task") continue;
    const service = serviceOf(state);
    if (service === undefined || handlers[service.handler] === undefined)
      throw new Error(`Task ${name} calls ${state.Resource}, for which there is no local stand-in`);
    if (!(state.TimeoutSeconds > 0)) throw new Error(`Task ${name} has no TimeoutSeconds`);
  }
}

/** Calls the handler of a Task that `refuseWithoutHandler` has seen. */
export async function callService(
  task: TaskState,
  parameters: unknown,
  handlers: Handlers,
  signal: AbortSignal,
): Promise<unknown> {
  return serviceOf(task)?.call(handlers, parameters as Record<string, never>, signal);
}

function serviceOf({ Resource }: TaskState) {
  return CALLS[/^arn:[a-z-]+:states:::(.+)$/.exec(Resource)?.[1] ?? ""];
}
