/** Policies of buckets, keys, topics and trust: foreign accounts, plain HTTP, old TLS, other keys, wrong services. */

import { assert } from "chai";
import {
  bucketPolicy,
  dataKeyPolicy,
  logBucketPolicy,
  operationsKeyPolicy,
  topicPolicy,
} from "../../compiler/emit/permissions/resource-policies.ts";
import { HOME } from "../../setup/node.mjs";
import { decide } from "./evaluate.ts";
import { settingsFrom, subjectOf } from "./subjects.ts";

const HOME_OF_STACK = { partition: "aws", region: "eu-central-1", account: "111111111111" };
const KEY = "arn:aws:kms:eu-central-1:111111111111:key/00000000-0000-0000-0000-000000000000";
const OWN = {
  "aws:principalaccount": "111111111111",
  "aws:principalisawsservice": "false",
  "aws:securetransport": "true",
  "s3:tlsversion": "1.3",
};
/** The policy of a role that is allowed everything: what the bucket refuses, it refuses to all. */
const ALL = {
  Version: "2012-10-17" as const,
  Statement: [{ Sid: "All", Effect: "Allow" as const, Action: ["*"], Resource: ["*"] }],
};

describe("a bucket's policy", () => {
  const may = (action: string, context: Record<string, string>, policy = bucketPolicy("b", HOME_OF_STACK, KEY)) =>
    decide([policy, ALL], { action, resource: "arn:aws:s3:::b/k", context: { ...OWN, ...context } }).allowed;

  it("lets roles of the account in over TLS 1.2 and newer", () => {
    assert.isTrue(may("s3:GetObject", {}));
    assert.isTrue(may("s3:PutObject", { "s3:tlsversion": "1.2" }));
  });
  it("refuses plain HTTP, TLS 1.1 and foreign accounts", () => {
    assert.isFalse(may("s3:GetObject", { "aws:securetransport": "false" }));
    assert.isFalse(may("s3:GetObject", { "s3:tlsversion": "1.1" }));
    assert.isFalse(may("s3:GetObject", { "aws:principalaccount": "999999999999" }));
  });
  it("takes objects under its own key or none named, and under no other", () => {
    const header = "s3:x-amz-server-side-encryption-aws-kms-key-id";
    assert.isTrue(may("s3:PutObject", {}));
    assert.isTrue(may("s3:PutObject", { [header]: KEY }));
    assert.isFalse(may("s3:PutObject", { [header]: KEY.replace("1111", "9999") }));
  });
  it("allows no principal by itself", () => {
    const request = {
      action: "s3:GetObject",
      resource: "arn:aws:s3:::b/k",
      context: { ...OWN, "aws:principalaccount": "999999999999" },
    };
    assert.isFalse(decide([bucketPolicy("b", HOME_OF_STACK, KEY)], request).allowed);
    assert.isFalse(decide([bucketPolicy("b", HOME_OF_STACK, KEY)], { ...request, context: OWN }).allowed);
  });
  it("of access logs takes them from S3's log delivery for this account only", () => {
    const deliver = (account: string) =>
      decide([logBucketPolicy("b", HOME_OF_STACK)], {
        action: "s3:PutObject",
        resource: "arn:aws:s3:::b/k",
        principal: "Service:logging.s3.amazonaws.com",
        context: {
          "aws:sourceaccount": account,
          "aws:securetransport": "true",
          "s3:tlsversion": "1.3",
          "aws:principalisawsservice": "true",
        },
      }).allowed;
    assert.isTrue(deliver("111111111111"));
    assert.isFalse(deliver("999999999999"));
  });
});

describe("a key's policy", () => {
  const role = "AWS:arn:aws:iam::111111111111:role/x";
  const may = (
    action: string,
    principal: string,
    context: Record<string, string>,
    policy = dataKeyPolicy(HOME_OF_STACK),
  ) => decide([policy], { action, resource: KEY, principal, context }).allowed;

  it("opens the key to roles of the account through S3, and directly to no principal", () => {
    const viaS3 = { "kms:calleraccount": "111111111111", "kms:viaservice": "s3.eu-central-1.amazonaws.com" };
    assert.isTrue(may("kms:Decrypt", role, viaS3));
    assert.isFalse(may("kms:Decrypt", role, { "kms:calleraccount": "111111111111" }));
    assert.isFalse(may("kms:Decrypt", role, { ...viaS3, "kms:viaservice": "s3.us-east-1.amazonaws.com" }));
    assert.isFalse(
      may("kms:Decrypt", "AWS:arn:aws:iam::999999999999:role/x", { ...viaS3, "kms:calleraccount": "999999999999" }),
    );
  });
  it("lets the account look after it, without decrypting", () => {
    assert.isTrue(may("kms:PutKeyPolicy", role, {}));
    assert.isFalse(may("kms:PutKeyPolicy", "AWS:arn:aws:iam::999999999999:role/x", {}));
  });
  it("of operations is CloudWatch's for our groups and EventBridge's", () => {
    const policy = operationsKeyPolicy(HOME_OF_STACK, ["/aws-glue/*"]);
    const logs = (group: string) =>
      may(
        "kms:Encrypt",
        "Service:logs.eu-central-1.amazonaws.com",
        { "kms:encryptioncontext:aws:logs:arn": `arn:aws:logs:eu-central-1:111111111111:log-group:${group}` },
        policy,
      );
    assert.isTrue(logs("/aws-glue/jobs/x"));
    assert.isFalse(logs("/others/x"));
    assert.isTrue(
      may("kms:GenerateDataKey", "Service:events.amazonaws.com", {}, policy),
      "EventBridge sends no context",
    );
    assert.isFalse(may("kms:GenerateDataKey", "Service:sns.amazonaws.com", {}, policy));
  });
});

describe("a topic's policy", () => {
  const topic = "arn:aws:sns:eu-central-1:111111111111:t";
  const may = (principal: string, context: Record<string, string> = {}) =>
    decide([topicPolicy(topic)], { action: "sns:Publish", resource: topic, principal, context }).allowed;
  it("is for EventBridge, which sends no context, and for no sender over plain HTTP", () => {
    assert.isTrue(may("Service:events.amazonaws.com"));
    assert.isFalse(may("Service:events.amazonaws.com", { "aws:securetransport": "false" }));
    assert.isFalse(may("Service:s3.amazonaws.com"));
    assert.isFalse(may("AWS:arn:aws:iam::999999999999:role/x"));
  });
});

describe("trust", () => {
  it("every role is taken by its service for this account only", async () => {
    const { identities } = await subjectOf(HOME, settingsFrom("dev", { buckets: { "postgres-repo": {} } }));
    const services: Record<string, string> = {
      job: "glue",
      crawler: "glue",
      "state-machine": "states",
      "read-setup": "lambda",
    };
    for (const { kind, trust } of identities) {
      if (trust === undefined) {
        assert.equal(kind, "readers");
        continue;
      }
      const may = (service: string, account: string) =>
        decide([trust], {
          action: "sts:AssumeRole",
          resource: "x",
          principal: `Service:${service}.amazonaws.com`,
          context: {
            "aws:sourceaccount": account,
            "aws:sourcearn": `arn:aws:states:eu-central-1:${account}:stateMachine:bookings-dev`,
          },
        }).allowed;
      const service = services[kind] ?? "";
      assert.isTrue(may(service, "111111111111"), kind);
      assert.isFalse(may(service, "999999999999"), kind);
      assert.isFalse(may("ec2", "111111111111"), kind);
    }
  });

  it("asks for no account where the stack leaves that out for Glue, and still does for the others", async () => {
    const settings = settingsFrom("dev", { buckets: { "postgres-repo": {} }, trustSourceAccount: false });
    const { identities } = await subjectOf(HOME, settings);
    for (const { kind, trust } of identities) {
      if (trust === undefined) continue;
      const isGlue = kind === "job" || kind === "crawler";
      assert.equal(JSON.stringify(trust).includes("aws:SourceAccount"), !isGlue, kind);
      const { allowed } = decide([trust], {
        action: "sts:AssumeRole",
        resource: "x",
        principal: "Service:glue.amazonaws.com",
        context: {},
      });
      assert.equal(allowed, isGlue, kind);
    }
  });
});
