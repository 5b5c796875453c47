/** read-setup: the Lambda function of pipelines with `setup: runtime`. Others have none. */

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Identity } from "../compiler/emit/permissions/permissions.ts";
import type { Bindings, StackBindings } from "../compiler/plan/bindings.ts";
import { child, type StackContext } from "./context.ts";
import { createLogGroup } from "./log-group.ts";
import { createRole } from "./role.ts";

export interface ReadSetupArgs {
  readonly context: StackContext;
  readonly bindings: StackBindings;
  readonly identity: Identity;
  /** The bundle in the code bucket (lambdas/read-setup/bundle.ts). */
  readonly archive: aws.s3.BucketObjectv2;
}

export class ReadSetup extends pulumi.ComponentResource {
  readonly function: aws.lambda.Function;

  constructor(name: string, args: ReadSetupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("strata:aws:ReadSetup", name, {}, opts);
    const { context, bindings } = args;
    const functionName = bindings.readSetup ?? "";
    const { role, policies } = createRole(name, { context, parent: this, identity: args.identity });
    const logs = createLogGroup(name, `/aws/lambda/${functionName}`, { context, parent: this });
    this.function = new aws.lambda.Function(
      name,
      {
        name: functionName,
        role: role.arn,
        runtime: "nodejs22.x",
        handler: "index.handler",
        architectures: ["arm64"],
        // One whole vCPU comes with it (Lambda developer guide, "Configure Lambda function memory").
        memorySize: 1769,
        timeout: 300,
        s3Bucket: args.archive.bucket,
        s3Key: args.archive.key,
        environment: { variables: environment(bindings) },
        tracingConfig: { mode: "Active" },
        ...(context.operationsKey !== undefined && { kmsKeyArn: context.operationsKey }),
      },
      child(this, context, { dependsOn: [...policies, logs] }),
    );
    this.registerOutputs({});
  }
}

/** Settings of the function that are not in its input. No secrets. */
export function environment(bindings: Bindings): Record<string, string> {
  return {
    STRATA_CODE_BUCKET: bindings.codeBucket,
    STRATA_GROUP_PREFIX: bindings.groupPrefix,
    STRATA_BUCKETS: JSON.stringify(bindings.buckets.map(({ logical, physical }) => ({ logical, physical }))),
    STRATA_DATABASES: JSON.stringify(bindings.databases),
  };
}
