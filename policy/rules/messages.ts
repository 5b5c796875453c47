/** Topics, queues, alarms, schedules: encrypted, and never without somebody who hears of a failure. */

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
    remedy: "set `kmsMasterKeyId`; for events of EventBridge it must be a key of yours",
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
    remedy: "name the actions: `sqs:SendMessage` is what most senders need",
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
    says: "Every queue has a queue for messages that nobody could handle, or is one",
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
    if (!isSet(() => queue.props.redrivePolicy) && !isDeadLetter) say("messages that fail are lost");
  },
);

/** Does a property, however nested, hold the queue's ARN, or depend on the queue where it is not known? */
function mentions(from: PolicyResource, property: string, queue: PolicyResource): boolean {
  if (from.urn === queue.urn) return property === "redriveAllowPolicy" && isSet(() => from.props[property]);
  if ((from.propertyDependencies[property] ?? []).some(({ urn }) => urn === queue.urn)) return true;
  const text = ifKnown(() => JSON.stringify(from.props[property])) ?? "";
  // Only where some queue's ARN is written out does it matter that this one's may not be known.
  return text.includes(":sqs:") && text.includes(String(queue.props.arn));
}

const alarmActs = resourceRule(
  {
    name: "alarm-acts",
    says: "Every alarm tells somebody",
    covers: ["CKV_AWS_319"],
    level: "mandatory",
    remedy: "set `alarmActions`, and do not turn actions off",
    types: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
  },
  ({ props }, say) => {
    if (props.actionsEnabled === false) say("the alarm's actions are turned off");
    if (!isSet(() => props.alarmActions?.[0])) say("the alarm tells nobody");
  },
);

const scheduleEncrypted = resourceRule(
  {
    name: "schedule-encrypted",
    says: "Schedules are encrypted by a KMS key of the stack",
    covers: ["CKV_AWS_297"],
    level: "advisory",
    remedy: "set `kmsKeyArn`",
    types: ["aws:scheduler/schedule:Schedule"],
  },
  ({ props }, say) => {
    if (!isSet(() => props.kmsKeyArn)) say("AWS's own key encrypts the schedule's input");
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
