/**
 * One gate and one Task a stage.
 *
 * A redrive starts at the state that failed, with the same input. Failing in a Fail state would make it fail again at
 * once; failing inside the Task, by its Output, makes a redrive call the service again. So there is one Fail state, behind
 * bad input.
 */

import type { Bindings } from "../../plan/bindings.ts";
import type { Plan } from "../../plan/types.ts";
import { asciiJson, percentEncoded, withDigests } from "../job/encoding.ts";
import { expression, literal } from "./jsonata.ts";
import { JOB_RETRY } from "./retry.ts";
import { SELECTED } from "./selection.ts";
import type { Onward, State } from "./types.ts";

/** Seconds that the Task waits longer than the job's own limit, so that Glue ends a run that takes too long, and says why. */
export const TASK_GRACE_SECONDS = 600;

/** Where an argument is: in the definition (the text, or the address of its object), or in read-setup's answer. */
export type Argument = { readonly constant: string } | { readonly expression: string };

/** What a stage's job gets beside names and the execution's own values. */
export interface StageArguments {
  readonly group: Argument;
  /** Undefined where every dataset has nothing but defaults. */
  readonly publish: Argument | undefined;
}

/** Name of the state that a stage is entered by; the one of its Task has at most 67 characters (settings/name-kinds.ts). */
export function gateName(task: string): string {
  return `Strata: run ${task}?`;
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
    const following = bindings.stages[index + 1];
    const after = following === undefined ? next : gateName(following.state);
    const gate: State = {
      Type: "Choice",
      Choices: [{ Condition: expression(`${literal(stage.name)} in ${SELECTED}.run`), Next: binding.state }],
      Default: after,
    };
    return [
      [gateName(binding.state), gate],
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
    Arguments: {
      JobName: binding.job,
      Arguments: {
        ...withDigests(constants),
        ...atRunTime("--group_list", args.group),
        ...(args.publish && atRunTime("--publish", args.publish)),
        "--execution": expression(`${SELECTED}.execution`),
        "--params": expression(`${SELECTED}.params`),
        "--datasets": expression(`${SELECTED}.datasets`),
      },
    },
    Output: expression(JOB_RUN),
    Retry: JOB_RETRY,
    ...onward,
  };
}

/** `$error` is JSONata's own: it fails the state with States.QueryEvaluationError. */
const JOB_RUN = `$states.result.JobRunState = 'SUCCEEDED' ? { 'JobRunId': $states.result.Id } : $error('job run ' & $states.result.Id & ' is ' & $states.result.JobRunState & ', not SUCCEEDED')`;

function constant(name: string, value: Argument): { [key: string]: string } {
  return "constant" in value ? { [name]: value.constant } : {};
}

function atRunTime(name: string, value: Argument): { [key: string]: string } {
  return "expression" in value ? { [name]: expression(value.expression) } : {};
}
