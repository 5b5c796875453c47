/** A bucket with the resources that configure it, anywhere in the stack. */

import type { PolicyResource } from "@pulumi/policy";
import type { Stack } from "./rule.ts";
import { refersTo } from "./unknowns.ts";

export const BUCKET = "aws:s3/bucket:Bucket";

/** Part → Pulumi type. */
const PARTS = {
  publicAccessBlock: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  ownership: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  versioning: "aws:s3/bucketVersioning:BucketVersioning",
  encryption: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  lifecycle: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  logging: "aws:s3/bucketLogging:BucketLogging",
  policy: "aws:s3/bucketPolicy:BucketPolicy",
  acl: "aws:s3/bucketAcl:BucketAcl",
} as const;

/** The bucket's part of a kind, if the stack has one. */
export function partOf(bucket: PolicyResource, part: keyof typeof PARTS, stack: Stack): PolicyResource | undefined {
  return stack.of(PARTS[part]).find((each) => refersTo(each, "bucket", bucket, IDENTITIES));
}

/** What rules read of a bucket's encryption. */
interface EncryptionRule {
  readonly applyServerSideEncryptionByDefault?: { readonly sseAlgorithm?: string; readonly kmsMasterKeyId?: string };
  readonly bucketKeyEnabled?: boolean;
}

/** The encryption that the bucket's new objects get, if it is configured. */
export function encryptionOf(bucket: PolicyResource, stack: Stack): EncryptionRule | undefined {
  return (partOf(bucket, "encryption", stack)?.props.rules as readonly EncryptionRule[] | undefined)?.[0];
}

/** Are the bucket's objects encrypted with a KMS key? */
export function isUnderKms(bucket: PolicyResource, stack: Stack): boolean {
  const { sseAlgorithm } = encryptionOf(bucket, stack)?.applyServerSideEncryptionByDefault ?? {};
  return sseAlgorithm?.startsWith("aws:kms") === true;
}

/** Does the bucket receive other buckets' access logs? It cannot log into itself, and S3 writes no logs under a KMS key. */
export function isLogBucket(bucket: PolicyResource, stack: Stack): boolean {
  return stack.of(PARTS.logging).some((each) => refersTo(each, "targetBucket", bucket, IDENTITIES));
}

/**
 * Does losing the bucket lose data? Not where every object expires (query results, access logs), nor where the stack
 * itself uploads the contents (code).
 */
export function holdsData(bucket: PolicyResource, stack: Stack): boolean {
  const uploads = stack.of("aws:s3/bucketObjectv2:BucketObjectv2", "aws:s3/bucketObject:BucketObject");
  if (uploads.some((each) => refersTo(each, "bucket", bucket, IDENTITIES))) return false;
  const lifecycle = partOf(bucket, "lifecycle", stack);
  const rules = (lifecycle?.props.rules ?? []) as readonly LifecycleRule[];
  return !rules.some((rule) => isForAll(rule) && (rule.expiration?.days ?? 0) > 0);
}

/** What rules read of a lifecycle's rule. */
export interface LifecycleRule {
  readonly status?: string;
  readonly prefix?: string;
  readonly filter?: Readonly<Record<string, unknown>>;
  readonly expiration?: { readonly days?: number };
  readonly abortIncompleteMultipartUpload?: { readonly daysAfterInitiation?: number };
  readonly noncurrentVersionExpiration?: { readonly noncurrentDays?: number };
}

/** Is the rule enabled, and for every object? An empty filter matches all. */
export function isForAll({ status, prefix, filter }: LifecycleRule): boolean {
  const isNarrow = Object.values(filter ?? {}).some((each) => each !== undefined && each !== null && each !== "");
  return status === "Enabled" && !isNarrow && (prefix ?? "") === "";
}

/** Properties by which other resources name a bucket. */
const IDENTITIES = ["bucket", "id"];
