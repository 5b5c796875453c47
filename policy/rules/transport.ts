/** Buckets, topics and queues accept only TLS: each has a policy that denies anything else. */

import type { PolicyResource } from "@pulumi/policy";
import { BUCKET, partOf } from "../buckets.ts";
import { conditionValues, type Statement, statementsOf } from "../documents.ts";
import { rules, type Stack } from "../rule.ts";
import { refersTo } from "../unknowns.ts";

/** Does the statement deny one of the actions to everyone? */
function deniesAll({ allows, actions, principals }: Statement, ...enough: readonly string[]): boolean {
  return !allows && principals.some(({ who }) => who === "*") && actions.some((action) => enough.includes(action));
}

const refusesPlainHttp = (statement: Statement) =>
  statement.conditions.length === 1 && conditionValues(statement, "Bool", "aws:SecureTransport").includes("false");

const refusesOldTls = (statement: Statement) =>
  statement.conditions.length === 1 &&
  conditionValues(statement, "NumericLessThan", "s3:TlsVersion").some((version) => Number(version) >= 1.2);

/** The bucket and every object in it. */
function isWhole({ resources }: Statement): boolean {
  const whole = resources.includes("*");
  return whole || (resources.some((each) => !each.includes("/")) && resources.some((each) => /^[^/]+\/\*$/.test(each)));
}

/** The type of a separate policy resource of a topic or queue. */
interface Place {
  readonly type: string;
  /** Property that names the topic or queue. */
  readonly property: string;
  readonly identities: readonly string[];
}

/** Is plain HTTP refused for one of the actions, by the subject's own policy or a separate one? */
function refuses(subject: PolicyResource, stack: Stack, place: Place, actions: readonly string[]): boolean {
  const separate = stack.of(place.type).filter((each) => refersTo(each, place.property, subject, place.identities));
  return [subject, ...separate]
    .flatMap(({ props }) => statementsOf(props.policy))
    .some((statement) => deniesAll(statement, ...actions) && refusesPlainHttp(statement));
}

export const TRANSPORT_RULES = rules(BUCKET, [
  {
    name: "bucket-tls-only",
    says: "Every bucket refuses plain HTTP and TLS before 1.2, for everyone and every action",
    covers: ["AwsSolutions-S10", "CKV_AWS_379"],
    remedy:
      "add a `BucketPolicy` that denies `s3:*` to `*` on the bucket and its objects where `aws:SecureTransport` is false, and where `s3:TlsVersion` is less than 1.2",
    checkInStack: (bucket, stack, say) => {
      const denials = statementsOf(partOf(bucket, "policy", stack)?.props.policy).filter(
        (statement) => deniesAll(statement, "s3:*", "*") && isWhole(statement),
      );
      if (!denials.some(refusesPlainHttp)) say("plain HTTP is not refused");
      if (!denials.some(refusesOldTls)) say("TLS before 1.2 is not refused");
    },
  },
  {
    name: "bucket-policy-no-lock-out",
    says: "No bucket policy denies everyone everything without a condition",
    covers: ["CKV_AWS_93"],
    remedy: "add the condition under which it is denied; without one, only the account's root user can undo it",
    types: ["aws:s3/bucketPolicy:BucketPolicy"],
    check: ({ props }, say) => {
      for (const statement of statementsOf(props.policy))
        if (deniesAll(statement, "s3:*", "*") && statement.conditions.length === 0)
          say(`${statement.label} locks everyone out`);
    },
  },
  {
    name: "topic-tls-only",
    says: "Every topic refuses messages over plain HTTP",
    covers: ["AwsSolutions-SNS3"],
    remedy: "add a `TopicPolicy` that denies `sns:Publish` to `*` where `aws:SecureTransport` is false",
    types: ["aws:sns/topic:Topic"],
    checkInStack: (topic, stack, say) => {
      const place = { type: "aws:sns/topicPolicy:TopicPolicy", property: "arn", identities: ["arn", "id"] };
      if (!refuses(topic, stack, place, ["sns:Publish", "sns:*", "*"])) say("plain HTTP is not refused");
    },
  },
  {
    name: "queue-tls-only",
    says: "Every queue refuses plain HTTP",
    covers: ["AwsSolutions-SQS4"],
    remedy: "add a `QueuePolicy` that denies `sqs:*` to `*` where `aws:SecureTransport` is false",
    types: ["aws:sqs/queue:Queue"],
    checkInStack: (queue, stack, say) => {
      const place = { type: "aws:sqs/queuePolicy:QueuePolicy", property: "queueUrl", identities: ["url", "id"] };
      if (!refuses(queue, stack, place, ["sqs:*", "*"])) say("plain HTTP is not refused");
    },
  },
]);
