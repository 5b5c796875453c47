/** Settings of a stack: the keys `strata:…` of `Pulumi.<stack>.yaml`. */

import * as z from "zod";
import { finding, WORDS } from "./words.ts";

/** Worker types of Glue's Spark jobs (Glue CreateJob, `WorkerType`); G.025X is for streaming, Z.2X for Ray. */
const WORKER_TYPES = ["G.1X", "G.2X", "G.4X", "G.8X", "G.12X", "G.16X", "R.1X", "R.2X", "R.4X", "R.8X"] as const;

/** Glue versions that the job is tested for: Spark 4.1.1 and 3.5.6. Never `auto`, which changes under a running pipeline. */
const GLUE_VERSIONS = ["6.0", "5.1"] as const;

/** Retention periods that CloudWatch Logs takes, in days (PutRetentionPolicy). */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Datasets at the same time at most: more threads would only wait for the driver. */
export const MOST_AT_ONCE = 64;

/** A text that matches a pattern, and the remedy for any other. */
const text = (pattern: RegExp, help: string) =>
  z
    .string()
    .regex(pattern)
    .register(WORDS, { help: `write ${help}` });

/** What a stage's job runs on. */
const WORKERS = {
  workerType: z
    .enum(WORKER_TYPES)
    .default("G.1X")
    .describe(`Worker type of every stage: ${WORKER_TYPES.join(", ")}.`),
  numberOfWorkers: z.int().min(2).max(299).default(2).describe("Workers of every stage, the driver counted; 2 to 299."),
  timeoutMinutes: z
    .int()
    .min(1)
    .max(10_080)
    .default(60)
    .describe("Time limit of every stage's job, in minutes; 1 to 10080."),
  glueVersion: z
    .enum(GLUE_VERSIONS)
    .default("6.0")
    .describe(`Glue version of every stage: ${GLUE_VERSIONS.join(" or ")}.`),
  concurrency: z
    .int()
    .min(0)
    .max(MOST_AT_ONCE)
    .default(0)
    .describe(
      `Datasets that a stage runs at the same time, 1 to ${MOST_AT_ONCE}; 0 for as many as suit the cluster's cores.`,
    ),
};

/** What every stage of a stack runs on. */
export const workers = z.strictObject(WORKERS);

/** A stage's own workers. */
export const stageWorkers = z.strictObject({
  workerType: WORKERS.workerType.unwrap().optional(),
  numberOfWorkers: WORKERS.numberOfWorkers.unwrap().optional(),
  timeoutMinutes: WORKERS.timeoutMinutes.unwrap().optional(),
  glueVersion: WORKERS.glueVersion.unwrap().optional(),
  concurrency: WORKERS.concurrency.unwrap().optional(),
});

/** Glue's ARN of a key, not an alias: S3 takes aliases of another account for its own (S3 user guide, SSE-KMS). */
const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[0-9a-zA-Z-]{36}$/;

const bucket = z
  .strictObject({
    name: text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "a bucket's name: 3 to 63 lower-case letters, digits, `-` and `.`")
      .optional()
      .describe("Default: {bucket}-{stack}-{account}."),
    existing: z.boolean().default(false).describe("An existing bucket, which is used unchanged."),
    key: text(KEY_ARN, "the ARN of a KMS key")
      .optional()
      .describe("ARN of the KMS key that encrypts an existing bucket."),
  })
  .check(
    finding(function* ({ name, existing, key }) {
      if (existing && name === undefined)
        yield { code: "D005", message: "{it} is an existing bucket without a name", help: "add `name`" };
      const help =
        "leave `key` out, since the stack's own key encrypts a bucket that the stack makes; or add `existing: true`";
      if (key !== undefined && !existing) yield { message: "{it} has a key, but is not an existing bucket", help };
    }),
  )
  .register(WORDS, { help: "write an object with `name`, `existing` and `key`, or {}" });

const NETWORK =
  "write an object with `connections` (names), or with `subnetId`, `availabilityZone` and `securityGroupIds`";

const network = z
  .strictObject({
    connections: z
      .array(text(/^[^\p{Cc}/]{1,255}$/u, "a list of names of Glue connections"))
      .min(1)
      .register(WORDS, { alone: true, help: "write a list of names of Glue connections" })
      .optional()
      .describe("Names of existing Glue connections."),
    subnetId: text(/^subnet-[0-9a-f]+$/, "a subnet's id, subnet-…")
      .optional()
      .describe("Subnet that jobs run in."),
    availabilityZone: text(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, "the subnet's availability zone")
      .optional()
      .describe("The subnet's availability zone."),
    securityGroupIds: z
      .array(text(/^sg-[0-9a-f]+$/, "a list of ids of security groups, sg-…"))
      .min(1)
      .register(WORDS, { alone: true, help: "write a list of ids of security groups, sg-…" })
      .optional()
      .describe("Security groups of the jobs."),
  })
  .check(
    finding(({ connections, subnetId, availabilityZone, securityGroupIds }) => {
      const given = [subnetId, availabilityZone, securityGroupIds].filter((part) => part !== undefined).length;
      if (connections === undefined ? given === 0 || given === 3 : given === 0) return [];
      return [{ message: "{it} is incomplete or has both kinds of entries", help: NETWORK }];
    }),
  )
  .register(WORDS, { help: NETWORK });

const TAG_HELP = "write text of at most 256 characters, under a key of 1 to 128 that does not start with aws:";

/** Every setting of a stack, in the order of the documentation. */
export const stack = z.strictObject({
  allowedAccountIds: z
    .array(text(/^\d{12}$/, "a list of account ids of twelve digits, in quotes"))
    .min(1)
    .register(WORDS, { help: "write a list with at least one account id of twelve digits, in quotes" })
    .describe("AWS account ids that the stack may be deployed to; the first is part of bucket names."),
  region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region, for example eu-central-1").describe("AWS region of everything."),
  partition: z
    .enum(["aws", "aws-cn", "aws-us-gov"])
    .default("aws")
    .describe("AWS partition: aws, aws-cn or aws-us-gov."),
  buckets: z
    .record(z.string(), bucket.nullable())
    .default({})
    .describe(
      "Logical bucket to physical bucket: {} for {bucket}-{stack}-{account}, {name: …} for another name, {name: …, existing: true} for an existing bucket ({…, key: ARN} if a KMS key encrypts it).",
    ),
  pipelines: z
    .array(text(/^.+$/s, "a list of pipelines"))
    .register(WORDS, { help: "write a list of pipelines" })
    .default([])
    .describe("Pipelines to deploy; empty for all of pipelines/."),
  ...WORKERS,
  stages: z
    .record(
      z.string(),
      stageWorkers.register(WORDS, { help: `write an object with ${Object.keys(WORKERS).join(", ")}` }).nullable(),
    )
    .default({})
    .describe(
      "Stage, or pipeline/stage, to its own workerType, numberOfWorkers, timeoutMinutes, glueVersion, concurrency.",
    ),
  logRetentionDays: z
    .literal(RETENTION_DAYS)
    .register(WORDS, { help: `write one of ${RETENTION_DAYS.join(", ")}` })
    .default(30)
    .describe("Days that logs are kept, one of CloudWatch's periods."),
  scanLimitBytes: z
    .int()
    .min(10_485_760)
    .default(10_737_418_240)
    .describe("Most bytes that one Athena query may scan; at least 10485760."),
  alertEmails: z
    .array(text(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "a list of e-mail addresses"))
    .register(WORDS, { help: "write a list of e-mail addresses" })
    .default([])
    .describe("E-mail addresses that are notified of failed executions."),
  tags: z
    .record(text(/^(?!aws:).{1,128}$/is, TAG_HELP.slice(6)), z.string().max(256).register(WORDS, { help: TAG_HELP }))
    .default({})
    .describe("Tags of everything, name to value."),
  deletableData: z
    .boolean()
    .default(false)
    .describe(
      "May destroying the stack delete data buckets with what is in them? Never honoured for a stack called prod.",
    ),
  encryption: z
    .enum(["kms", "s3"])
    .default("kms")
    .describe("kms for KMS keys of the stack's own, s3 for S3's and CloudWatch's own keys."),
  permissionsBoundary: text(/^(arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/.+)?$/, "the ARN of a policy")
    .default("")
    .describe("ARN of a policy that bounds every role of the stack; empty for none."),
  // Narrower than IAM: the path is part of log groups' names, which take these characters and have 512 in all.
  rolePath: text(
    /^(?=.{1,200}$)\/([A-Za-z0-9_.-]+\/)*$/,
    "/ or a path of at most 200 letters, digits, `_`, `-`, `.` that begins and ends with /",
  )
    .default("/")
    .describe("Path of every role and policy, beginning and ending with /; at most 200 characters."),
  trustSourceAccount: z
    .boolean()
    .default(true)
    .describe(
      "Must Glue say that it takes a role on behalf of this account (`aws:SourceAccount`)? Set false only if `strata verify` shows that Glue cannot take its role.",
    ),
  network: network
    .nullable()
    .default({})
    .describe(
      "Where jobs and crawlers run: {subnetId, availabilityZone, securityGroupIds}, or {connections: names of Glue connections}; {} for outside any VPC.",
    ),
  lakeFormation: z
    .boolean()
    .default(false)
    .describe("Does Lake Formation govern the database? Crawlers and readers then ask it for data."),
  canary: z
    .boolean()
    .default(false)
    .describe(
      "Deploy one more, tiny pipeline, by which `strata verify` shows that AWS does what is assumed. It costs nothing until it runs.",
    ),
});
