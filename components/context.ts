/** The context of every component of a stack: its settings, the two providers, its keys. */

import * as aws from "@pulumi/aws";
import * as native from "@pulumi/aws-native";
import * as pulumi from "@pulumi/pulumi";
import { type PolicyDocument, textOf } from "../compiler/emit/permissions/document.ts";
import type { Home } from "../compiler/emit/permissions/resource-policies.ts";
import { accountOf } from "../settings/bindings.ts";
import { withKeys } from "../settings/keys.ts";
import type { Settings } from "../settings/schema.ts";

/** Settings and providers: the context of the keys themselves. */
export interface ProviderContext {
  readonly settings: Settings;
  readonly home: Home;
  readonly aws: aws.Provider;
  readonly native: native.Provider;
  /** Data may be deleted: the setting allows it, and the stack is not prod. Two conditions, so that one mistake deletes nothing. */
  readonly mayDeleteData: boolean;
}

/** ARNs of the stack's keys. */
export interface KeyArns {
  /** Undefined with `strata:encryption: s3`. */
  readonly data: pulumi.Output<string> | undefined;
  readonly operations: pulumi.Output<string>;
}

export interface StackContext extends ProviderContext {
  readonly keys: KeyArns;
  /** The operations key, for what only a stack with KMS encrypts with it: code and logs. */
  readonly operationsKey: pulumi.Output<string> | undefined;
  /** Name of the bucket of access logs. */
  readonly accessLogs: pulumi.Output<string>;
}

/** Creates the providers: region, allowed accounts and tags of all resources. */
export function providerContext(settings: Settings): ProviderContext {
  const tags = Object.fromEntries([
    ["strata:stack", settings.stack],
    ...settings.tags.map(({ key, value }) => [key, value]),
  ]);
  const region = settings.region as aws.Region;
  return {
    settings,
    home: { partition: settings.partition, region: settings.region, account: accountOf(settings) },
    aws: new aws.Provider("aws", { region, allowedAccountIds: [...settings.allowedAccountIds], defaultTags: { tags } }),
    native: new native.Provider("aws-native", {
      region,
      allowedAccountIds: [...settings.allowedAccountIds],
      defaultTags: { tags },
    }),
    mayDeleteData: settings.deletableData && settings.stack !== "prod",
  };
}

/** A policy's text with the ARNs of the stack's keys; known immediately if it names no key. */
export function policyText(document: PolicyDocument, keys: KeyArns): pulumi.Input<string> {
  const text = textOf(document);
  if (withKeys(text, { data: "", operations: "" }) === text) return text;
  return pulumi
    .all([keys.data ?? "", keys.operations])
    .apply(([data, operations]) => withKeys(text, { data, operations }));
}

/** Options of a child resource: its parent, the provider of the service, and its own options. */
export function child(
  parent: pulumi.Resource,
  context: Pick<ProviderContext, "aws">,
  more: pulumi.CustomResourceOptions = {},
): pulumi.CustomResourceOptions {
  return { parent, provider: context.aws, ...more };
}

/** Options of resources that hold data: protected and retained unless data may be deleted. */
export function dataChild(
  parent: pulumi.Resource,
  context: Pick<ProviderContext, "aws" | "mayDeleteData">,
): pulumi.CustomResourceOptions {
  return child(parent, context, { protect: !context.mayDeleteData, retainOnDelete: !context.mayDeleteData });
}
