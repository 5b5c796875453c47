/** The state machine: exactly the emitted definition, its role, logs and traces. */

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Emission } from "../compiler/emit/asl/emit.ts";
import type { Identity } from "../compiler/emit/permissions/permissions.ts";
import type { StackBindings } from "../compiler/plan/bindings.ts";
import { nameFor } from "../settings/names.ts";
import { child, type StackContext } from "./context.ts";
import { createLogGroup } from "./log-group.ts";
import { createRole } from "./role.ts";

export interface StateMachineArgs {
  readonly context: StackContext;
  readonly bindings: StackBindings;
  readonly identity: Identity;
  readonly emission: Emission;
  /** Jobs, crawlers and objects that an execution needs. */
  readonly needs: readonly pulumi.Input<pulumi.Resource>[];
}

export class StateMachine extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: StateMachineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("strata:aws:StateMachine", name, {}, opts);
    const { context, bindings, emission } = args;
    const { role, policies } = createRole(name, { context, parent: this, identity: args.identity });
    // The prefix keeps the account's log resource policy from growing with each group (Step Functions, "Logging").
    const group = `/aws/vendedlogs/states/${nameFor("logSegment", bindings.stateMachine)}`;
    const logs = createLogGroup(name, group, { context, parent: this });
    const machine = new aws.sfn.StateMachine(
      name,
      {
        name: bindings.stateMachine,
        type: "STANDARD",
        roleArn: role.arn,
        definition: emission.text,
        // Inputs and outputs are not logged: they contain SQL and parameters.
        loggingConfiguration: {
          level: "ALL",
          includeExecutionData: false,
          logDestination: pulumi.interpolate`${logs.arn}:*`,
        },
        tracingConfiguration: { enabled: true },
      },
      child(this, context, { dependsOn: [...policies, ...args.needs] as pulumi.Input<pulumi.Resource>[] }),
    );
    this.arn = machine.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
