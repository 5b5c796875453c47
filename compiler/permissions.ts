/**
 * Policies computed from the plan: who may do what, and nothing else. Pure, so least privilege is a golden file.
 *
 * `*` as a resource stands only where AWS has no resource type for the action, with the reason beside it.
 */

import type { Bindings } from "./bindings.ts";
import { compareText } from "./diagnostics.ts";
import type { CrawlerPlan, Plan, StagePlan } from "./plan.ts";

/** One statement of an IAM policy. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** An IAM policy document. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly (Statement & { readonly Principal?: unknown })[];
}

/** Prefix of the job's code in the code bucket. */
export const CODE_PREFIX = "code/";

/** What a stage's job may do: read its sources, write its targets, read its code, write its logs. */
export function jobPolicy(_plan: Plan, stage: StagePlan, bindings: Bindings, logGroup: string): PolicyDocument {
  const sources = places(
    stage.datasets.flatMap((dataset) => dataset.reads),
    bindings,
  );
  const targets = places(
    stage.datasets.flatMap(({ target }) => target ?? []),
    bindings,
  );
  const s3 = (bucket: string, path: string) => `arn:${bindings.partition}:s3:::${bucket}/${path}`;
  return document([
    allow(
      "ReadSources",
      ["s3:GetObject"],
      [...sources, ...targets].map(({ bucket, prefix }) => s3(bucket, `${prefix}*`)),
    ),
    allow(
      "WriteTargets",
      ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
      targets.map(({ bucket, prefix }) => s3(bucket, `${prefix}*`)),
    ),
    ...listing([...sources, ...targets], bindings),
    allow(
      "ReadCode",
      ["s3:GetObject"],
      [s3(bindings.codeBucket, `${CODE_PREFIX}*`), s3(bindings.codeBucket, `${bindings.groupPrefix}*`)],
    ),
    allow(
      "WriteLogs",
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      ["output", "error"].map(
        (kind) =>
          `arn:${bindings.partition}:logs:${bindings.region}:${bindings.account}:log-group:${logGroup}/${kind}:*`,
      ),
    ),
  ]);
}

/** What the state machine may do: start and stop its jobs, its crawlers, read-setup; deliver logs and traces. */
export function stateMachinePolicy(_plan: Plan, bindings: Bindings): PolicyDocument {
  const arn = (service: string, resource: string) =>
    `arn:${bindings.partition}:${service}:${bindings.region}:${bindings.account}:${resource}`;
  return document([
    allow(
      "RunJobs",
      ["glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"],
      bindings.stages.map(({ job }) => arn("glue", `job/${job}`)),
    ),
    allow(
      "RunCrawlers",
      ["glue:StartCrawler", "glue:GetCrawler"],
      bindings.crawlers.map(({ name }) => arn("glue", `crawler/${name}`)),
    ),
    allow(
      "ReadSetup",
      ["lambda:InvokeFunction"],
      bindings.readSetup === undefined ? [] : [arn("lambda", `function:${bindings.readSetup}`)],
    ),
    // Log delivery has no resource types (Service Authorization Reference, CloudWatch Logs).
    allow(
      "DeliverLogs",
      [
        "logs:CreateLogDelivery",
        "logs:GetLogDelivery",
        "logs:UpdateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:DescribeResourcePolicies",
        "logs:DescribeLogGroups",
      ],
      ["*"],
    ),
    // X-Ray's segments have no resource types (Service Authorization Reference, X-Ray).
    allow(
      "Trace",
      ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"],
      ["*"],
    ),
  ]);
}

/** What a crawler may do: read its tables' files, write their entries in its database, write its logs. */
export function crawlerPolicy(crawler: CrawlerPlan, bindings: Bindings): PolicyDocument {
  const [place] = places([crawler], bindings);
  if (place === undefined) throw new Error("a crawler has a place");
  const glue = (resource: string) =>
    `arn:${bindings.partition}:glue:${bindings.region}:${bindings.account}:${resource}`;
  return document([
    allow("ReadTables", ["s3:GetObject"], [`arn:${bindings.partition}:s3:::${place.bucket}/${place.prefix}*`]),
    ...listing([place], bindings),
    allow(
      "WriteCatalog",
      [
        "glue:GetDatabase",
        "glue:GetTable",
        "glue:GetTables",
        "glue:CreateTable",
        "glue:UpdateTable",
        "glue:GetPartition",
        "glue:GetPartitions",
        "glue:BatchGetPartition",
        "glue:BatchCreatePartition",
        "glue:CreatePartition",
        "glue:UpdatePartition",
        "glue:BatchUpdatePartition",
      ],
      [glue("catalog"), glue(`database/${bindings.database}`), glue(`table/${bindings.database}/*`)],
    ),
    // A crawler's log group cannot be chosen (Glue developer guide, "Crawler logs").
    allow(
      "WriteLogs",
      ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      [
        `arn:${bindings.partition}:logs:${bindings.region}:${bindings.account}:log-group:/aws-glue/crawlers:*`,
        `arn:${bindings.partition}:logs:${bindings.region}:${bindings.account}:log-group:/aws-glue/crawlers`,
      ],
    ),
  ]);
}

/** What read-setup may do: read the pipelines' files, write group objects, write its logs. */
export function readSetupPolicy(bindings: Bindings, logGroup: string): PolicyDocument {
  const bucket = `arn:${bindings.partition}:s3:::${bindings.codeBucket}`;
  return document([
    allow("ReadFiles", ["s3:GetObject"], [`${bucket}/pipelines/*`, `${bucket}/sql/*`]),
    {
      ...allow("ListFiles", ["s3:ListBucket"], [bucket]),
      Condition: { StringLike: { "s3:prefix": ["pipelines/*", "sql/*", `${bindings.groupPrefix}*`] } },
    },
    allow("WriteGroups", ["s3:GetObject", "s3:PutObject"], [`${bucket}/${bindings.groupPrefix}*`]),
    allow(
      "WriteLogs",
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      [`arn:${bindings.partition}:logs:${bindings.region}:${bindings.account}:log-group:${logGroup}:*`],
    ),
  ]);
}

/** Lets one service take a role, on behalf of this account only. */
export function trustPolicy(service: string, bindings: Bindings, sourceArn?: string): PolicyDocument {
  const arn = sourceArn === undefined ? {} : { ArnLike: { "aws:SourceArn": sourceArn } };
  const statement = {
    Effect: "Allow" as const,
    Principal: { Service: service },
    Action: ["sts:AssumeRole"],
    Condition: { StringEquals: { "aws:SourceAccount": bindings.account }, ...arn },
  };
  return { Version: "2012-10-17", Statement: [statement as unknown as Statement] };
}

interface Spot {
  readonly bucket: string;
  readonly prefix: string;
}

/** Physical places, each once, sorted. */
function places(spots: readonly Spot[], bindings: Bindings): Spot[] {
  const physical = new Map(bindings.buckets.map(({ logical, physical: name }) => [logical, name]));
  const mapped = spots.map(({ bucket, prefix }) => ({ bucket: physical.get(bucket) ?? bucket, prefix }));
  const unique = new Map(mapped.map((spot) => [`${spot.bucket}/${spot.prefix}`, spot]));
  return [...unique].sort(([a], [b]) => compareText(a, b)).map(([, spot]) => spot);
}

/** Listing is allowed below the prefixes only: one statement a bucket, with a condition. */
function listing(spots: readonly Spot[], bindings: Bindings): Statement[] {
  const byBucket = new Map<string, Set<string>>();
  for (const { bucket, prefix } of spots) byBucket.set(bucket, (byBucket.get(bucket) ?? new Set()).add(`${prefix}*`));
  return [...byBucket].map(([bucket, prefixes], index) => ({
    ...allow(`List${index + 1}`, ["s3:ListBucket"], [`arn:${bindings.partition}:s3:::${bucket}`]),
    Condition: { StringLike: { "s3:prefix": [...prefixes].sort(compareText) } },
  }));
}

function allow(sid: string, actions: readonly string[], resources: readonly string[]): Statement {
  return { Sid: sid, Effect: "Allow", Action: actions, Resource: [...new Set(resources)] };
}

/** A statement about nothing is left out. */
function document(statements: readonly Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements.filter(({ Resource }) => Resource.length > 0) };
}
