/** Resource policies of all services: who has access besides the account's identities. */

import { allowsEveryone, asksForSource, documentProblem, statementsOf } from "../documents.ts";
import { rules } from "../rule.ts";

/** Types whose property `policy` is a resource policy. */
const HOLDERS = [
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:kms/key:Key",
  "aws:kms/keyPolicy:KeyPolicy",
  "aws:sns/topic:Topic",
  "aws:sns/topicPolicy:TopicPolicy",
  "aws:sqs/queue:Queue",
  "aws:sqs/queuePolicy:QueuePolicy",
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
  "aws:glue/resourcePolicy:ResourcePolicy",
];

const typesOf = (service: string) => HOLDERS.filter((type) => type.startsWith(`aws:${service}/`));

/**
 * A service that sends the account or resource on whose behalf it calls. EventBridge does not when it publishes to SNS:
 * "You can't use Condition blocks in Amazon SNS topic policies for EventBridge" (EventBridge user guide, "Resource-based
 * policies"), and with one its messages are silently dropped. The key of a topic is used in the same call.
 */
function sendsSource({ kind, who }: { readonly kind: string; readonly who: string }): boolean {
  return kind === "Service" && who !== "events.amazonaws.com";
}

export const GRANT_RULES = [
  ...rules(HOLDERS, [
    {
      name: "resource-policy-readable",
      says: "Policies of buckets, keys, topics, queues and buses are JSON documents with statements",
      remedy: "build the document as an object and write it with `JSON.stringify`",
      check: ({ props }) => {
        const problem = documentProblem(props.policy);
        return problem !== undefined && `the policy ${problem}`;
      },
    },
    {
      name: "resource-policy-asks-for-source",
      says: "A resource policy that allows a service limits on whose behalf it calls",
      remedy: "add the condition `StringEquals` on `aws:SourceAccount` or `ArnLike` on `aws:SourceArn`",
      check: ({ props }, say) => {
        for (const statement of statementsOf(props.policy))
          if (statement.allows && statement.principals.some(sendsSource) && !asksForSource(statement))
            say(
              `${statement.label} allows ${statement.principals.map(({ who }) => `\`${who}\``).join(", ")} on behalf of anyone`,
            );
      },
    },
  ]),
  // One rule per service, so that a waiver for one does not cover another.
  ...[
    ["s3", "bucket-policy-not-public", "No bucket policy allows everyone", "CKV_AWS_70"],
    ["kms", "key-not-public", "No key policy allows everyone", "CKV_AWS_33"],
    ["sns", "topic-not-public", "No topic policy allows everyone", "CKV_AWS_169"],
    ["sqs", "queue-not-public", "No queue policy allows everyone", "CKV_AWS_168"],
    ["cloudwatch", "event-bus-not-public", "No event bus accepts events from everyone", "AwsSolutions-EVB1"],
    ["glue", "catalog-policy-not-public", "No policy of the catalog allows everyone"],
  ].flatMap(([service = "", name = "", says = "", ...covers]) =>
    rules(typesOf(service), [
      {
        name,
        says,
        covers,
        remedy: "name the principals that need it; a role of this account needs no entry, its own policy is enough",
        check: ({ props }, say) => {
          for (const statement of statementsOf(props.policy)) {
            if (allowsEveryone(statement)) say(`${statement.label} allows everyone`);
            if (statement.allows && statement.negations.includes("NotPrincipal"))
              say(`${statement.label} allows everyone except some principals`);
          }
        },
      },
    ]),
  ),
];
