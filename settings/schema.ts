/**
 * The settings of a stack: every key with its type, meaning and default. The single description: `Pulumi.yaml` and
 * `docs/settings.md` are held against it by a test.
 */

/** Worker types of Glue's Spark jobs (Glue CreateJob, `WorkerType`); G.025X is for streaming, Z.2X for Ray. */
export const WORKER_TYPES = ["G.1X", "G.2X", "G.4X", "G.8X", "G.12X", "G.16X", "R.1X", "R.2X", "R.4X", "R.8X"] as const;

/** Glue versions that the job is tested for: Spark 4.1.1 and 3.5.6. Never `auto`, which changes under a running pipeline. */
export const GLUE_VERSIONS = ["6.0", "5.1"] as const;

/** Retention periods that CloudWatch Logs takes, in days (PutRetentionPolicy). */
export const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Datasets at the same time at most (glue/strata_glue/arguments/parse.py). */
export const MOST_AT_ONCE = 64;

/** What a stage's job runs on. */
export interface Workers {
  readonly workerType: (typeof WORKER_TYPES)[number];
  /** At least 2: a driver and an executor. */
  readonly numberOfWorkers: number;
  /** The job's own limit; Glue takes up to seven days. */
  readonly timeoutMinutes: number;
  readonly glueVersion: (typeof GLUE_VERSIONS)[number];
  /** Datasets at the same time; 0: as many as the job finds good for the cluster's cores. */
  readonly concurrency: number;
}

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
  readonly partition: "aws" | "aws-cn" | "aws-us-gov";
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
  readonly encryption: "kms" | "s3";
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

/** How a key is documented and checked. */
export interface SettingEntry {
  /** As Pulumi knows it. */
  readonly type: "string" | "integer" | "boolean" | "array" | "object";
  readonly description: string;
  /** Undefined: the key must be set. */
  readonly default: unknown;
}

/** All keys of the namespace `strata`, in the order of the documentation. */
export const SETTINGS: Readonly<Record<string, SettingEntry>> = {
  allowedAccountIds: {
    type: "array",
    description: "AWS account ids that the stack may be deployed to; the first is part of bucket names.",
    default: undefined,
  },
  region: { type: "string", description: "AWS region of everything.", default: undefined },
  partition: { type: "string", description: "AWS partition: aws, aws-cn or aws-us-gov.", default: "aws" },
  buckets: {
    type: "object",
    description:
      "Logical bucket to physical bucket: {} for {bucket}-{stack}-{account}, {name: …} for another name, {name: …, existing: true} for a bucket that is there already ({…, key: ARN} if a KMS key encrypts it).",
    default: {},
  },
  pipelines: { type: "array", description: "Pipelines to deploy; empty for all of pipelines/.", default: [] },
  workerType: {
    type: "string",
    description: `Worker type of every stage: ${WORKER_TYPES.join(", ")}.`,
    default: "G.1X",
  },
  numberOfWorkers: {
    type: "integer",
    description: "Workers of every stage, the driver counted; 2 to 299.",
    default: 2,
  },
  timeoutMinutes: {
    type: "integer",
    description: "Time limit of every stage's job, in minutes; 1 to 10080.",
    default: 60,
  },
  glueVersion: {
    type: "string",
    description: `Glue version of every stage: ${GLUE_VERSIONS.join(" or ")}.`,
    default: "6.0",
  },
  concurrency: {
    type: "integer",
    description: `Datasets that a stage runs at the same time, 1 to ${MOST_AT_ONCE}; 0 for as many as suit the cluster's cores.`,
    default: 0,
  },
  stages: {
    type: "object",
    description:
      "Stage, or pipeline/stage, to its own workerType, numberOfWorkers, timeoutMinutes, glueVersion, concurrency.",
    default: {},
  },
  logRetentionDays: {
    type: "integer",
    description: "Days that logs are kept, one of CloudWatch's periods.",
    default: 30,
  },
  scanLimitBytes: {
    type: "integer",
    description: "Most bytes that one Athena query may scan; at least 10485760.",
    default: 10_737_418_240,
  },
  alertEmails: { type: "array", description: "E-mail addresses that are notified of failed executions.", default: [] },
  tags: { type: "object", description: "Tags of everything, name to value.", default: {} },
  deletableData: {
    type: "boolean",
    description:
      "May destroying the stack delete data buckets with what is in them? Never honoured for a stack called prod.",
    default: false,
  },
  encryption: {
    type: "string",
    description: "kms for KMS keys of the stack's own, s3 for S3's and CloudWatch's own keys.",
    default: "kms",
  },
  permissionsBoundary: {
    type: "string",
    description: "ARN of a policy that bounds every role of the stack; empty for none.",
    default: "",
  },
  rolePath: {
    type: "string",
    description: "Path of every role and policy, beginning and ending with /; at most 200 characters.",
    default: "/",
  },
  trustSourceAccount: {
    type: "boolean",
    description:
      "Must Glue say that it takes a role on behalf of this account (`aws:SourceAccount`)? Set false only if `strata verify` shows that Glue cannot take its role.",
    default: true,
  },
  network: {
    type: "object",
    description:
      "Where jobs and crawlers run: {subnetId, availabilityZone, securityGroupIds}, or {connections: names of Glue connections}; {} for outside any VPC.",
    default: {},
  },
  lakeFormation: {
    type: "boolean",
    description: "Does Lake Formation govern the database? Crawlers and readers then ask it for data.",
    default: false,
  },
  canary: {
    type: "boolean",
    description:
      "Deploy one more, tiny pipeline, by which `strata verify` shows that AWS does what is assumed. It costs nothing until it runs.",
    default: false,
  },
};
