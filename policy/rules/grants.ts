/** Resource policies of all services: who has access besides the account's identities. */

import { allowsEveryone, asksForSource, documentProblem, statementsOf } from "../documents.ts";
import { type Facts, type ResourceRule, resourceRule, type Subject } from "../rule.ts";

/** Type → property that holds its policy. */
const HOLDERS: Readonly<Record<string, string>> = {
  "aws:s3/bucketPolicy:BucketPolicy": "policy",
  "aws:kms/key:Key": "policy",
  "aws:kms/keyPolicy:KeyPolicy": "policy",
  "aws:sns/topic:Topic": "policy",
  "aws:sns/topicPolicy:TopicPolicy": "policy",
  "aws:sqs/queue:Queue": "policy",
  "aws:sqs/queuePolicy:QueuePolicy": "policy",
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
  "aws:glue/resourcePolicy:ResourcePolicy": "policy",
};

const documentOf = ({ type, props }: Subject): unknown => props[HOLDERS[type] ?? ""];
const typesOf = (...services: readonly string[]) =>
  Object.keys(HOLDERS).filter((type) => services.some((service) => type.startsWith(`aws:${service}/`)));

/** One rule per service, so that a waiver for one does not cover another. */
function notPublic(service: string, facts: Pick<Facts, "name" | "says" | "covers">): ResourceRule {
  return resourceRule(
    {
      ...facts,
      level: "mandatory",
      remedy: "name the principals that need it; a role of this account needs no entry, its own policy is enough",
      types: typesOf(service),
    },
    (subject, say) => {
      for (const statement of statementsOf(documentOf(subject))) {
        if (allowsEveryone(statement)) say(`${statement.label} allows everyone`);
        if (statement.allows && statement.negations.includes("NotPrincipal"))
          say(`${statement.label} allows everyone except some principals`);
      }
    },
  );
}

const readable = resourceRule(
  {
    name: "resource-policy-readable",
    says: "Policies of buckets, keys, topics, queues and buses are JSON documents with statements",
    covers: [],
    level: "mandatory",
    remedy: "build the document as an object and write it with `JSON.stringify`",
    types: Object.keys(HOLDERS),
  },
  (subject, say) => {
    const problem = documentProblem(documentOf(subject));
    if (problem !== undefined) say(`the policy ${problem}`);
  },
);

/**
 * A service that sends the account or resource on whose behalf it calls. EventBridge does not when it publishes to SNS:
 * "You can't use Condition blocks in Amazon SNS topic policies for EventBridge" (EventBridge user guide, "Resource-based
 * policies"), and with one its messages are silently dropped. The key of a topic is used in the same call.
 */
function sendsSource({ kind, who }: { readonly kind: string; readonly who: string }): boolean {
  return kind === "Service" && who !== "events.amazonaws.com";
}

const servicesNameSource = resourceRule(
  {
    name: "resource-policy-asks-for-source",
    says: "A resource policy that allows a service limits on whose behalf it calls",
    covers: [],
    level: "mandatory",
    remedy: "add the condition `StringEquals` on `aws:SourceAccount` or `ArnLike` on `aws:SourceArn`",
    types: Object.keys(HOLDERS),
  },
  (subject, say) => {
    for (const statement of statementsOf(documentOf(subject)))
      if (statement.allows && statement.principals.some(sendsSource) && !asksForSource(statement))
        say(
          `${statement.label} allows ${statement.principals.map(({ who }) => `\`${who}\``).join(", ")} on behalf of anyone`,
        );
  },
);

export const GRANT_RULES: readonly ResourceRule[] = [
  readable,
  servicesNameSource,
  notPublic("s3", {
    name: "bucket-policy-not-public",
    says: "No bucket policy allows everyone",
    covers: ["CKV_AWS_70"],
  }),
  notPublic("kms", { name: "key-not-public", says: "No key policy allows everyone", covers: ["CKV_AWS_33"] }),
  notPublic("sns", { name: "topic-not-public", says: "No topic policy allows everyone", covers: ["CKV_AWS_169"] }),
  notPublic("sqs", { name: "queue-not-public", says: "No queue policy allows everyone", covers: ["CKV_AWS_168"] }),
  notPublic("cloudwatch", {
    name: "event-bus-not-public",
    says: "No event bus accepts events from everyone",
    covers: ["AwsSolutions-EVB1"],
  }),
  notPublic("glue", {
    name: "catalog-policy-not-public",
    says: "No policy of the catalog allows everyone",
    covers: [],
  }),
];
