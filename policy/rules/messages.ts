/** Topics, queues, alarms, schedules: encrypted, and no failure goes unnoticed. */

import type { PolicyResource } from "@pulumi/policy";
import { statementsOf } from "../documents.ts";
import { rules } from "../rule.ts";
import { ifKnown, isSet } from "../unknowns.ts";

const QUEUE = "aws:sqs/queue:Queue";

/** Does a property, however nested, contain the queue's ARN, or depend on the queue if it is unknown? */
function mentions(from: PolicyResource, property: string, queue: PolicyResource): boolean {
  if (from.urn === queue.urn) return property === "redriveAllowPolicy" && isSet(() => from.props[property]);
  if ((from.propertyDependencies[property] ?? []).some(({ urn }) => urn === queue.urn)) return true;
  const text = ifKnown(() => JSON.stringify(from.props[property])) ?? "";
  // That this queue's ARN may be unknown matters only if a queue's ARN is a literal.
  return text.includes(":sqs:") && text.includes(String(queue.props.arn));
}

export const MESSAGE_RULES = rules(QUEUE, [
  {
    name: "topic-encrypted",
    says: "Every topic is encrypted",
    covers: ["CKV_AWS_26"],
    remedy: "set `kmsMasterKeyId`; for EventBridge's events it must be a customer managed key",
    types: ["aws:sns/topic:Topic"],
    check: ({ props }) => !isSet(() => props.kmsMasterKeyId) && "the topic is not encrypted",
  },
  {
    name: "queue-encrypted",
    says: "Every queue is encrypted",
    covers: ["AwsSolutions-SQS2", "CKV_AWS_27"],
    remedy: "set `kmsMasterKeyId`, or `sqsManagedSseEnabled: true`",
    check: ({ props }) =>
      !isSet(() => props.kmsMasterKeyId) && props.sqsManagedSseEnabled !== true && "the queue is not encrypted",
  },
  {
    name: "queue-actions-named",
    says: "No queue policy allows every action",
    covers: ["CKV_AWS_72"],
    remedy: "name the actions; most senders need only `sqs:SendMessage`",
    types: [QUEUE, "aws:sqs/queuePolicy:QueuePolicy"],
    check: ({ props }, say) => {
      const statements = statementsOf(props.policy).filter(({ allows }) => allows);
      for (const { label, actions } of statements)
        for (const action of actions) if (/[*?]/.test(action)) say(`${label} allows \`${action}\``);
    },
  },
  {
    name: "queue-has-dead-letters",
    says: "Every queue has a dead-letter queue, or is one",
    covers: ["AwsSolutions-SQS3"],
    remedy: "set `redrivePolicy`, or let another queue or target name this one as its dead-letter queue",
    checkInStack: (queue, stack, say) => {
      const isDeadLetter = stack.resources.some((each) =>
        ["redrivePolicy", "deadLetterConfig", "target", "redriveAllowPolicy"].some((property) =>
          mentions(each, property, queue),
        ),
      );
      if (!isSet(() => queue.props.redrivePolicy) && !isDeadLetter) say("failed messages are lost");
    },
  },
  {
    name: "alarm-acts",
    says: "Every alarm has an action",
    covers: ["CKV_AWS_319"],
    remedy: "set `alarmActions`, and do not disable actions",
    types: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
    check: ({ props }, say) => {
      if (props.actionsEnabled === false) say("the alarm's actions are disabled");
      if (!isSet(() => props.alarmActions?.[0])) say("the alarm has no action");
    },
  },
  {
    name: "schedule-encrypted",
    says: "Schedules are encrypted with a KMS key of the stack",
    covers: ["CKV_AWS_297"],
    level: "advisory",
    remedy: "set `kmsKeyArn`",
    types: ["aws:scheduler/schedule:Schedule"],
    check: ({ props }) => !isSet(() => props.kmsKeyArn) && "the schedule's input is encrypted with AWS's own key",
  },
]);
