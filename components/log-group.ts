/** A log group made beforehand: one that a service makes itself keeps its logs for ever, and unencrypted. */

import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { child, type StackContext } from "./context.ts";

/** Makes a group with the stack's retention and key. */
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
