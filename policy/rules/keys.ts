/** KMS keys: rotated, enabled, with an explicit policy; and what they must encrypt in a stack that has them. */

import { BUCKET, isUnderKms } from "../buckets.ts";
import { rules, type Stack } from "../rule.ts";
import { eachOf, isSet, refersTo } from "../unknowns.ts";

export const KEY = "aws:kms/key:Key";

/** Does the stack encrypt data with KMS? Then anything in plain text, or under S3's keys, is a violation. */
const hasDataKey = (stack: Stack) => stack.of(BUCKET).some((bucket) => isUnderKms(bucket, stack));

/** Encryption of a security configuration → its mode, key, and the required mode. */
const SECURITY = [
  ["cloudwatchEncryption", "cloudwatchEncryptionMode", "SSE-KMS"],
  ["jobBookmarksEncryption", "jobBookmarksEncryptionMode", "CSE-KMS"],
] as const;

export const KEY_RULES = rules(KEY, [
  {
    name: "key-rotated",
    says: "KMS rotates every symmetric key each year",
    covers: ["AwsSolutions-KMS5", "CKV_AWS_7"],
    remedy: "set `enableKeyRotation: true`",
    // KMS cannot rotate asymmetric and HMAC keys (KMS developer guide, "Rotating keys").
    check: ({ props }) =>
      (props.customerMasterKeySpec ?? "SYMMETRIC_DEFAULT") === "SYMMETRIC_DEFAULT" &&
      props.enableKeyRotation !== true &&
      "the key is not rotated",
  },
  {
    name: "key-enabled",
    says: "Every key is enabled",
    covers: ["CKV_AWS_227"],
    remedy: "remove `isEnabled: false`, or the key with the resources that it encrypts",
    check: ({ props }) => props.isEnabled === false && "the key is disabled, so what it encrypts cannot be read",
  },
  {
    name: "key-policy-defined",
    says: "Every key has an explicit policy",
    covers: ["CKV2_AWS_64"],
    remedy: "set `policy`: KMS's default allows every identity policy of the account to grant use of the key",
    checkInStack: (key, stack, say) => {
      const isSeparate = stack
        .of("aws:kms/keyPolicy:KeyPolicy")
        .some((each) => refersTo(each, "keyId", key, ["keyId", "arn", "id"]));
      if (!isSet(() => key.props.policy) && !isSeparate) say("the key has KMS's default policy");
    },
  },
]);

export const ENCRYPTION_RULES = rules(
  ["aws:glue/job:Job", "aws:glue/crawler:Crawler"],
  [
    {
      name: "job-has-security-configuration",
      says: "In a stack that encrypts data with KMS, every Glue job and crawler has a security configuration",
      covers: ["AwsSolutions-GL1", "CKV_AWS_195"],
      remedy: "set `securityConfiguration`",
      checkInStack: ({ props }, stack) =>
        hasDataKey(stack) && !isSet(() => props.securityConfiguration) && "no security configuration is set",
    },
    {
      name: "security-configuration-encrypts",
      says: "A security configuration encrypts logs and bookmarks with a KMS key, and the objects that jobs write to S3",
      covers: ["AwsSolutions-GL3", "CKV_AWS_99"],
      remedy: "set `SSE-KMS` for CloudWatch, `CSE-KMS` for bookmarks, each with `kmsKeyArn`, and no `DISABLED` for S3",
      types: ["aws:glue/securityConfiguration:SecurityConfiguration"],
      check: ({ props }, say) => {
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
    },
    {
      name: "log-group-encrypted",
      says: "In a stack that encrypts data with KMS, log groups have a key",
      covers: ["CKV_AWS_158"],
      remedy: "set `kmsKeyId` to a key whose policy allows CloudWatch Logs",
      types: ["aws:cloudwatch/logGroup:LogGroup"],
      checkInStack: (group, stack) =>
        hasDataKey(stack) && !isSet(() => group.props.kmsKeyId) && "the log group has no key",
    },
    {
      name: "function-environment-encrypted",
      says: "In a stack that encrypts data with KMS, the environment of functions has a key",
      covers: ["CKV_AWS_173"],
      remedy: "set `kmsKeyArn`",
      types: ["aws:lambda/function:Function"],
      checkInStack: ({ props }, stack, say) => {
        const hasVariables =
          isSet(() => props.environment) && Object.keys(props.environment?.variables ?? {}).length > 0;
        if (hasVariables && hasDataKey(stack) && !isSet(() => props.kmsKeyArn)) say("the environment has no key");
      },
    },
  ],
);
