/** Which changes of inputs make another resource, as the real provider would say. */

import type { Difference, Properties } from "./values.ts";

/** Of every type: what a resource is called, and where it is. */
const NAME_LIKE = new Set(["name", "namePrefix", "bucket", "bucketPrefix", "key", "region"]);

/** Of single types; `*` for those that cannot be changed at all. */
const OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  "aws:iam/rolePolicy:RolePolicy": ["role"],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ["*"],
  "aws:sfn/stateMachine:StateMachine": ["type"],
  "aws:athena/namedQuery:NamedQuery": ["*"],
  "aws:cloudwatch/eventTarget:EventTarget": ["rule", "targetId"],
  "aws:sns/topicPolicy:TopicPolicy": ["arn"],
  "aws:sns/topicSubscription:TopicSubscription": ["topic", "protocol", "endpoint"],
  "aws:glue/securityConfiguration:SecurityConfiguration": ["*"],
};

/** True if this difference cannot be made in place. */
export function replaces(type: string, { path }: Difference): boolean {
  const property = /^\w+/.exec(path)?.[0] ?? path;
  const own = OF_TYPE[type] ?? [];
  return NAME_LIKE.has(property) || own.includes("*") || own.includes(property);
}

/** Two resources with the same name cannot exist at once, so the old one goes first where the name stays. */
export function mustDeleteFirst(old: Properties, now: Properties): boolean {
  const names = ["name", "bucket"].filter((key) => old[key] !== undefined);
  return names.length > 0 && names.every((key) => JSON.stringify(old[key]) === JSON.stringify(now[key]));
}
