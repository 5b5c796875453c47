/** ARNs of a stack's resources, by kind. Pure. */

import { bucketArn, objectsArn } from "../compiler/emit/permissions/locations.ts";
import type { Account } from "./account.ts";
import type { StackNames } from "./stack-names.ts";

/** Kind of resource → ARNs; patterns if the names are patterns. */
export function arnsOf({ partition, region, account }: Account, names: StackNames) {
  const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${account}:${resource}`;
  const arns = (service: string, type: string, list: readonly string[]) =>
    list.map((name) => arn(service, type + name));
  const iam = (type: string, list: readonly string[]) =>
    list.map((name) => `arn:${partition}:iam::${account}:${type}${names.rolePath}${name}`);
  const catalog = arn("glue", "catalog");
  return {
    Roles: iam("role", names.roles),
    Policies: iam("policy", names.policies),
    Buckets: names.buckets.map((bucket) => bucketArn(bucket, partition)),
    Objects: [objectsArn({ bucket: names.codeBucket, prefix: "" }, partition)],
    Databases: [
      catalog,
      ...arns("glue", "database/", names.databases),
      ...names.databases.map((name) => arn("glue", `table/${name}/*`)),
      // Deleting a database requires the permission to delete its content (Glue guide, "Identity-based policies").
      ...names.databases.map((name) => arn("glue", `userDefinedFunction/${name}/*`)),
    ],
    Jobs: [...arns("glue", "job/", names.jobs), ...arns("glue", "crawler/", names.crawlers)],
    Connections: [catalog, arn("glue", `connection/${names.connection}`)],
    StateMachines: arns("states", "stateMachine:", names.stateMachines),
    LogGroups: names.logGroups.flatMap((name) => [
      arn("logs", `log-group:${name}`),
      arn("logs", `log-group:${name}:*`),
    ]),
    Workgroups: arns("athena", "workgroup/", names.workgroups),
    Topics: arns("sns", "", names.topics),
    Rules: arns("events", "rule/", names.rules),
    Functions: names.functions.flatMap((name) => [
      arn("lambda", `function:${name}`),
      arn("lambda", `function:${name}:*`),
    ]),
    KeyAliases: names.keyAliases.map((name) => arn("kms", name)),
  };
}

/** Every key of the account and region: a key has no name, so its tag decides. */
export function keysOf({ partition, region, account }: Account): string {
  return `arn:${partition}:kms:${region}:${account}:key/*`;
}
