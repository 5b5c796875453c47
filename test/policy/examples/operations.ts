/** Examples of the rules in policy/rules/messages.ts, logs.ts, functions.ts and stack-wide.ts. */

import { bucketWith, CLEANUP, dataKey } from "./buckets.ts";
import { document, type Examples, one, stackOf } from "./example.ts";

const TOPIC = "aws:sns/topic:Topic";
const QUEUE = "aws:sqs/queue:Queue";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const LOGS = "aws:cloudwatch/logGroup:LogGroup";
const FUNCTION = "aws:lambda/function:Function";
const PERMISSION = "aws:lambda/permission:Permission";
const CLASSIC = "pulumi:providers:aws";
const NATIVE = "pulumi:providers:aws-native";
const DATABASE = "aws:glue/catalogDatabase:CatalogDatabase";

const send = (Action: string) => document({ Effect: "Allow", Principal: { AWS: "arn:x" }, Action, Resource: "*" });
const deadLetters = { type: QUEUE, name: "dead", props: { arn: "arn:aws:sqs:r:a:dead" } };
const protectedBucket = (protect: boolean, lifecycle?: object) => {
  const [bucket, ...parts] = bucketWith(
    lifecycle === undefined ? {} : { LifecycleConfiguration: { rules: [lifecycle] } },
  );
  return bucket === undefined ? [] : [{ ...bucket, protect }, ...parts];
};
const upload = {
  type: "aws:s3/bucketObjectv2:BucketObjectv2",
  name: "job.py",
  props: { bucket: "lake", key: "job.py" },
};

export const OPERATIONS: Record<string, Examples> = {
  "topic-encrypted": { keeps: [one(TOPIC, { kmsMasterKeyId: "arn:k" })], breaks: [one(TOPIC, {})] },
  "queue-encrypted": {
    keeps: [one(QUEUE, { sqsManagedSseEnabled: true }), one(QUEUE, { kmsMasterKeyId: "arn:k" })],
    breaks: [one(QUEUE, {}), one(QUEUE, { sqsManagedSseEnabled: false })],
  },
  "queue-actions-named": {
    keeps: [one(QUEUE, { policy: send("sqs:SendMessage") }), one(QUEUE, {})],
    breaks: [one(QUEUE, { policy: send("*") }), one("aws:sqs/queuePolicy:QueuePolicy", { policy: send("sqs:*") })],
  },
  "queue-has-dead-letters": {
    keeps: [
      stackOf([
        deadLetters,
        { type: QUEUE, name: "q", props: { redrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:r:a:dead"}' } },
      ]),
      stackOf([
        deadLetters,
        {
          type: "aws:scheduler/schedule:Schedule",
          name: "s",
          props: { target: { deadLetterConfig: { arn: "arn:aws:sqs:r:a:dead" } } },
        },
      ]),
    ],
    breaks: [stackOf([deadLetters])],
  },
  "alarm-acts": {
    keeps: [one(ALARM, { alarmActions: ["arn:t"] })],
    breaks: [
      one(ALARM, {}),
      one(ALARM, { alarmActions: [] }),
      one(ALARM, { alarmActions: ["arn:t"], actionsEnabled: false }),
    ],
  },
  "schedule-encrypted": {
    keeps: [one("aws:scheduler/schedule:Schedule", { kmsKeyArn: "arn:k" })],
    breaks: [one("aws:scheduler/schedule:Schedule", {})],
  },
  "log-group-retention-set": {
    keeps: [one(LOGS, { retentionInDays: 14 })],
    breaks: [one(LOGS, {}), one(LOGS, { retentionInDays: 0 })],
  },
  "log-group-kept-a-year-in-prod": {
    keeps: [one(LOGS, { retentionInDays: 14 }), one(LOGS, { retentionInDays: 365 }, "prod")],
    breaks: [one(LOGS, { retentionInDays: 180 }, "prod")],
  },
  "function-runtime-supported": {
    keeps: [one(FUNCTION, { runtime: "nodejs22.x" }), one(FUNCTION, { packageType: "Image" })],
    breaks: [one(FUNCTION, { runtime: "nodejs18.x" }), one(FUNCTION, {})],
  },
  "function-traced": {
    keeps: [one(FUNCTION, { tracingConfig: { mode: "Active" } })],
    breaks: [one(FUNCTION, {}), one(FUNCTION, { tracingConfig: { mode: "PassThrough" } })],
  },
  "function-without-secrets": {
    keeps: [one(FUNCTION, { environment: { variables: { BUCKETS: '[{"logical":"lake"}]', DB_SECRET: "arn:aws:x" } } })],
    breaks: [one(FUNCTION, { environment: { variables: { DB_PASSWORD: "hunter2" } } })],
  },
  "function-concurrency-reserved-in-prod": {
    keeps: [one(FUNCTION, {}), one(FUNCTION, { reservedConcurrentExecutions: 5 }, "prod")],
    breaks: [one(FUNCTION, {}, "prod"), one(FUNCTION, { reservedConcurrentExecutions: -1 }, "prod")],
  },
  "function-not-public": {
    keeps: [
      one(PERMISSION, { principal: "events.amazonaws.com", sourceArn: "arn:r" }),
      one(PERMISSION, { principal: "arn:aws:iam::111111111111:role/a" }),
    ],
    breaks: [one(PERMISSION, { principal: "*" }), one(PERMISSION, { principal: "s3.amazonaws.com" })],
  },
  "function-url-signed": {
    keeps: [one("aws:lambda/functionUrl:FunctionUrl", { authorizationType: "AWS_IAM" })],
    breaks: [one("aws:lambda/functionUrl:FunctionUrl", { authorizationType: "NONE" })],
  },
  "provider-names-its-accounts": {
    keeps: [one(CLASSIC, { allowedAccountIds: '["1"]' }), one(NATIVE, { allowedAccountIds: ["1"] })],
    breaks: [one(CLASSIC, {}), one(NATIVE, { allowedAccountIds: "[]" })],
  },
  "provider-tags-everything": {
    keeps: [
      one(CLASSIC, { defaultTags: '{"tags":{"strata:stack":"dev"}}' }),
      one(NATIVE, { defaultTags: '{"tags":{"strata:stack":"dev"}}' }),
    ],
    breaks: [
      one(CLASSIC, {}),
      one(CLASSIC, { defaultTags: '{"tags":{"owner":"a"}}' }),
      one(NATIVE, { defaultTags: '{"strata:stack":"dev"}' }),
    ],
  },
  "prod-data-protected": {
    keeps: [
      stackOf([...protectedBucket(true), dataKey(true)], "prod"),
      stackOf([...protectedBucket(false), dataKey(false)], "dev"),
      stackOf([...protectedBucket(false, { ...CLEANUP, expiration: { days: 30 } }), dataKey(false)], "prod"),
      stackOf([...protectedBucket(false), upload], "prod"),
      stackOf([{ type: DATABASE, props: {}, protect: true }], "prod"),
    ],
    breaks: [
      stackOf(protectedBucket(false), "prod"),
      stackOf([...protectedBucket(true), dataKey(false)], "prod"),
      stackOf([{ type: DATABASE, props: {} }], "prod"),
      stackOf(protectedBucket(false, { ...CLEANUP, filter: { prefix: "tmp/" }, expiration: { days: 30 } }), "prod"),
    ],
  },
};
