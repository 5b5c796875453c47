/** One stage: a Glue job, its role, its log groups. */

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Identity } from "../compiler/emit/permissions/permissions.ts";
import type { PhysicalPlan } from "../compiler/plan/bind.ts";
import type { StackBindings } from "../compiler/plan/bindings.ts";
import type { StagePlan } from "../compiler/plan/types.ts";
import { workersOf } from "../settings/bindings.ts";
import type { CodeStore } from "./code-store.ts";
import { child, type StackContext } from "./context.ts";
import { described } from "./description.ts";
import type { GlueSecurity } from "./glue-security.ts";
import { jobArguments } from "./job-arguments.ts";
import { createLogGroup } from "./log-group.ts";
import { createRole } from "./role.ts";

export interface StageJobArgs {
  readonly context: StackContext;
  readonly plan: PhysicalPlan;
  readonly stage: StagePlan;
  readonly bindings: StackBindings;
  /** Its role and permissions. */
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
    const workers = workersOf(plan, stage.name, context.settings);
    const { role, policies } = createRole(name, { context, parent: this, identity: args.identity });
    const groups = access.logGroups.map((group) =>
      createLogGroup(`${name}/${group.endsWith("/error") ? "error" : "output"}`, group, { context, parent: this }),
    );
    const resource = new aws.glue.Job(
      name,
      {
        name: job,
        description: described(`Strata: stage ${stage.name} of pipeline ${plan.pipeline}`, 2048),
        roleArn: role.arn,
        command: { name: "glueetl", pythonVersion: "3", scriptLocation: code.script },
        glueVersion: workers.glueVersion,
        workerType: workers.workerType,
        numberOfWorkers: workers.numberOfWorkers,
        timeout: workers.timeoutMinutes,
        // The state machine retries, and only errors that a retry can fix.
        maxRetries: 0,
        executionProperty: { maxConcurrentRuns: 1 },
        ...(security.configuration !== undefined && { securityConfiguration: security.configuration }),
        ...(security.connections.length > 0 && { connections: [...security.connections] }),
        defaultArguments: {
          ...jobArguments({ plan, stage, bindings, access, workers }),
          "--extra-py-files": code.package,
        },
      },
      child(this, context, { dependsOn: [...policies, ...groups] }),
    );
    this.name = resource.name;
    this.registerOutputs({ name: this.name });
  }
}
