/** One stage: a Glue job, its role, its log groups. */

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Bindings } from "../compiler/bindings.ts";
import { jobPolicy, trustPolicy } from "../compiler/permissions.ts";
import type { Plan, StagePlan } from "../compiler/plan.ts";
import { workersOf } from "../settings/bindings.ts";
import { nameFor } from "../settings/names.ts";
import type { CodeStore } from "./code-store.ts";
import { child, type StackContext } from "./context.ts";
import { createRole } from "./role.ts";

export interface StageJobArgs {
  readonly context: StackContext;
  readonly plan: Plan;
  readonly stage: StagePlan;
  readonly bindings: Bindings;
  readonly code: CodeStore;
}

export class StageJob extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;

  constructor(name: string, args: StageJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("strata:aws:StageJob", name, {}, opts);
    const { context, plan, stage, bindings, code } = args;
    const job = bindings.stages.find((each) => each.stage === stage.name)?.job ?? "";
    const logGroup = `/aws-glue/jobs/${nameFor("logSegment", job)}`;
    const workers = workersOf(plan, stage.name, context.settings);
    const { role, policy } = createRole(name, {
      context,
      parent: this,
      role: nameFor("role", plan.pipeline, bindings.stack, `job-${stage.name}`),
      // Glue is not known to set the source's ARN in every region, so only the account is asked for.
      trust: trustPolicy("glue.amazonaws.com", bindings),
      policy: jobPolicy(plan, stage, bindings, logGroup),
    });
    // Created beforehand, because a group that Glue makes keeps its logs for ever.
    const groups = ["output", "error"].map(
      (kind) =>
        new aws.cloudwatch.LogGroup(
          `${name}/${kind}`,
          { name: `${logGroup}/${kind}`, retentionInDays: context.settings.logRetentionDays },
          child(this, context),
        ),
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
        defaultArguments: {
          "--job-language": "python",
          "--extra-py-files": code.package,
          "--custom-logGroup-prefix": logGroup,
          "--conf": sparkConf(bindings.region),
        },
      },
      child(this, context, { dependsOn: [policy, ...groups] }),
    );
    this.name = resource.name;
    this.registerOutputs({ name: this.name });
  }
}

/** Several settings travel as one argument (Glue developer guide, job parameters, `--conf`). */
function sparkConf(region: string): string {
  return [
    // Without it S3A probes every folder above a target, which a role that ends at the target is denied (HADOOP-13278).
    "spark.hadoop.fs.s3a.performance.flags=create,mkdir",
    // Glue 5.1's S3A asks us-east-2 where no region is set.
    `spark.hadoop.fs.s3a.endpoint.region=${region}`,
    "spark.sql.session.timeZone=UTC",
  ].join(" --conf ");
}
