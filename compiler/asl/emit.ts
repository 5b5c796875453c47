/**
 * Plan and bindings → definition of the state machine. Pure: the same input gives the same bytes, so `strata asl`,
 * `pulumi preview` and the local run have one definition.
 */

import { createHash } from "node:crypto";
import type { Bindings } from "../bindings.ts";
import { type Diagnostic, diagnostic } from "../diagnostics.ts";
import { groupsOf } from "../groups.ts";
import type { Plan } from "../plan.ts";
import { CRAWL, crawlStates } from "./crawl-states.ts";
import { LAMBDA_RETRY } from "./retry.ts";
import { S } from "./selection/names.ts";
import { selectionStates } from "./selection/states.ts";
import { type GroupArgument, gateName, stageStates } from "./stage-states.ts";
import type { State, StateMachine } from "./types.ts";

/** Largest group, in bytes of UTF-8, that is a constant of the definition (design: Limits). */
export const MAX_INLINE_GROUP_BYTES = 131_072;

/** Largest definition, in bytes, before the largest groups become objects (design: Limits). */
export const MAX_DEFINITION_BYTES = 900_000;

/** Step Functions' own limit, in characters (CreateStateMachine). */
export const HARD_DEFINITION_LIMIT = 1_048_576;

const READ_SETUP = "Strata: read setup";
const READ_SETUP_SECONDS = 900;

/** One stage's group, and how it travels. */
export interface EmittedGroup {
  readonly stage: string;
  readonly json: string;
  readonly inlined: boolean;
  /** Key of its object in the code bucket; undefined where it is inlined. */
  readonly key: string | undefined;
}

/** Everything that is deployed of a definition. */
export interface Emission {
  readonly definition: StateMachine;
  /** The definition as it is deployed, indented by two spaces. */
  readonly text: string;
  /** In the order of the stages; empty with `setup: runtime`. */
  readonly groups: readonly EmittedGroup[];
  /** Objects that must lie in the code bucket before an execution starts. */
  readonly objects: readonly { readonly key: string; readonly body: string }[];
  /** L003 where even with all groups as objects the definition is too large. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Emits the definition. */
export function emitAsl(plan: Plan, bindings: Bindings): Emission {
  const groups =
    plan.setup === "runtime"
      ? []
      : groupsOf(plan, bindings.buckets).map((group) => ({ ...group, key: keyOf(group.json, bindings) }));
  const asObject = new Set(
    groups.filter(({ json }) => bytesOf(json) > MAX_INLINE_GROUP_BYTES).map(({ stage }) => stage),
  );
  const bySize = [...groups].sort((a, b) => bytesOf(b.json) - bytesOf(a.json));
  let definition = define(plan, bindings, groups, asObject);
  let text = JSON.stringify(definition, null, 2);
  for (const { stage } of bySize) {
    if (bytesOf(text) <= MAX_DEFINITION_BYTES) break;
    asObject.add(stage);
    definition = define(plan, bindings, groups, asObject);
    text = JSON.stringify(definition, null, 2);
  }
  const emitted = groups.map(({ stage, json, key }) => {
    const inlined = !asObject.has(stage);
    return { stage, json, inlined, key: inlined ? undefined : key };
  });
  const objects = new Map(emitted.flatMap(({ key, json }) => (key === undefined ? [] : [[key, json] as const])));
  return {
    definition,
    text,
    groups: emitted,
    objects: [...objects].map(([key, body]) => ({ key, body })),
    diagnostics: tooLarge(plan, text),
  };
}

type Keyed = { readonly stage: string; readonly json: string; readonly key: string };

function define(plan: Plan, bindings: Bindings, groups: readonly Keyed[], asObject: ReadonlySet<string>): StateMachine {
  const groupArguments = plan.stages.map((stage, index): GroupArgument => {
    const group = groups[index];
    if (group === undefined) return { path: `$.setup.groups[${index}]` };
    return { constant: asObject.has(stage.name) ? `s3://${bindings.codeBucket}/${group.key}` : group.json };
  });
  const afterStages = plan.crawlers.length > 0 ? CRAWL.any : CRAWL.done;
  const first = plan.setup === "runtime" ? READ_SETUP : gateName(0);
  const states: [string, State][] = [
    ...selectionStates(plan, bindings, first),
    ...(plan.setup === "runtime" ? [readSetup(plan, bindings)] : []),
    ...stageStates(plan, bindings, groupArguments, afterStages),
    ...(plan.crawlers.length > 0 ? crawlStates(bindings) : ([[CRAWL.done, { Type: "Succeed" }]] as [string, State][])),
  ];
  refuseDuplicates(states);
  return {
    Comment: `Strata pipeline ${plan.pipeline}, plan ${plan.digest.slice(0, 12)}`,
    StartAt: S.constants,
    States: Object.fromEntries(states),
  };
}

/** Reads the groups at the start of an execution; SQL stays out of the state, only addresses come back. */
function readSetup(plan: Plan, bindings: Bindings): [string, State] {
  return [
    READ_SETUP,
    {
      Type: "Task",
      Comment: "a mistake in the pipeline's files fails here, with its diagnostics",
      Resource: `arn:${bindings.partition}:states:::lambda:invoke`,
      TimeoutSeconds: READ_SETUP_SECONDS,
      Parameters: {
        FunctionName: bindings.readSetup ?? "",
        Payload: { pipeline: plan.pipeline, plan: plan.digest, stages: plan.stages.map(({ name }) => name) },
      },
      ResultSelector: { "groups.$": "$.Payload.groups" },
      ResultPath: "$.setup",
      Retry: LAMBDA_RETRY,
      Next: gateName(0),
    },
  ];
}

function refuseDuplicates(states: readonly [string, State][]): void {
  const names = new Set(states.map(([name]) => name));
  if (names.size !== states.length) throw new Error("two states have one name: the bindings' names are not unique");
}

function keyOf(json: string, bindings: Bindings): string {
  return `${bindings.groupPrefix}${createHash("sha256").update(json).digest("hex")}.json`;
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

function tooLarge(plan: Plan, text: string): Diagnostic[] {
  if (text.length <= HARD_DEFINITION_LIMIT) return [];
  return [
    diagnostic({
      code: "L003",
      at: { file: `pipelines/${plan.pipeline}/etl_stages.json`, line: 1, column: 1, length: 1 },
      message: `the definition of pipeline \`${plan.pipeline}\` has ${text.length} characters`,
      help: `Step Functions takes ${HARD_DEFINITION_LIMIT}; split the pipeline in two, or shorten the names of its stages and datasets`,
    }),
  ];
}
