/** One stack's settings as the rest of the program has them; every key is described in `contract/stack.ts`. */

import type * as z from "zod";
import type { stack, workers } from "../contract/stack.ts";

/** What a stage's job runs on. */
export type Workers = Readonly<z.output<typeof workers>>;

/** Where a logical bucket is. */
export interface BucketSetting {
  readonly logical: string;
  /** Undefined: `{bucket}-{stack}-{account}`. */
  readonly name: string | undefined;
  /** An existing bucket is used as it is and never changed. */
  readonly existing: boolean;
  /** ARN of the KMS key that encrypts an existing bucket; undefined: S3's own keys. */
  readonly key: string | undefined;
}

/** How jobs and crawlers reach their subnets; both lists empty: they run outside any. */
export interface NetworkSetting {
  /** Names of Glue connections that are there already. */
  readonly connections: readonly string[];
  /** Subnets that the stack makes a connection for. */
  readonly subnets: readonly {
    readonly subnetId: string;
    readonly availabilityZone: string;
    readonly securityGroupIds: readonly string[];
  }[];
}

/** A stage's own workers; the key of the setting is `<stage>` or `<pipeline>/<stage>`. */
export interface StageSetting {
  readonly key: string;
  readonly workers: Partial<Workers>;
}

/** One stack's settings, defaults filled in. */
export interface Settings {
  readonly stack: string;
  readonly region: string;
  /** The first is the account that names are made with; the providers refuse all others. */
  readonly allowedAccountIds: readonly string[];
  readonly partition: z.output<typeof stack>["partition"];
  readonly pipelines: readonly string[];
  readonly buckets: readonly BucketSetting[];
  readonly workers: Workers;
  readonly stages: readonly StageSetting[];
  readonly logRetentionDays: number;
  readonly scanLimitBytes: number;
  readonly alertEmails: readonly string[];
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly deletableData: boolean;
  /** `kms`: keys of the stack's own; `s3`: S3's and CloudWatch's. */
  readonly encryption: z.output<typeof stack>["encryption"];
  /** ARN of a policy; empty for none. */
  readonly permissionsBoundary: string;
  readonly rolePath: string;
  /** Glue takes the stack's roles only on behalf of the account. */
  readonly trustSourceAccount: boolean;
  readonly network: NetworkSetting;
  readonly lakeFormation: boolean;
  /** Deploys one more, tiny pipeline, which `strata verify` runs. */
  readonly canary: boolean;
  /** Keys that a mistake kept from being read, so that they have their defaults here; empty in what is deployed. */
  readonly unread: readonly string[];
}
