/** A log group, created in advance: one that a service creates keeps its logs forever, and unencrypted. */

import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { child, type StackContext } from "./context.ts";

/** Creates a group with the stack's retention and key. */
export function createLogGroup(
  name: string,
  physical: string,
  { context, parent }: { readonly context: StackContext; readonly parent: pulumi.Resource },
): aws.cloudwatch.LogGroup {
  const { operationsKey, settings } = context;
  return new aws.cloudwatch.LogGroup(
    name,
    {
      name: physical,
      retentionInDays: settings.logRetentionDays,
      ...(operationsKey !== undefined && { kmsKeyId: operationsKey }),
    },
    child(parent, context),
  );
}
