/** Examples of the rules in policy/rules/storage.ts and transport.ts. */

import { BY_KMS, BY_S3, bucketWith, CLEANUP, denial, logBucket, NO_HTTP, NO_OLD_TLS, type Parts } from "./buckets.ts";
import { document, type Example, type Examples, one, stackOf } from "./example.ts";

const SAFE = stackOf([...bucketWith(), ...logBucket()]);
const lake = (changes: Parts): Example => stackOf([...bucketWith(changes), ...logBucket()]);
const policy = (...statements: readonly object[]) => lake({ Policy: { policy: document(...statements) } });
const rule = (changes: object) =>
  lake({ ServerSideEncryptionConfiguration: { rules: [{ ...BY_KMS.rules[0], ...changes }] } });
const lifecycle = (...rules: readonly object[]) => lake({ LifecycleConfiguration: { rules } });
const block = (flag: string) =>
  lake({
    PublicAccessBlock: {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
      [flag]: false,
    },
  });
const TOPIC = { type: "aws:sns/topic:Topic", name: "t", props: { arn: "arn:aws:sns:r:a:t" } };
const QUEUE = { type: "aws:sqs/queue:Queue", name: "q", props: { url: "https://q" } };
const refusing = (Action: string) => document({ Effect: "Deny", Principal: "*", Action, Resource: "*", ...NO_HTTP });

export const STORAGE: Record<string, Examples> = {
  "bucket-blocks-public-access": {
    keeps: [SAFE],
    breaks: [
      lake({ PublicAccessBlock: undefined }),
      ...["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].map(block),
    ],
  },
  "bucket-owner-enforced": {
    keeps: [SAFE],
    breaks: [
      lake({ OwnershipControls: undefined }),
      lake({ OwnershipControls: { rule: { objectOwnership: "ObjectWriter" } } }),
      lake({ Acl: { acl: "public-read" } }),
    ],
  },
  "bucket-versioned": {
    keeps: [SAFE],
    breaks: [
      lake({ Versioning: undefined }),
      lake({ Versioning: { versioningConfiguration: { status: "Suspended" } } }),
    ],
  },
  "bucket-encrypted": {
    keeps: [SAFE, lake({ ServerSideEncryptionConfiguration: BY_S3 })],
    breaks: [
      lake({ ServerSideEncryptionConfiguration: undefined }),
      lake({ ServerSideEncryptionConfiguration: { rules: [] } }),
      rule({ bucketKeyEnabled: false }),
      rule({ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }),
    ],
  },
  "bucket-encrypted-by-own-key": { keeps: [SAFE], breaks: [lake({ ServerSideEncryptionConfiguration: BY_S3 })] },
  "bucket-tidied": {
    keeps: [SAFE, lifecycle({ ...CLEANUP, filter: { prefix: "" } }, { status: "Enabled", filter: { prefix: "own/" } })],
    breaks: [
      lake({ LifecycleConfiguration: undefined }),
      lifecycle({ ...CLEANUP, status: "Disabled" }),
      lifecycle({ ...CLEANUP, filter: { prefix: "silver/" } }),
      lifecycle({ ...CLEANUP, noncurrentVersionExpiration: undefined }),
      lifecycle({ ...CLEANUP, abortIncompleteMultipartUpload: undefined }),
    ],
  },
  "bucket-access-logged": {
    keeps: [SAFE],
    breaks: [
      lake({ Logging: undefined }),
      lake({ Logging: { targetBucket: "lake" } }),
      stackOf([...bucketWith(), ...logBucket({ Logging: { targetBucket: "logs" } })]),
    ],
  },
  "bucket-not-emptied-in-prod": {
    keeps: [
      stackOf(bucketWith({}, { forceDestroy: true }), "dev"),
      stackOf(bucketWith({}, { forceDestroy: false }), "prod"),
    ],
    breaks: [stackOf(bucketWith({}, { forceDestroy: true }), "prod")],
  },
  "bucket-no-website": {
    keeps: [SAFE],
    breaks: [
      one("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", { bucket: "lake" }),
      stackOf(bucketWith({}, { website: { indexDocument: "index.html" } })),
    ],
  },
  "bucket-tls-only": {
    keeps: [SAFE],
    breaks: [
      lake({ Policy: undefined }),
      policy(denial("lake", NO_HTTP)),
      policy(denial("lake", NO_OLD_TLS)),
      policy(denial("lake", { ...NO_HTTP, Action: "s3:GetObject" }), denial("lake", NO_OLD_TLS)),
      policy(denial("lake", { ...NO_HTTP, Resource: "arn:aws:s3:::lake/*" }), denial("lake", NO_OLD_TLS)),
      policy(denial("lake", { ...NO_HTTP, Principal: { AWS: "arn:x" } }), denial("lake", NO_OLD_TLS)),
      policy(denial("lake", NO_HTTP), denial("lake", { Condition: { NumericLessThan: { "s3:TlsVersion": "1.1" } } })),
      policy(
        denial("lake", { Condition: { ...NO_HTTP.Condition, StringEquals: { "aws:PrincipalAccount": "1" } } }),
        denial("lake", NO_OLD_TLS),
      ),
    ],
  },
  "bucket-policy-no-lock-out": { keeps: [SAFE], breaks: [policy(denial("lake", {}))] },
  "topic-tls-only": {
    keeps: [
      stackOf([
        TOPIC,
        {
          type: "aws:sns/topicPolicy:TopicPolicy",
          props: { arn: TOPIC.props.arn, policy: refusing("sns:Publish") },
        },
      ]),
      stackOf([{ ...TOPIC, props: { policy: refusing("sns:Publish") } }]),
    ],
    breaks: [
      stackOf([TOPIC]),
      stackOf([
        TOPIC,
        { type: "aws:sns/topicPolicy:TopicPolicy", props: { arn: TOPIC.props.arn, policy: document() } },
      ]),
      stackOf([
        TOPIC,
        { type: "aws:sns/topicPolicy:TopicPolicy", props: { arn: "arn:other", policy: refusing("sns:Publish") } },
      ]),
    ],
  },
  "queue-tls-only": {
    keeps: [
      stackOf([
        QUEUE,
        { type: "aws:sqs/queuePolicy:QueuePolicy", props: { queueUrl: "https://q", policy: refusing("sqs:*") } },
      ]),
    ],
    breaks: [stackOf([QUEUE])],
  },
};
