/**
 * Plan and bindings → definition of the state machine. Pure: the same input gives the same bytes, so `strata asl`,
 * `pulumi preview` and the local run have one definition.
 */

import { type Diagnostic, diagnostic, topOf } from "../../diagnostics.ts";
import { bind, type PhysicalPlan } from "../../plan/bind.ts";
import type { Bindings } from "../../plan/bindings.ts";
import type { Plan } from "../../plan/types.ts";
import {
  bySize,
  bytesOf,
  isNothing,
  type Payload,
  type Payloads,
  payloadsOf,
  tooLargeToInline,
} from "../job/payloads.ts";
import { crawlState } from "./crawl-states.ts";
import { constant, expression } from "./jsonata.ts";
import { LAMBDA_RETRY } from "./retry.ts";
import { inputStates, READ_INPUT } from "./selection.ts";
import { type Argument, gateName, type StageArguments, stageStates } from "./stage-states.ts";
import type { State, StateMachine } from "./types.ts";

/** Largest definition, in bytes, before the largest constants become objects (design: Limits). */
export const MAX_DEFINITION_BYTES = 900_000;

/** Step Functions' own limit, in characters (CreateStateMachine). */
export const HARD_DEFINITION_LIMIT = 1_048_576;

const READ_SETUP = "Strata: read setup";
const DONE = "Strata: done";
const READ_SETUP_SECONDS = 900;

/** A group or a publish argument of one stage, and how it is passed. */
export interface EmittedArgument {
  readonly stage: string;
  readonly json: string;
  readonly inlined: boolean;
  /** Key of its object in the code bucket; undefined where it is inlined. */
  readonly key: string | undefined;
}

/** Everything that is deployed of a definition. */
export interface Emission {
  /** The plan in the names that the definition has. */
  readonly physical: PhysicalPlan;
  readonly definition: StateMachine;
  /** The definition as it is deployed, indented by two spaces. */
  readonly text: string;
  /** In the order of the stages; empty with `setup: runtime`. */
  readonly groups: readonly EmittedArgument[];
  /** Of the stages that have one, in their order; empty with `setup: runtime`. */
  readonly publish: readonly EmittedArgument[];
  /** Objects that must be in the code bucket before an execution starts. */
  readonly objects: readonly { readonly key: string; readonly body: string }[];
  /** L003 where even with all arguments as objects the definition is too large. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Emits the definition. */
export function emitAsl(plan: Plan, bindings: Bindings): Emission {
  const physical = bind(plan, bindings);
  const payloads = payloadsOf(physical, bindings);
  const asObject = tooLargeToInline(payloads);
  const publish = payloads.publish.filter((each) => !isNothing(each));
  let definition = define(plan, bindings, payloads, asObject);
  let text = JSON.stringify(definition, null, 2);
  for (const next of bySize([...payloads.groups, ...publish])) {
    if (bytesOf(text) <= MAX_DEFINITION_BYTES) break;
    asObject.add(next);
    definition = define(plan, bindings, payloads, asObject);
    text = JSON.stringify(definition, null, 2);
  }
  const objects = new Map(
    [...payloads.groups, ...publish].flatMap((each) => (asObject.has(each) ? [[each.key, each.json] as const] : [])),
  );
  const emitted = (payload: Payload): EmittedArgument => ({
    stage: payload.stage,
    json: payload.json,
    inlined: !asObject.has(payload),
    key: asObject.has(payload) ? payload.key : undefined,
  });
  return {
    physical,
    definition,
    text,
    groups: payloads.groups.map(emitted),
    publish: publish.map(emitted),
    objects: [...objects].map(([key, body]) => ({ key, body })),
    diagnostics: tooLarge(plan, text),
  };
}

function define(plan: Plan, bindings: Bindings, payloads: Payloads, asObject: ReadonlySet<Payload>): StateMachine {
  const stages = plan.stages.map((_, index) => stageArguments(index, bindings, payloads, asObject));
  const crawl = plan.crawlers.length > 0 ? [crawlState(bindings, { Next: DONE })] : [];
  const states: [string, State][] = [
    ...inputStates(
      plan,
      bindings.crawlers.map(({ name }) => name),
      plan.setup === "runtime" ? READ_SETUP : firstGate(bindings),
    ),
    ...(plan.setup === "runtime" ? [readSetup(plan, bindings)] : []),
    ...stageStates(plan, bindings, stages, crawl[0]?.[0] ?? DONE),
    ...crawl,
    [DONE, { Type: "Succeed" }],
  ];
  refuseDuplicates(states);
  return {
    Comment: `Strata pipeline ${plan.pipeline}, plan ${plan.digest.slice(0, 12)}`,
    QueryLanguage: "JSONata",
    StartAt: READ_INPUT,
    States: Object.fromEntries(states),
  };
}

/** Constants, addresses of objects, or places in read-setup's answer. */
function stageArguments(
  index: number,
  bindings: Bindings,
  { groups, publish }: Payloads,
  asObject: ReadonlySet<Payload>,
): StageArguments {
  const group = groups[index];
  const beside = publish[index];
  if (group === undefined || beside === undefined)
    return { group: { expression: `$setup.groups[${index}]` }, publish: { expression: `$setup.publish[${index}]` } };
  const argument = (payload: Payload): Argument => ({
    constant: asObject.has(payload) ? `s3://${bindings.codeBucket}/${payload.key}` : payload.json,
  });
  return { group: argument(group), publish: isNothing(beside) ? undefined : argument(beside) };
}

/** Reads groups and publish arguments at the start of an execution; SQL stays out of the state, only addresses come back. */
function readSetup(plan: Plan, bindings: Bindings): [string, State] {
  return [
    READ_SETUP,
    {
      Type: "Task",
      Comment: "a mistake in the pipeline's files fails here, with its diagnostics",
      Resource: `arn:${bindings.partition}:states:::lambda:invoke`,
      TimeoutSeconds: READ_SETUP_SECONDS,
      Arguments: {
        FunctionName: bindings.readSetup ?? "",
        Payload: {
          pipeline: constant(plan.pipeline),
          plan: plan.digest,
          stages: plan.stages.map(({ name }) => constant(name)),
        },
      },
      Assign: {
        setup: {
          groups: expression("[$states.result.Payload.groups]"),
          publish: expression("[$states.result.Payload.publish]"),
        },
      },
      Output: {},
      Retry: LAMBDA_RETRY,
      Next: firstGate(bindings),
    },
  ];
}

function firstGate({ stages }: Bindings): string {
  return gateName(stages[0]?.state ?? "");
}

function refuseDuplicates(states: readonly [string, State][]): void {
  const names = new Set(states.map(([name]) => name));
  if (names.size !== states.length) throw new Error("two states have one name: the bindings' names are not unique");
}

function tooLarge(plan: Plan, text: string): Diagnostic[] {
  if (text.length <= HARD_DEFINITION_LIMIT) return [];
  return [
    diagnostic({
      code: "L003",
      at: topOf(`pipelines/${plan.pipeline}/etl_stages.json`),
      message: `the definition of pipeline \`${plan.pipeline}\` is too large: ${text.length.toLocaleString("en-US")} characters`,
      help: `Step Functions takes ${HARD_DEFINITION_LIMIT.toLocaleString("en-US")}; split the pipeline in two, or shorten the names of its stages and datasets`,
    }),
  ];
}
