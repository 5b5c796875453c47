/** Default arguments of a stage's Glue job: its location, how it runs, and Spark's settings. */

import type { PhysicalPlan } from "../compiler/plan/bind.ts";
import type { StackBindings, StageAccess } from "../compiler/plan/bindings.ts";
import { stageTables } from "../compiler/plan/tables.ts";
import type { StagePlan } from "../compiler/plan/types.ts";
import { jobLogPrefix } from "../settings/bindings.ts";
import type { Workers } from "../settings/schema.ts";

export interface JobArgumentsOf {
  readonly plan: PhysicalPlan;
  readonly stage: StagePlan;
  readonly bindings: StackBindings;
  readonly access: StageAccess;
  readonly workers: Workers;
}

/** Default arguments of the job, except the location of its code. */
export function jobArguments({ plan, stage, bindings, access, workers }: JobArgumentsOf): Record<string, string> {
  const state = `s3://${bindings.stateBucket}/${access.statePrefix}`;
  const warehouse = warehouseOf(plan, stage);
  return {
    "--job-language": "python",
    "--custom-logGroup-prefix": jobLogPrefix(access.job),
    // Without it Glue creates a bucket that the stack does not secure.
    "--TempDir": `${state}temp/`,
    "--state": state,
    ...(workers.concurrency > 0 && { "--concurrency": String(workers.concurrency) }),
    ...(warehouse !== undefined && { "--datalake-formats": "iceberg" }),
    "--conf": sparkConf(bindings.region, warehouse),
  };
}

/** Iceberg's default location; Strata's tables set theirs. Undefined if the stage has no Iceberg table. */
function warehouseOf(plan: PhysicalPlan, stage: StagePlan): string | undefined {
  const { written, read } = stageTables(plan, stage);
  const [first] = [...written, ...read];
  return first && `s3://${first.bucket}/`;
}

/** Several settings are passed as one argument (Glue developer guide, job parameters, `--conf`). */
function sparkConf(region: string, warehouse: string | undefined): string {
  return [
    // Without it S3A probes every folder above a target, which the role may not read (HADOOP-13278).
    "spark.hadoop.fs.s3a.performance.flags=create,mkdir",
    // Glue 5.1's S3A uses us-east-2 if no region is set.
    `spark.hadoop.fs.s3a.endpoint.region=${region}`,
    "spark.sql.session.timeZone=UTC",
    ...(warehouse === undefined ? [] : icebergConf(warehouse)),
  ].join(" --conf ");
}

/** A catalog called `strata` over Glue's (Glue developer guide, "Using the Iceberg framework in AWS Glue"). */
function icebergConf(warehouse: string): string[] {
  return [
    "spark.sql.extensions=org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
    "spark.sql.catalog.strata=org.apache.iceberg.spark.SparkCatalog",
    "spark.sql.catalog.strata.catalog-impl=org.apache.iceberg.aws.glue.GlueCatalog",
    "spark.sql.catalog.strata.io-impl=org.apache.iceberg.aws.s3.S3FileIO",
    `spark.sql.catalog.strata.warehouse=${warehouse}`,
  ];
}
