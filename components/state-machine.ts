/** The state machine: exactly the emitted definition, its role, logs and traces. */

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Emission } from "../compiler/asl/emit.ts";
import type { Bindings } from "../compiler/bindings.ts";
import { stateMachinePolicy, trustPolicy } from "../compiler/permissions.ts";
import type { Plan } from "../compiler/plan.ts";
import { nameFor } from "../settings/names.ts";
import { child, type StackContext } from "./context.ts";
import { createRole } from "./role.ts";

export interface StateMachineArgs {
  readonly context: StackContext;
  readonly plan: Plan;
  readonly bindings: Bindings;
  readonly emission: Emission;
  /** Jobs, crawlers and objects that an execution needs. */
  readonly needs: readonly pulumi.Input<pulumi.Resource>[];
}

export class StateMachine extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: StateMachineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("strata:aws:StateMachine", name, {}, opts);
    const { context, plan, bindings, emission } = args;
    const arn = `arn:${bindings.partition}:states:${bindings.region}:${bindings.account}:stateMachine:${bindings.stateMachine}`;
    const { role, policy } = createRole(name, {
      context,
      parent: this,
      role: nameFor("role", plan.pipeline, bindings.stack, "states"),
      trust: trustPolicy("states.amazonaws.com", bindings, arn),
      policy: stateMachinePolicy(plan, bindings),
    });
    // The prefix keeps the account's log resource policy from growing with each group (Step Functions, "Logging").
    const logs = new aws.cloudwatch.LogGroup(
      name,
      {
        name: `/aws/vendedlogs/states/${nameFor("logSegment", bindings.stateMachine)}`,
        retentionInDays: context.settings.logRetentionDays,
      },
      child(this, context),
    );
    const machine = new aws.sfn.StateMachine(
      name,
      {
        name: bindings.stateMachine,
        type: "STANDARD",
        roleArn: role.arn,
        definition: emission.text,
        // Inputs and outputs stay out of the logs: they hold SQL and parameters.
        loggingConfiguration: {
          level: "ALL",
          includeExecutionData: false,
          logDestination: pulumi.interpolate`${logs.arn}:*`,
        },
        tracingConfiguration: { enabled: true },
      },
      child(this, context, { dependsOn: [policy, ...args.needs] as pulumi.Input<pulumi.Resource>[] }),
    );
    this.arn = machine.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
