/** Topics, queues, alarms, schedules: encrypted, and no failure goes unnoticed. */

import type { PolicyResource } from "@pulumi/policy";
import { statementsOf } from "../documents.ts";
import { type Rule, resourceRule, stackRule } from "../rule.ts";
import { ifKnown, isSet } from "../unknowns.ts";

const topicEncrypted = resourceRule(
  {
    name: "topic-encrypted",
    says: "Every topic is encrypted",
    covers: ["CKV_AWS_26"],
    level: "mandatory",
    remedy: "set `kmsMasterKeyId`; for EventBridge's events it must be a customer managed key",
    types: ["aws:sns/topic:Topic"],
  },
  ({ props }, say) => {
    if (!isSet(() => props.kmsMasterKeyId)) say("the topic is not encrypted");
  },
);

const QUEUE = "aws:sqs/queue:Queue";

const queueEncrypted = resourceRule(
  {
    name: "queue-encrypted",
    says: "Every queue is encrypted",
    covers: ["AwsSolutions-SQS2", "CKV_AWS_27"],
    level: "mandatory",
    remedy: "set `kmsMasterKeyId`, or `sqsManagedSseEnabled: true`",
    types: [QUEUE],
  },
  ({ props }, say) => {
    if (!isSet(() => props.kmsMasterKeyId) && props.sqsManagedSseEnabled !== true) say("the queue is not encrypted");
  },
);

const queueActions = resourceRule(
  {
    name: "queue-actions-named",
    says: "No queue policy allows every action",
    covers: ["CKV_AWS_72"],
    level: "mandatory",
    remedy: "name the actions; most senders need only `sqs:SendMessage`",
    types: [QUEUE, "aws:sqs/queuePolicy:QueuePolicy"],
  },
  ({ props }, say) => {
    const statements = statementsOf(props.policy).filter(({ allows }) => allows);
    for (const { label, actions } of statements)
      for (const action of actions) if (/[*?]/.test(action)) say(`${label} allows \`${action}\``);
  },
);

const queueHasDeadLetters = stackRule(
  {
    name: "queue-has-dead-letters",
    says: "Every queue has a dead-letter queue, or is one",
    covers: ["AwsSolutions-SQS3"],
    level: "mandatory",
    remedy: "set `redrivePolicy`, or let another queue or target name this one as its dead-letter queue",
    types: [QUEUE],
  },
  (queue, stack, say) => {
    const isDeadLetter = stack.resources.some((each) =>
      ["redrivePolicy", "deadLetterConfig", "target", "redriveAllowPolicy"].some((property) =>
        mentions(each, property, queue),
      ),
    );
    if (!isSet(() => queue.props.redrivePolicy) && !isDeadLetter) say("failed messages are lost");
  },
);

/** Does a property, however nested, contain the queue's ARN, or depend on the queue if it is unknown? */
function mentions(from: PolicyResource, property: string, queue: PolicyResource): boolean {
  if (from.urn === queue.urn) return property === "redriveAllowPolicy" && isSet(() => from.props[property]);
  if ((from.propertyDependencies[property] ?? []).some(({ urn }) => urn === queue.urn)) return true;
  const text = ifKnown(() => JSON.stringify(from.props[property])) ?? "";
  // That this queue's ARN may be unknown matters only if a queue's ARN is a literal.
  return text.includes(":sqs:") && text.includes(String(queue.props.arn));
}

const alarmActs = resourceRule(
  {
    name: "alarm-acts",
    says: "Every alarm has an action",
    covers: ["CKV_AWS_319"],
    level: "mandatory",
    remedy: "set `alarmActions`, and do not disable actions",
    types: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
  },
  ({ props }, say) => {
    if (props.actionsEnabled === false) say("the alarm's actions are disabled");
    if (!isSet(() => props.alarmActions?.[0])) say("the alarm has no action");
  },
);

const scheduleEncrypted = resourceRule(
  {
    name: "schedule-encrypted",
    says: "Schedules are encrypted with a KMS key of the stack",
    covers: ["CKV_AWS_297"],
    level: "advisory",
    remedy: "set `kmsKeyArn`",
    types: ["aws:scheduler/schedule:Schedule"],
  },
  ({ props }, say) => {
    if (!isSet(() => props.kmsKeyArn)) say("the schedule's input is encrypted with AWS's own key");
  },
);

export const MESSAGE_RULES: readonly Rule[] = [
  topicEncrypted,
  queueEncrypted,
  queueActions,
  queueHasDeadLetters,
  alarmActs,
  scheduleEncrypted,
];
