/** Buckets: each checked together with the resources that configure it. */

import { BUCKET, encryptionOf, isForAll, isLogBucket, isUnderKms, type LifecycleRule, partOf } from "../buckets.ts";
import { isProd, rules } from "../rule.ts";
import { eachOf, isSet, refersTo } from "../unknowns.ts";

export const STORAGE_RULES = rules(BUCKET, [
  {
    name: "bucket-blocks-public-access",
    says: "Every bucket blocks public access in all four ways",
    covers: ["AwsSolutions-S2", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV2_AWS_6"],
    remedy: "add a `BucketPublicAccessBlock` with all four flags true",
    checkInStack: (bucket, stack, say) => {
      const block = partOf(bucket, "publicAccessBlock", stack);
      if (block === undefined) return say("public access is not blocked");
      const flags = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];
      eachOf(
        ...flags.map((flag) => () => {
          if (block.props[flag] !== true) say(`\`${flag}\` is not true`);
        }),
      );
    },
  },
  {
    name: "bucket-owner-enforced",
    says: "Every bucket has ACLs disabled: its owner owns every object",
    covers: ["CKV2_AWS_65", "CKV_AWS_20", "CKV_AWS_57", "CKV_AWS_375"],
    remedy: "add `BucketOwnershipControls` with `objectOwnership: BucketOwnerEnforced`, and remove every ACL",
    checkInStack: (bucket, stack, say) =>
      eachOf(
        () => {
          if (partOf(bucket, "ownership", stack)?.props.rule?.objectOwnership !== "BucketOwnerEnforced")
            say("ACLs are not disabled");
        },
        () => {
          if (partOf(bucket, "acl", stack) !== undefined) say("the bucket has an ACL");
        },
      ),
  },
  {
    name: "bucket-versioned",
    says: "Every bucket keeps old versions",
    covers: ["CKV_AWS_21"],
    remedy: "add `BucketVersioning` with the status `Enabled`",
    checkInStack: (bucket, stack) =>
      partOf(bucket, "versioning", stack)?.props.versioningConfiguration?.status !== "Enabled" &&
      "versioning is not enabled",
  },
  {
    name: "bucket-encrypted",
    says: "Every bucket configures its encryption: a named KMS key with bucket key, or S3's own keys",
    covers: ["CKV_AWS_19"],
    remedy: "add a `BucketServerSideEncryptionConfiguration` with `AES256`, or `aws:kms` with key and bucket key",
    checkInStack: (bucket, stack, say) => {
      const rule = encryptionOf(bucket, stack);
      const { sseAlgorithm = "" } = rule?.applyServerSideEncryptionByDefault ?? {};
      if (sseAlgorithm === "AES256") return;
      if (!["aws:kms", "aws:kms:dsse"].includes(sseAlgorithm)) return say("no encryption is set");
      if (!isSet(() => rule?.applyServerSideEncryptionByDefault?.kmsMasterKeyId))
        say("objects are encrypted with AWS's KMS key, whose policy the stack cannot set");
      if (sseAlgorithm === "aws:kms" && rule?.bucketKeyEnabled !== true)
        say("the bucket key is off, so every object costs a request to KMS");
    },
  },
  {
    name: "bucket-encrypted-by-own-key",
    says: "Buckets, except that of access logs, are encrypted with a KMS key of the stack",
    covers: ["CKV_AWS_145"],
    level: "advisory",
    remedy: "encrypt with `aws:kms` and a key of the stack",
    checkInStack: (bucket, stack) =>
      !isLogBucket(bucket, stack) &&
      !isUnderKms(bucket, stack) &&
      "objects are encrypted with S3's own keys, whose use can be neither restricted nor audited",
  },
  {
    name: "bucket-tidied",
    says: "Every bucket removes incomplete uploads and old versions",
    covers: ["CKV2_AWS_61", "CKV_AWS_300"],
    remedy:
      "add a `BucketLifecycleConfiguration` whose rule for all objects has `abortIncompleteMultipartUpload` and `noncurrentVersionExpiration`",
    checkInStack: (bucket, stack, say) => {
      const rules = (partOf(bucket, "lifecycle", stack)?.props.rules ?? []) as readonly LifecycleRule[];
      const forAll = rules.filter(isForAll);
      if (!forAll.some((rule) => (rule.abortIncompleteMultipartUpload?.daysAfterInitiation ?? 0) > 0))
        say("incomplete uploads are kept");
      if (!forAll.some((rule) => (rule.noncurrentVersionExpiration?.noncurrentDays ?? 0) > 0))
        say("old versions are kept");
    },
  },
  {
    name: "bucket-access-logged",
    says: "Access to every bucket is logged to another bucket; that one is exempt, because it would log its own logging",
    covers: ["AwsSolutions-S1", "CKV_AWS_18"],
    remedy: "add a `BucketLogging` that targets the stack's log bucket",
    checkInStack: (bucket, stack, say) => {
      const logging = partOf(bucket, "logging", stack);
      if (logging === undefined) {
        if (!isLogBucket(bucket, stack)) say("access is not logged");
      } else if (refersTo(logging, "targetBucket", bucket, ["bucket", "id"])) say("the bucket logs into itself");
    },
  },
  {
    name: "bucket-not-emptied-in-prod",
    says: "No bucket of prod is emptied when it is destroyed",
    remedy: "set `forceDestroy` to false in prod",
    check: ({ urn, props }) => isProd({ urn }) && props.forceDestroy === true && "`forceDestroy` is true in prod",
  },
  {
    name: "bucket-no-website",
    says: "No bucket serves a website",
    covers: ["AwsSolutions-S5"],
    remedy: "remove the website configuration",
    types: ["aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", BUCKET],
    check: ({ type, props }) => (type !== BUCKET || isSet(() => props.website)) && "the bucket serves a website",
  },
]);
