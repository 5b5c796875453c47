/** Policies of resources: buckets, keys, the topic. What they refuse every caller. */

import type { StackBindings } from "../../plan/bindings.ts";
import type { PolicyDocument, Statement } from "./document.ts";
import { bucketArn, dnsSuffix } from "./locations.ts";

/** Where a resource is; known before anything is made. */
export type Home = Pick<StackBindings, "partition" | "region" | "account">;

/**
 * One of Strata's buckets: TLS 1.2 or newer, and no object under another key than the bucket's.
 *
 * It allows nothing, so foreign accounts have no access; roles of this account need a policy of their own.
 *
 * @param key ARN of the bucket's KMS key; undefined where S3's own keys encrypt
 */
export function bucketPolicy(bucket: string, home: Home, key: string | undefined): PolicyDocument {
  const arn = bucketArn(bucket, home.partition);
  const deny = (sid: string, actions: string[], resources: string[], condition: Statement["Condition"]): Statement => ({
    Sid: sid,
    Effect: "Deny",
    Principal: "*",
    Action: actions,
    Resource: resources,
    ...(condition && { Condition: condition }),
  });
  const statements = [
    deny("DenyPlainHttp", ["s3:*"], [arn, `${arn}/*`], { Bool: { "aws:SecureTransport": "false" } }),
    deny("DenyOldTls", ["s3:*"], [arn, `${arn}/*`], { NumericLessThan: { "s3:TlsVersion": "1.2" } }),
    deny("DenyOtherAccounts", ["s3:*"], [arn, `${arn}/*`], {
      StringNotEquals: { "aws:PrincipalAccount": home.account },
      Bool: { "aws:PrincipalIsAWSService": "false" },
    }),
  ];
  if (key !== undefined)
    statements.push(
      // Who names no key gets the bucket's; who names one must name that.
      deny("DenyOtherKeys", ["s3:PutObject"], [`${arn}/*`], {
        StringNotEqualsIfExists: { "s3:x-amz-server-side-encryption-aws-kms-key-id": key },
        Null: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "false" },
      }),
    );
  return { Version: "2012-10-17", Statement: statements };
}

/** The bucket of access logs: S3's log delivery may write, for buckets of this account. */
export function logBucketPolicy(bucket: string, home: Home): PolicyDocument {
  const { Statement } = bucketPolicy(bucket, home, undefined);
  const deliver: Statement = {
    Sid: "DeliverAccessLogs",
    Effect: "Allow",
    Principal: { Service: "logging.s3.amazonaws.com" },
    Action: ["s3:PutObject"],
    Resource: [`${bucketArn(bucket, home.partition)}/*`],
    Condition: { StringEquals: { "aws:SourceAccount": home.account } },
  };
  return { Version: "2012-10-17", Statement: [...Statement, deliver] };
}

/** Actions of a key's administrators; none of them encrypts or decrypts. */
const KEY_ADMINISTRATION = [
  "kms:CancelKeyDeletion",
  "kms:CreateAlias",
  "kms:CreateGrant",
  "kms:DeleteAlias",
  "kms:DescribeKey",
  "kms:DisableKey",
  "kms:EnableKey",
  "kms:EnableKeyRotation",
  "kms:GetKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:ListGrants",
  "kms:ListKeyPolicies",
  "kms:ListResourceTags",
  "kms:ListRetirableGrants",
  "kms:PutKeyPolicy",
  "kms:RevokeGrant",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateAlias",
  "kms:UpdateKeyDescription",
];

/** In a key's policy `*` is the key itself (KMS developer guide, "Key policies"). */
const THIS_KEY = ["*"];

function keyOwner(home: Home, services: readonly string[]): Statement[] {
  const root = { AWS: `arn:${home.partition}:iam::${home.account}:root` };
  return [
    { Sid: "Administer", Effect: "Allow", Principal: root, Action: KEY_ADMINISTRATION, Resource: THIS_KEY },
    {
      // Roles of this account whose own policy allows it, through the named services; never straight to KMS.
      Sid: "UseThroughServices",
      Effect: "Allow",
      Principal: root,
      Action: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"],
      Resource: THIS_KEY,
      Condition: {
        StringEquals: {
          "kms:CallerAccount": home.account,
          "kms:ViaService": services.map((service) => `${service}.${home.region}.${dnsSuffix(home.partition)}`),
        },
      },
    },
  ];
}

/** The key of data: lake, state, query results, job bookmarks. */
export function dataKeyPolicy(home: Home): PolicyDocument {
  return { Version: "2012-10-17", Statement: keyOwner(home, ["s3", "glue", "athena"]) };
}

/**
 * The key of operations: code, logs, alerts.
 *
 * @param logGroups names of the log groups that it encrypts, as patterns
 */
export function operationsKeyPolicy(home: Home, logGroups: readonly string[]): PolicyDocument {
  const { partition, region, account } = home;
  const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${account}:${resource}`;
  return {
    Version: "2012-10-17",
    Statement: [
      ...keyOwner(home, ["s3", "sns", "lambda"]),
      {
        Sid: "Logs",
        Effect: "Allow",
        Principal: { Service: `logs.${region}.${dnsSuffix(partition)}` },
        Action: [
          "kms:Decrypt",
          "kms:DescribeKey",
          "kms:Encrypt",
          "kms:GenerateDataKey",
          "kms:GenerateDataKeyWithoutPlaintext",
          "kms:ReEncryptFrom",
          "kms:ReEncryptTo",
        ],
        Resource: THIS_KEY,
        Condition: {
          ArnLike: { "kms:EncryptionContext:aws:logs:arn": logGroups.map((name) => arn("logs", `log-group:${name}`)) },
        },
      },
      {
        // EventBridge cannot use AWS's own key of SNS. No condition, as in the topic's policy below.
        Sid: "Events",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: THIS_KEY,
      },
    ],
  };
}

/**
 * The topic of failures: EventBridge may publish, over TLS.
 *
 * Without a condition on the rule, because EventBridge sends no context of conditions to SNS: "You can't use Condition
 * blocks in Amazon SNS topic policies for EventBridge" (EventBridge user guide, "Resource-based policies"). With one the
 * rule reports success and no alert is sent. What is left open is that a rule elsewhere which knows
 * the topic's name publishes to it.
 */
export function topicPolicy(topicArn: string): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Events",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: ["sns:Publish"],
        Resource: [topicArn],
      },
      {
        Sid: "DenyPlainHttp",
        Effect: "Deny",
        Principal: "*",
        Action: ["sns:Publish"],
        Resource: [topicArn],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
}
