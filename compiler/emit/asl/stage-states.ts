/** One gate and one Task a stage. */

import type { Bindings } from "../../plan/bindings.ts";
import type { Plan } from "../../plan/types.ts";
import { asciiJson, percentEncoded, withDigests } from "../job/encoding.ts";
import { mustEqual } from "./assert.ts";
import { JOB_RETRY } from "./retry.ts";
import type { Json, Onward, State } from "./types.ts";

/** Seconds that the Task waits longer than the job's own limit, so that Glue ends a run that takes too long, and says why. */
export const TASK_GRACE_SECONDS = 600;

/** Where an argument is: in the definition (the text, or the address of its object), or in read-setup's answer. */
export type Argument = { readonly constant: string } | { readonly path: string };

/** What a stage's job gets beside names and the execution's own values. */
export interface StageArguments {
  readonly group: Argument;
  /** Undefined where every dataset has nothing but defaults. */
  readonly publish: Argument | undefined;
}

/** Name of the state that a stage is entered by. */
export function gateName(index: number): string {
  return `Strata: stage ${index + 1}?`;
}

/** The states of all stages; the last one goes on to `next`. */
export function stageStates(
  plan: Plan,
  bindings: Bindings,
  stages: readonly StageArguments[],
  next: string,
): [string, State][] {
  return plan.stages.flatMap((stage, index) => {
    const binding = bindings.stages[index];
    const args = stages[index];
    if (binding === undefined || args === undefined) throw new Error(`no binding for stage ${stage.name}`);
    const after = index + 1 < plan.stages.length ? gateName(index + 1) : next;
    const gate: State = {
      Type: "Choice",
      Choices: [{ Variable: `$.run.s${index}`, BooleanEquals: true, Next: binding.state }],
      Default: after,
    };
    return [
      [gateName(index), gate],
      [binding.state, jobTask(plan, bindings, index, args, { Next: after })],
    ] as [string, State][];
  });
}

function jobTask(plan: Plan, bindings: Bindings, index: number, args: StageArguments, onward: Onward): State {
  const stage = plan.stages[index];
  const binding = bindings.stages[index];
  if (stage === undefined || binding === undefined) throw new Error(`no stage ${index}`);
  const constants = {
    ...constant("--group_list", args.group),
    ...(args.publish && constant("--publish", args.publish)),
    "--pipeline": percentEncoded(plan.pipeline),
    "--stage": percentEncoded(stage.name),
    "--plan": plan.digest,
    "--param_types": asciiJson(JSON.stringify(Object.fromEntries(plan.params.map(({ name, type }) => [name, type])))),
  };
  return {
    Type: "Task",
    Comment: `stage ${stage.name}; a run that ends as anything but SUCCEEDED fails here, so a redrive starts it again`,
    Resource: `arn:${bindings.partition}:states:::glue:startJobRun.sync`,
    TimeoutSeconds: binding.timeoutMinutes * 60 + TASK_GRACE_SECONDS,
    Parameters: {
      JobName: binding.job,
      Arguments: {
        ...withDigests(constants),
        ...atRunTime("--group_list", args.group),
        ...(args.publish && atRunTime("--publish", args.publish)),
        "--execution.$": "$.execution",
        "--params.$": "$.params",
        "--datasets.$": "$.datasets",
      },
    },
    ResultSelector: { "JobRunId.$": "$.Id", "JobRunState.$": mustEqual("$.JobRunState", "SUCCEEDED") },
    ResultPath: "$.job",
    Retry: JOB_RETRY,
    ...onward,
  };
}

function constant(name: string, value: Argument): { [key: string]: string } {
  return "constant" in value ? { [name]: value.constant } : {};
}

function atRunTime(name: string, value: Argument): { [key: string]: Json } {
  return "path" in value ? { [`${name}.$`]: value.path } : {};
}
