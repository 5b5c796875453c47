/** The whole stack: named accounts, tags, protection of prod's data. */

import type { PolicyResource } from "@pulumi/policy";
import { BUCKET, holdsData, partOf } from "../buckets.ts";
import { isProd, rules, type Stack } from "../rule.ts";
import { ifKnown } from "../unknowns.ts";
import { KEY } from "./keys.ts";

const PROVIDERS = ["pulumi:providers:aws", "pulumi:providers:aws-native"];

/** Providers receive arrays and objects as JSON text. */
function decoded(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

const DATABASE = "aws:glue/catalogDatabase:CatalogDatabase";

function isData(subject: PolicyResource, stack: Stack): boolean {
  if (subject.type === DATABASE) return true;
  if (subject.type === BUCKET) return holdsData(subject, stack);
  return stack
    .of(BUCKET)
    .filter((bucket) => holdsData(bucket, stack))
    .some((bucket) => encrypts(subject, partOf(bucket, "encryption", stack)));
}

/** Does the key encrypt what the configuration describes? */
function encrypts(key: PolicyResource, configuration: PolicyResource | undefined): boolean {
  if (configuration === undefined) return false;
  const named = ifKnown(() => configuration.props.rules?.[0]?.applyServerSideEncryptionByDefault?.kmsMasterKeyId);
  if (named !== undefined) return ["arn", "keyId", "id"].some((each) => ifKnown(() => key.props[each]) === named);
  return (configuration.propertyDependencies.rules ?? []).some(({ urn }) => urn === key.urn);
}

export const STACK_RULES = rules(PROVIDERS, [
  {
    name: "provider-names-its-accounts",
    says: "Every AWS provider, including the default one, is limited to named accounts",
    remedy: "set `allowedAccountIds`, and create every resource with a provider that has it",
    check: ({ props }, say) => {
      const accounts = decoded(props.allowedAccountIds);
      if (!Array.isArray(accounts) || accounts.length === 0) say("credentials of any account would be accepted");
    },
  },
  {
    name: "provider-tags-everything",
    says: "Every AWS provider, including the default one, tags its resources with the name of the stack, or of the part of Strata",
    remedy: "set `defaultTags` with `strata:stack`, and create every resource with a provider that has it",
    check: ({ props }, say) => {
      const given = decoded(props.defaultTags) as { tags?: unknown } | undefined;
      const tags = decoded(given?.tags) as Record<string, unknown> | undefined;
      // The bootstrap belongs to an account, not to a stack.
      const owner = tags?.["strata:stack"] ?? tags?.["strata:part"];
      if (typeof owner !== "string" || owner === "") say("resources have no tag that names their stack");
    },
  },
  {
    name: "prod-data-protected",
    says: "In prod buckets that hold data, the keys that encrypt them, and databases are protected",
    remedy: "set the option `protect: true`, and `retainOnDelete: true` with it",
    types: [BUCKET, KEY, DATABASE],
    checkInStack: (subject, stack) =>
      isProd(subject) && !subject.opts.protect && isData(subject, stack) && "it is not protected from being destroyed",
  },
]);
