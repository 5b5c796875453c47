/** State machines: every event logged without its data; a sound definition without secrets. */

import { rules } from "../rule.ts";
import { secretsIn } from "../secrets.ts";
import { eachOf, isSet } from "../unknowns.ts";

interface Flow {
  readonly StartAt?: string;
  readonly States?: Readonly<Record<string, State>>;
}

interface State {
  readonly Next?: string;
  readonly Default?: string;
  readonly Catch?: readonly { readonly Next?: string }[];
  readonly Choices?: readonly { readonly Next?: string }[];
  readonly Branches?: readonly Flow[];
  readonly ItemProcessor?: Flow;
  readonly Iterator?: Flow;
}

function definitionProblems(text: string): string[] {
  try {
    return flowProblems(JSON.parse(text) as Flow | null);
  } catch {
    return ["the definition is not JSON"];
  }
}

function flowProblems(flow: Flow | null): string[] {
  const states = flow?.States;
  if (typeof states !== "object" || states === null) return ["the definition has no states"];
  const names = Object.keys(states);
  const targets = [
    flow?.StartAt,
    ...Object.values(states).flatMap(({ Next, Default, Catch = [], Choices = [] }) => [
      ...[Next, Default].filter((each) => each !== undefined),
      ...[...Catch, ...Choices].map((each) => each.Next),
    ]),
  ];
  const missing = targets.filter((each) => each === undefined || !names.includes(each));
  const inner = Object.values(states).flatMap(({ Branches = [], ItemProcessor, Iterator }) =>
    [...Branches, ItemProcessor, Iterator].filter((each) => each !== undefined).flatMap(flowProblems),
  );
  return [
    ...missing.map((each) => `the definition has a transition to the unknown state \`${each}\``),
    ...names.filter((each) => !targets.includes(each)).map((each) => `no state leads to \`${each}\``),
    ...inner,
  ];
}

export const STATE_MACHINE_RULES = rules("aws:sfn/stateMachine:StateMachine", [
  {
    name: "state-machine-logged",
    says: "Every state machine logs every event of its executions",
    covers: ["AwsSolutions-SF1"],
    remedy: "set `loggingConfiguration` with `level: ALL` and a log group",
    check: ({ props }, say) =>
      eachOf(
        () => {
          if (props.loggingConfiguration?.level !== "ALL") say("not every event is logged");
        },
        () => {
          if (!isSet(() => props.loggingConfiguration?.logDestination)) say("no log group is named");
        },
      ),
  },
  {
    name: "state-machine-traced",
    says: "Every state machine sends traces to X-Ray",
    covers: ["AwsSolutions-SF2", "CKV_AWS_284"],
    remedy: "set `tracingConfiguration: { enabled: true }`",
    check: ({ props }) => props.tracingConfiguration?.enabled !== true && "nothing is traced",
  },
  /** The opposite of CKV_AWS_285, which requires the data in the logs: docs/policies.md explains why. */
  {
    name: "state-machine-data-not-logged",
    says: "No state machine writes inputs and outputs of its states to the log",
    remedy: "set `includeExecutionData: false`; the execution's history keeps the data for 90 days",
    check: ({ props }) => props.loggingConfiguration?.includeExecutionData === true && "SQL and parameters are logged",
  },
  {
    name: "state-machine-definition-sound",
    says: "Every definition is JSON whose states all exist and can be reached",
    remedy: "deploy the definition that the compiler emits",
    check: ({ props }, say) => {
      for (const problem of definitionProblems(String(props.definition ?? ""))) say(problem);
    },
  },
  {
    name: "state-machine-without-secrets",
    says: "No definition contains text that looks like a secret: anyone who may see the machine can read it",
    remedy: "keep the value in Secrets Manager, and have the job fetch it by name",
    check: ({ props }, say) => {
      for (const found of secretsIn(String(props.definition ?? ""), "")) say(`the definition contains ${found}`);
    },
  },
]);
