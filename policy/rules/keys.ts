/** KMS keys: rotated, enabled, with an explicit policy; and what they must encrypt in a stack that has them. */

import { BUCKET, partOf } from "../buckets.ts";
import { type ResourceRule, resourceRule, type Stack, type StackRule, stackRule } from "../rule.ts";
import { eachOf, isSet, refersTo } from "../unknowns.ts";

export const KEY = "aws:kms/key:Key";

const rotated = resourceRule(
  {
    name: "key-rotated",
    says: "KMS rotates every symmetric key each year",
    covers: ["AwsSolutions-KMS5", "CKV_AWS_7"],
    level: "mandatory",
    remedy: "set `enableKeyRotation: true`",
    types: [KEY],
  },
  ({ props }, say) => {
    // KMS cannot rotate asymmetric and HMAC keys (KMS developer guide, "Rotating keys").
    const isSymmetric = (props.customerMasterKeySpec ?? "SYMMETRIC_DEFAULT") === "SYMMETRIC_DEFAULT";
    if (isSymmetric && props.enableKeyRotation !== true) say("the key is not rotated");
  },
);

const enabled = resourceRule(
  {
    name: "key-enabled",
    says: "Every key is enabled",
    covers: ["CKV_AWS_227"],
    level: "mandatory",
    remedy: "remove `isEnabled: false`, or the key with the resources that it encrypts",
    types: [KEY],
  },
  ({ props }, say) => {
    if (props.isEnabled === false) say("the key is disabled, so what it encrypts cannot be read");
  },
);

const policyDefined = stackRule(
  {
    name: "key-policy-defined",
    says: "Every key has an explicit policy",
    covers: ["CKV2_AWS_64"],
    level: "mandatory",
    remedy: "set `policy`: KMS's default allows every identity policy of the account to grant use of the key",
    types: [KEY],
  },
  (key, stack, say) => {
    const isSeparate = stack
      .of("aws:kms/keyPolicy:KeyPolicy")
      .some((each) => refersTo(each, "keyId", key, ["keyId", "arn", "id"]));
    if (!isSet(() => key.props.policy) && !isSeparate) say("the key has KMS's default policy");
  },
);

/** Does the stack encrypt data with KMS? Then anything in plain text, or under S3's keys, is a violation. */
function hasDataKey(stack: Stack): boolean {
  return stack.of(BUCKET).some((bucket) => {
    const [rule] = (partOf(bucket, "encryption", stack)?.props.rules ?? []) as BucketEncryption[];
    return rule?.applyServerSideEncryptionByDefault?.sseAlgorithm?.startsWith("aws:kms") === true;
  });
}

interface BucketEncryption {
  readonly applyServerSideEncryptionByDefault?: { readonly sseAlgorithm?: string };
}

const logsEncrypted = stackRule(
  {
    name: "log-group-encrypted",
    says: "In a stack that encrypts data with KMS, log groups have a key",
    covers: ["CKV_AWS_158"],
    level: "mandatory",
    remedy: "set `kmsKeyId` to a key whose policy allows CloudWatch Logs",
    types: ["aws:cloudwatch/logGroup:LogGroup"],
  },
  (group, stack, say) => {
    if (hasDataKey(stack) && !isSet(() => group.props.kmsKeyId)) say("the log group has no key");
  },
);

const environmentEncrypted = stackRule(
  {
    name: "function-environment-encrypted",
    says: "In a stack that encrypts data with KMS, the environment of functions has a key",
    covers: ["CKV_AWS_173"],
    level: "mandatory",
    remedy: "set `kmsKeyArn`",
    types: ["aws:lambda/function:Function"],
  },
  ({ props }, stack, say) => {
    const hasVariables = isSet(() => props.environment) && Object.keys(props.environment?.variables ?? {}).length > 0;
    if (hasVariables && hasDataKey(stack) && !isSet(() => props.kmsKeyArn)) say("the environment has no key");
  },
);

const secured = stackRule(
  {
    name: "job-has-security-configuration",
    says: "In a stack that encrypts data with KMS, every Glue job and crawler has a security configuration",
    covers: ["AwsSolutions-GL1", "CKV_AWS_195"],
    level: "mandatory",
    remedy: "set `securityConfiguration`",
    types: ["aws:glue/job:Job", "aws:glue/crawler:Crawler"],
  },
  ({ props }, stack, say) => {
    if (hasDataKey(stack) && !isSet(() => props.securityConfiguration)) say("no security configuration is set");
  },
);

/** Encryption of a security configuration → its mode, key, and the required mode. */
const SECURITY = [
  ["cloudwatchEncryption", "cloudwatchEncryptionMode", "SSE-KMS"],
  ["jobBookmarksEncryption", "jobBookmarksEncryptionMode", "CSE-KMS"],
] as const;

const configurationEncrypts = resourceRule(
  {
    name: "security-configuration-encrypts",
    says: "A security configuration encrypts logs and bookmarks with a KMS key, and the objects that jobs write to S3",
    covers: ["AwsSolutions-GL3", "CKV_AWS_99"],
    level: "mandatory",
    remedy: "set `SSE-KMS` for CloudWatch, `CSE-KMS` for bookmarks, each with `kmsKeyArn`, and no `DISABLED` for S3",
    types: ["aws:glue/securityConfiguration:SecurityConfiguration"],
  },
  ({ props }, say) => {
    const encryption = props.encryptionConfiguration ?? {};
    const parts = SECURITY.map(([part, mode, wanted]) => () => {
      if (encryption[part]?.[mode] !== wanted) say(`\`${part}\` is not ${wanted}`);
      else if (!isSet(() => encryption[part].kmsKeyArn)) say(`\`${part}\` names no key`);
    });
    eachOf(...parts, () => {
      const mode = encryption.s3Encryption?.s3EncryptionMode ?? "DISABLED";
      if (mode === "DISABLED") say("objects that jobs write to S3 are not encrypted");
      else if (mode === "SSE-KMS" && !isSet(() => encryption.s3Encryption.kmsKeyArn))
        say("`s3Encryption` names no key");
    });
  },
);

export const KEY_RULES: readonly (ResourceRule | StackRule)[] = [rotated, enabled, policyDefined];

export const ENCRYPTION_RULES: readonly (ResourceRule | StackRule)[] = [
  secured,
  configurationEncrypts,
  logsEncrypted,
  environmentEncrypted,
];
