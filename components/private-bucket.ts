/** A private bucket: encrypted, versioned, TLS only, with access logs. */

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { textOf } from "../compiler/emit/permissions/document.ts";
import { bucketPolicy, logBucketPolicy } from "../compiler/emit/permissions/resource-policies.ts";
import { child, dataChild, type ProviderContext } from "./context.ts";

/** A prefix whose objects expire. */
export interface Expiry {
  readonly prefix: string;
  readonly days: number;
  /** Days that a deleted or replaced version is kept; default: 30. */
  readonly oldVersionDays?: number;
}

/** The context in which a bucket is created. */
export type BucketContext = Pick<ProviderContext, "home" | "aws" | "mayDeleteData"> & {
  readonly settings: Pick<ProviderContext["settings"], "stack">;
};

export interface PrivateBucketArgs {
  readonly context: BucketContext;
  /** Physical name. */
  readonly bucket: string;
  /** Days after which objects expire; undefined: never. */
  readonly expireDays?: number;
  /** Days that deleted or replaced versions are kept; default: 30. */
  readonly oldVersionDays?: number;
  /** Prefixes whose objects expire. */
  readonly expiring?: readonly Expiry[];
  /** True if losing it loses data: protected and retained, unless the stack may delete data. */
  readonly holdsData: boolean;
  /** ARN of the key that encrypts it; undefined: S3's own. */
  readonly key: pulumi.Output<string> | undefined;
  /** Bucket of its access logs; undefined for that bucket itself. */
  readonly accessLogs: pulumi.Output<string> | undefined;
}

/** Most prefixes with their own rule: the limit of a bucket's lifecycle (S3 user guide, "Lifecycle configuration") less the fixed rules. */
const MOST_EXPIRING = 1000 - 2;

export class PrivateBucket extends pulumi.ComponentResource {
  /** Name of the bucket; depends on its policy, encryption and versioning, so that no write precedes them. */
  readonly bucket: pulumi.Output<string>;

  constructor(name: string, args: PrivateBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("strata:aws:PrivateBucket", name, {}, opts);
    const { context } = args;
    warnOfTooMany(args);
    const options = args.holdsData ? dataChild(this, context) : child(this, context);
    const forceDestroy = args.holdsData ? context.mayDeleteData : context.settings.stack !== "prod";
    const made = new aws.s3.Bucket(name, { bucket: args.bucket, forceDestroy }, options);
    const { bucket } = made;
    const part = child(this, context, { deletedWith: made });
    new aws.s3.BucketOwnershipControls(name, { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }, part);
    const blocked = new aws.s3.BucketPublicAccessBlock(
      name,
      { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      part,
    );
    const versioned = new aws.s3.BucketVersioning(
      name,
      { bucket, versioningConfiguration: { status: "Enabled" } },
      part,
    );
    const encrypted = new aws.s3.BucketServerSideEncryptionConfiguration(
      name,
      { bucket, rules: [encryption(args.key)] },
      part,
    );
    new aws.s3.BucketLifecycleConfiguration(name, { bucket, rules: lifecycle(args) }, part);
    if (args.accessLogs !== undefined)
      new aws.s3.BucketLogging(name, { bucket, targetBucket: args.accessLogs, targetPrefix: `${args.bucket}/` }, part);
    const policy = new aws.s3.BucketPolicy(name, { bucket, policy: policyOf(args) }, { ...part, dependsOn: [blocked] });
    this.bucket = pulumi.all([bucket, policy.id, versioned.id, encrypted.id]).apply(([physical]) => physical);
    this.registerOutputs({ bucket: this.bucket });
  }
}

function policyOf({ bucket, context, key, accessLogs }: PrivateBucketArgs): pulumi.Input<string> {
  if (accessLogs === undefined) return textOf(logBucketPolicy(bucket, context.home));
  if (key === undefined) return textOf(bucketPolicy(bucket, context.home, undefined));
  return key.apply((arn) => textOf(bucketPolicy(bucket, context.home, arn)));
}

/** A bucket key saves most requests to KMS (S3 user guide, "S3 Bucket Keys"); SSE-C would let a writer lock out every other reader. */
function encryption(
  key: pulumi.Output<string> | undefined,
): aws.types.input.s3.BucketServerSideEncryptionConfigurationRule {
  const algorithm = key === undefined ? { sseAlgorithm: "AES256" } : { sseAlgorithm: "aws:kms", kmsMasterKeyId: key };
  return { applyServerSideEncryptionByDefault: algorithm, bucketKeyEnabled: true, blockedEncryptionTypes: ["SSE-C"] };
}

/** A warning in preview, because the effect is invisible later. */
function warnOfTooMany({ bucket, expiring = [] }: PrivateBucketArgs): void {
  if (expiring.length > MOST_EXPIRING)
    pulumi.log.warn(
      `${bucket} has ${expiring.length} prefixes whose files expire, but S3 allows rules for ${MOST_EXPIRING}: in the others the files stay until the job removes them`,
    );
}

/** Incomplete uploads cost money unnoticed; old versions are kept for a month. */
function lifecycle(args: PrivateBucketArgs): aws.types.input.s3.BucketLifecycleConfigurationRule[] {
  const rest = {
    id: "clean-up",
    status: "Enabled",
    filter: {},
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    noncurrentVersionExpiration: { noncurrentDays: args.oldVersionDays ?? 30 },
  };
  const own = (args.expiring ?? []).slice(0, MOST_EXPIRING).map(({ prefix, days, oldVersionDays }, index) => ({
    id: `own-${index + 1}`,
    status: "Enabled",
    filter: { prefix },
    expiration: { days },
    ...(oldVersionDays !== undefined && { noncurrentVersionExpiration: { noncurrentDays: oldVersionDays } }),
  }));
  return [args.expireDays === undefined ? rest : { ...rest, expiration: { days: args.expireDays } }, ...own];
}
