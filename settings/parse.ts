/** Values by key, with their places → settings, and diagnostics: all at once. */

import type { Collect } from "../compiler/parse/collect.ts";
import { withCanary } from "./canary.ts";
import { readBuckets, readNetwork, readStages, readTags } from "./parse-objects.ts";
import { type RawSettings, Reader } from "./reader.ts";
import { GLUE_VERSIONS, MOST_AT_ONCE, type Settings, WORKER_TYPES } from "./schema.ts";

/** Reads every key; what has a mistake has its default, and is named in `unread`. */
export function parseSettings(raw: RawSettings, collect: Collect): Settings {
  const read = new Reader(raw, collect);
  read.refuseUnknown();
  const settings = {
    stack: raw.stack,
    region: read.text("region", /^[a-z]{2}(-[a-z]+)+-\d$/, "a region, for example eu-central-1"),
    allowedAccountIds: read.accounts(),
    partition: read.choice("partition", ["aws", "aws-cn", "aws-us-gov"] as const),
    pipelines: read.texts("pipelines", /^.+$/s, "a list of pipelines"),
    buckets: readBuckets(read),
    workers: {
      workerType: read.choice("workerType", WORKER_TYPES),
      numberOfWorkers: read.integer("numberOfWorkers", 2, 299),
      timeoutMinutes: read.integer("timeoutMinutes", 1, 10_080),
      glueVersion: read.choice("glueVersion", GLUE_VERSIONS),
      concurrency: read.integer("concurrency", 0, MOST_AT_ONCE),
    },
    stages: readStages(read),
    logRetentionDays: read.retention(),
    scanLimitBytes: read.integer("scanLimitBytes", 10_485_760, Number.MAX_SAFE_INTEGER),
    alertEmails: read.texts("alertEmails", /^[^@\s]+@[^@\s]+\.[^@\s]+$/, "a list of e-mail addresses"),
    tags: readTags(read),
    deletableData: read.boolean("deletableData"),
    encryption: read.choice("encryption", ["kms", "s3"] as const),
    permissionsBoundary: read.text(
      "permissionsBoundary",
      /^(arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/.+)?$/,
      "the ARN of a policy",
    ),
    // Narrower than IAM: the path is part of log groups' names, which take these characters and have 512 in all.
    rolePath: read.text(
      "rolePath",
      /^(?=.{1,200}$)\/([A-Za-z0-9_.-]+\/)*$/,
      "/ or a path of at most 200 letters, digits, `_`, `-`, `.` that begins and ends with /",
    ),
    trustSourceAccount: read.boolean("trustSourceAccount"),
    network: readNetwork(read),
    lakeFormation: read.boolean("lakeFormation"),
    canary: read.boolean("canary"),
  };
  return withCanary({ ...settings, unread: read.unread });
}
