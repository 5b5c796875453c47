/** A bucket that keeps every rule, its log bucket, and ways to take one part away. */

import type { Resource } from "../engine.ts";
import { document } from "./example.ts";

/** Parts of a bucket by the word in their type. */
export type Parts = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

const KEY_ARN = "arn:aws:kms:eu-central-1:111111111111:key/data";

export const BY_KMS = {
  rules: [
    {
      applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY_ARN },
      bucketKeyEnabled: true,
    },
  ],
};
export const BY_S3 = { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] };

export const CLEANUP = {
  status: "Enabled",
  filter: {},
  abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
  noncurrentVersionExpiration: { noncurrentDays: 30 },
};

/** A denial to everyone on the bucket and its objects. */
export const denial = (bucket: string, more: object) => ({
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
  ...more,
});
export const NO_HTTP = { Condition: { Bool: { "aws:SecureTransport": "false" } } };
export const NO_OLD_TLS = { Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } };

function partsOf(bucket: string): Parts {
  return {
    PublicAccessBlock: {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    OwnershipControls: { rule: { objectOwnership: "BucketOwnerEnforced" } },
    Versioning: { versioningConfiguration: { status: "Enabled" } },
    ServerSideEncryptionConfiguration: BY_KMS,
    LifecycleConfiguration: { rules: [CLEANUP] },
    Logging: { targetBucket: "logs", targetPrefix: "lake/" },
    Policy: { policy: document(denial(bucket, NO_HTTP), denial(bucket, NO_OLD_TLS)) },
  };
}

/** The bucket `lake` with its parts, some of them changed or left out. */
export function bucketWith(changes: Parts = {}, bucket: Readonly<Record<string, unknown>> = {}): Resource[] {
  return named("lake", { ...partsOf("lake"), ...changes }, bucket);
}

/** The log bucket of `lake`. */
export function logBucket(changes: Parts = {}): Resource[] {
  const lifecycle = { rules: [{ ...CLEANUP, expiration: { days: 365 } }] };
  const parts = { LifecycleConfiguration: lifecycle, ServerSideEncryptionConfiguration: BY_S3, Logging: undefined };
  return named("logs", { ...partsOf("logs"), ...parts, ...changes });
}

function named(name: string, parts: Parts, bucket: Readonly<Record<string, unknown>> = {}): Resource[] {
  const resources = Object.entries(parts).flatMap(([part, props]) =>
    props === undefined
      ? []
      : [{ type: `aws:s3/bucket${part}:Bucket${part}`, name, props: { bucket: name, ...props } }],
  );
  return [{ type: "aws:s3/bucket:Bucket", name, props: { bucket: name, id: name, ...bucket } }, ...resources];
}

/** The key that encrypts `lake`. */
export const dataKey = (protect: boolean): Resource => ({
  type: "aws:kms/key:Key",
  name: "data",
  protect,
  props: { arn: KEY_ARN },
});
