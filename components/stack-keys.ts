/** The stack's KMS keys: one for data, which is retained with the data, one for code, logs and alerts. */

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type PolicyDocument, textOf } from "../compiler/emit/permissions/document.ts";
import { dataKeyPolicy, operationsKeyPolicy } from "../compiler/emit/permissions/resource-policies.ts";
import { nameFor } from "../settings/names.ts";
import { child, dataChild, type KeyArns, type ProviderContext } from "./context.ts";

export interface StackKeysArgs {
  readonly context: ProviderContext;
}

/** Prefix of the stack's log groups. */
const LOG_GROUPS = ["/aws-glue/*", "/aws/vendedlogs/states/*", "/aws/lambda/*"];

export class StackKeys extends pulumi.ComponentResource {
  readonly arns: KeyArns;

  constructor(name: string, args: StackKeysArgs, opts?: pulumi.ComponentResourceOptions) {
    super("strata:aws:StackKeys", name, {}, opts);
    const { context } = args;
    const { home, settings } = context;
    const key = (what: string, policy: PolicyDocument, options: pulumi.CustomResourceOptions) => {
      const resource = new aws.kms.Key(
        `${name}/${what}`,
        {
          description: `Strata, stack ${settings.stack}: ${what}`,
          enableKeyRotation: true,
          deletionWindowInDays: 30,
          policy: textOf(policy),
        },
        options,
      );
      const alias = `alias/${nameFor("keyAlias", "strata", settings.stack, what)}`;
      new aws.kms.Alias(`${name}/${what}`, { name: alias, targetKeyId: resource.keyId }, child(this, context));
      return resource.arn;
    };
    this.arns = {
      data: settings.encryption === "kms" ? key("data", dataKeyPolicy(home), dataChild(this, context)) : undefined,
      // Also needed with S3's own keys: EventBridge cannot publish to a topic under AWS's own key of SNS.
      operations: key("operations", operationsKeyPolicy(home, LOG_GROUPS), child(this, context)),
    };
    this.registerOutputs(this.arns);
  }
}
