/** What every component of a stack gets: its settings and the two providers. */

import * as aws from "@pulumi/aws";
import * as native from "@pulumi/aws-native";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/schema.ts";

export interface StackContext {
  readonly settings: Settings;
  readonly aws: aws.Provider;
  readonly native: native.Provider;
  /** Data may be deleted: the setting says so, and the stack is not prod. Two keys, so that one slip deletes nothing. */
  readonly mayDeleteData: boolean;
}

/** Makes the providers: region, allowed accounts and tags of everything. */
export function stackContext(settings: Settings): StackContext {
  const tags = Object.fromEntries([
    ["strata:stack", settings.stack],
    ...settings.tags.map(({ key, value }) => [key, value]),
  ]);
  const region = settings.region as aws.Region;
  return {
    settings,
    aws: new aws.Provider("aws", { region, allowedAccountIds: [...settings.allowedAccountIds], defaultTags: { tags } }),
    native: new native.Provider("aws-native", {
      region: settings.region as never,
      allowedAccountIds: [...settings.allowedAccountIds],
      defaultTags: tags,
    } as never),
    mayDeleteData: settings.deletableData && settings.stack !== "prod",
  };
}

/** Options of a child resource: its parent, the provider of the service, and what is particular to it. */
export function child(
  parent: pulumi.Resource,
  context: StackContext,
  more: pulumi.CustomResourceOptions = {},
): pulumi.CustomResourceOptions {
  return { parent, provider: context.aws, ...more };
}

/** Options of resources that hold data: protected and retained unless data may be deleted. */
export function dataChild(parent: pulumi.Resource, context: StackContext): pulumi.CustomResourceOptions {
  return child(parent, context, { protect: !context.mayDeleteData, retainOnDelete: !context.mayDeleteData });
}
