/** Examples of the rules in policy/rules/grants.ts. */

import { ACCOUNT, document, type Examples, one } from "./example.ts";

const everyone = document({ Effect: "Allow", Principal: "*", Action: "x:y", Resource: "*" });
const everyoneAsAws = document({ Effect: "Allow", Principal: { AWS: ["*"] }, Action: "x:y", Resource: "*" });
const allButSome = document({ Effect: "Allow", NotPrincipal: { AWS: "a" }, Action: "x:y", Resource: "*" });
const owner = document(
  { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: "x:y", Resource: "*" },
  { Effect: "Deny", Principal: "*", Action: "x:y", Resource: "*", Condition: { Bool: { a: "b" } } },
);

const notPublic = (type: string): Examples => ({
  keeps: [one(type, { policy: owner }), one(type, {})],
  breaks: [one(type, { policy: everyone }), one(type, { policy: everyoneAsAws }), one(type, { policy: allButSome })],
});

const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";
const service = (Condition?: object, Service = "s3.amazonaws.com") =>
  document({ Effect: "Allow", Principal: { Service }, Action: "sns:Publish", Condition });

export const GRANTS: Record<string, Examples> = {
  "bucket-policy-not-public": notPublic("aws:s3/bucketPolicy:BucketPolicy"),
  "key-not-public": notPublic("aws:kms/key:Key"),
  "topic-not-public": notPublic(TOPIC_POLICY),
  "queue-not-public": notPublic("aws:sqs/queuePolicy:QueuePolicy"),
  "event-bus-not-public": notPublic("aws:cloudwatch/eventBusPolicy:EventBusPolicy"),
  "catalog-policy-not-public": notPublic("aws:glue/resourcePolicy:ResourcePolicy"),
  "resource-policy-readable": {
    keeps: [one(TOPIC_POLICY, { policy: owner }), one("aws:kms/key:Key", {})],
    breaks: [one(TOPIC_POLICY, { policy: "no JSON" }), one("aws:kms/key:Key", { policy: "[]" })],
  },
  "resource-policy-asks-for-source": {
    keeps: [
      one(TOPIC_POLICY, { policy: service({ ArnEquals: { "aws:SourceArn": "arn:aws:s3:::x" } }) }),
      one(TOPIC_POLICY, { policy: service(undefined, "events.amazonaws.com") }),
      one("aws:kms/key:Key", {
        policy: service({ ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:r:a:log-group:/x" } }),
      }),
    ],
    breaks: [
      one(TOPIC_POLICY, { policy: service() }),
      one(TOPIC_POLICY, { policy: service({ StringNotEquals: { "aws:SourceAccount": ACCOUNT } }) }),
      one(TOPIC_POLICY, { policy: service({ Null: { "aws:SourceAccount": "false" } }) }),
    ],
  },
};
