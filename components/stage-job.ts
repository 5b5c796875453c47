/** One stage: a Glue job, its role, its log groups. */

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { StackBindings } from "../compiler/bindings.ts";
import type { Identity } from "../compiler/permissions/permissions.ts";
import type { Plan, StagePlan } from "../compiler/plan.ts";
import { stageTables } from "../compiler/publish.ts";
import { jobLogPrefix, workersOf } from "../settings/bindings.ts";
import type { CodeStore } from "./code-store.ts";
import { child, type StackContext } from "./context.ts";
import type { GlueSecurity } from "./glue-security.ts";
import { createLogGroup } from "./log-group.ts";
import { createRole } from "./role.ts";

export interface StageJobArgs {
  readonly context: StackContext;
  readonly plan: Plan;
  readonly stage: StagePlan;
  readonly bindings: StackBindings;
  /** Its role and what it may do. */
  readonly identity: Identity;
  readonly security: GlueSecurity;
  readonly code: CodeStore;
}

export class StageJob extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;

  constructor(name: string, args: StageJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("strata:aws:StageJob", name, {}, opts);
    const { context, plan, stage, bindings, code, security } = args;
    const access = bindings.stages.find((each) => each.stage === stage.name);
    if (access === undefined) throw new Error(`stage ${stage.name} has no binding`);
    const { job } = access;
    const state = `s3://${bindings.stateBucket}/${access.statePrefix}`;
    const warehouse = warehouseOf(plan, stage, bindings);
    const workers = workersOf(plan, stage.name, context.settings);
    const { role, policies } = createRole(name, { context, parent: this, identity: args.identity });
    const groups = access.logGroups.map((group) =>
      createLogGroup(`${name}/${group.endsWith("/error") ? "error" : "output"}`, group, { context, parent: this }),
    );
    const resource = new aws.glue.Job(
      name,
      {
        name: job,
        description: `Strata: stage ${stage.name} of pipeline ${plan.pipeline}`.replace(/\p{Cc}/gu, " ").slice(0, 2048),
        roleArn: role.arn,
        command: { name: "glueetl", pythonVersion: "3", scriptLocation: code.script },
        glueVersion: workers.glueVersion,
        workerType: workers.workerType,
        numberOfWorkers: workers.numberOfWorkers,
        timeout: workers.timeoutMinutes,
        // The state machine retries, and only what another try can mend.
        maxRetries: 0,
        executionProperty: { maxConcurrentRuns: 1 },
        ...(security.configuration !== undefined && { securityConfiguration: security.configuration }),
        ...(security.connections.length > 0 && { connections: [...security.connections] }),
        defaultArguments: {
          "--job-language": "python",
          "--extra-py-files": code.package,
          "--custom-logGroup-prefix": jobLogPrefix(job),
          // Without it Glue makes a bucket of its own, which we would not have secured.
          "--TempDir": `${state}temp/`,
          "--state": state,
          ...(workers.concurrency > 0 && { "--concurrency": String(workers.concurrency) }),
          ...(warehouse !== undefined && { "--datalake-formats": "iceberg" }),
          "--conf": sparkConf(bindings.region, warehouse),
        },
      },
      child(this, context, { dependsOn: [...policies, ...groups] }),
    );
    this.name = resource.name;
    this.registerOutputs({ name: this.name });
  }
}

/** Where Iceberg would put a table without a place; ours have one. Undefined where the stage has no Iceberg table. */
function warehouseOf(plan: Plan, stage: StagePlan, bindings: StackBindings): string | undefined {
  const { written, read } = stageTables(plan, stage);
  const [first] = [...written, ...read];
  const bucket = first && bindings.buckets.find(({ logical }) => logical === first.bucket);
  return bucket && `s3://${bucket.physical}/`;
}

/** Several settings travel as one argument (Glue developer guide, job parameters, `--conf`). */
function sparkConf(region: string, warehouse: string | undefined): string {
  return [
    // Without it S3A probes every folder above a target, which a role that ends at the target is denied (HADOOP-13278).
    "spark.hadoop.fs.s3a.performance.flags=create,mkdir",
    // Glue 5.1's S3A asks us-east-2 where no region is set.
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
