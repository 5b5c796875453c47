/** A bucket of ours: private, encrypted, versioned, TLS only. */

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { child, dataChild, type StackContext } from "./context.ts";

export interface PrivateBucketArgs {
  readonly context: StackContext;
  /** Physical name. */
  readonly bucket: string;
  /** Days after which objects expire; undefined: never. */
  readonly expireDays?: number;
  /** True where losing it loses data: protected and retained, unless the stack may delete data. */
  readonly holdsData: boolean;
}

export class PrivateBucket extends pulumi.ComponentResource {
  /** Name of the bucket; depends on its policy, so that nothing is written before TLS is asked for. */
  readonly bucket: pulumi.Output<string>;

  constructor(name: string, args: PrivateBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("strata:aws:PrivateBucket", name, {}, opts);
    const { context } = args;
    const options = args.holdsData ? dataChild(this, context) : child(this, context);
    const forceDestroy = args.holdsData ? context.mayDeleteData : true;
    const bucket = new aws.s3.Bucket(name, { bucket: args.bucket, forceDestroy }, options);
    const part = child(this, context, { deletedWith: bucket });
    new aws.s3.BucketOwnershipControls(
      name,
      { bucket: bucket.bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
      part,
    );
    const blocked = new aws.s3.BucketPublicAccessBlock(
      name,
      {
        bucket: bucket.bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      part,
    );
    new aws.s3.BucketVersioning(name, { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } }, part);
    new aws.s3.BucketServerSideEncryptionConfiguration(
      name,
      {
        bucket: bucket.bucket,
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" }, bucketKeyEnabled: true }],
      },
      part,
    );
    new aws.s3.BucketLifecycleConfiguration(name, { bucket: bucket.bucket, rules: lifecycle(args.expireDays) }, part);
    const policy = new aws.s3.BucketPolicy(
      name,
      { bucket: bucket.bucket, policy: JSON.stringify(tlsOnly(context.settings.partition, args.bucket)) },
      { ...part, dependsOn: [blocked] },
    );
    this.bucket = pulumi.all([bucket.bucket, policy.id]).apply(([physical]) => physical);
    this.registerOutputs({ bucket: this.bucket });
  }
}

/** Uploads that never ended cost money unseen; old versions are kept for a month. */
function lifecycle(expireDays: number | undefined): aws.types.input.s3.BucketLifecycleConfigurationRule[] {
  const tidy = {
    id: "tidy",
    status: "Enabled",
    filter: {},
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    noncurrentVersionExpiration: { noncurrentDays: 30 },
  };
  return expireDays === undefined ? [tidy] : [{ ...tidy, expiration: { days: expireDays } }];
}

/** Refuses plain HTTP and TLS before 1.2. */
function tlsOnly(partition: string, bucket: string): object {
  const arn = `arn:${partition}:s3:::${bucket}`;
  const deny = (sid: string, condition: object) => ({
    Sid: sid,
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [arn, `${arn}/*`],
    Condition: condition,
  });
  return {
    Version: "2012-10-17",
    Statement: [
      deny("DenyPlainHttp", { Bool: { "aws:SecureTransport": "false" } }),
      deny("DenyOldTls", { NumericLessThan: { "s3:TlsVersion": "1.2" } }),
    ],
  };
}
