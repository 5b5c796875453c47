/** What a deploy role may create and change. Pure. */

import { allow, type Conditions, type Statement } from "../compiler/emit/permissions/document.ts";
import { bucketArn } from "../compiler/emit/permissions/locations.ts";
import type { Account } from "./account.ts";
import { ADMINISTER_KEY, CHANGE, CHANGE_NAMED, CHANGE_ROLES, MAKE } from "./actions.ts";
import { arnsOf, keysOf } from "./arns.ts";
import type { StackNames } from "./stack-names.ts";

/** Resources of services with tag conditions: created with the stack's tag, changed only under it. */
export function changeTagged(account: Account, names: StackNames): Statement[] {
  const arns = arnsOf(account, names);
  const kinds = Object.keys(MAKE) as (keyof typeof MAKE)[];
  return kinds.flatMap((kind) => [
    allow(`Make${kind}`, MAKE[kind], arns[kind], tagged("Request", names.stack)),
    allow(`Change${kind}`, CHANGE[kind], arns[kind], tagged("Resource", names.stack)),
  ]);
}

/** Resources of services without tag conditions: by their exact names. */
export function changeNamed(account: Account, names: StackNames): Statement[] {
  const arns = arnsOf(account, names);
  return [
    allow("ChangeBuckets", CHANGE_NAMED.Buckets, arns.Buckets),
    allow("ChangeCode", CHANGE_NAMED.Objects, arns.Objects),
    // The provider deletes an object of a versioned bucket version by version.
    allow("ListCodeVersions", ["s3:ListBucketVersions"], [bucketArn(names.codeBucket, account.partition)]),
    allow("ChangeDatabases", CHANGE_NAMED.Databases, arns.Databases),
    allow("ChangeConnections", CHANGE_NAMED.Connections, arns.Connections),
  ];
}

/** The stack's roles: created with its tag and, if set, the boundary, which cannot be removed. */
export function changeRoles(account: Account, names: StackNames): Statement[] {
  const { Roles, Policies } = arnsOf(account, names);
  const { permissionsBoundary: boundary, stack } = names;
  const bounded = boundary === "" ? {} : { "iam:PermissionsBoundary": boundary };
  const own = tagged("Resource", stack, bounded);
  return [
    allow("MakeRoles", ["iam:CreateRole"], Roles, tagged("Request", stack, bounded)),
    allow("TagNewRoles", ["iam:TagRole"], Roles, tagged("Request", stack)),
    allow("ChangeRoles", CHANGE_ROLES, Roles, tagged("Resource", stack)),
    allow("GrantInline", ["iam:PutRolePolicy"], Roles, own),
    allow("GrantOwnPolicies", ["iam:AttachRolePolicy"], Roles, { ...own, ArnLike: { "iam:PolicyARN": Policies } }),
    // A stack that gets a boundary later attaches it to its existing roles.
    allow("BoundRoles", ["iam:PutRolePermissionsBoundary"], boundary === "" ? [] : Roles, own),
    allow("PassRoles", ["iam:PassRole"], Roles, {
      StringEquals: {
        "iam:PassedToService": ["glue", "states", "lambda"].map((service) => `${service}.amazonaws.com`),
      },
    }),
  ];
}

/**
 * A key has no name: its tag makes it the stack's. Creating a key requires the permission to tag all keys (KMS guide,
 * "Controlling access to tags"), so existing keys are excluded by what a new one lacks: an alias, and a stack's tag. A key
 * without either remains, as docs/security.md documents.
 */
export function changeKeys(account: Account, names: StackNames): Statement[] {
  const { stack } = names;
  const keys = [keysOf(account)];
  return [
    allow("MakeKeys", ["kms:CreateKey"], ["*"], tagged("Request", stack)),
    allow("TagNewKeys", ["kms:TagResource"], keys, {
      ...tagged("Request", stack),
      Null: { "kms:ResourceAliases": "true", "aws:ResourceTag/strata:stack": "true" },
    }),
    allow("ChangeKeys", ADMINISTER_KEY, keys, tagged("Resource", stack)),
    // Services create grants on their caller's behalf; any other grant would give the key away.
    allow("GrantServices", ["kms:CreateGrant"], keys, {
      ...tagged("Resource", stack),
      Bool: { "kms:GrantIsForAWSResource": "true" },
    }),
    allow(
      "ChangeAliases",
      ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"],
      arnsOf(account, names).KeyAliases,
    ),
  ];
}

/** Actions without resource types (Service Authorization Reference). */
export function changeUnnamed(stack: string): Statement[] {
  return [
    allow("MakeCrawlers", ["glue:CreateCrawler"], ["*"], tagged("Request", stack)),
    // Unsubscribing uses the subscription's ARN, which has no resource type.
    allow("Unsubscribe", ["sns:Unsubscribe"], ["*"]),
    allow(
      "ChangeSecurityConfigurations",
      ["glue:CreateSecurityConfiguration", "glue:DeleteSecurityConfiguration"],
      ["*"],
    ),
    // Cloud Control calls the services as this role (Service Authorization Reference, Cloud Control API).
    allow(
      "ChangeByCloudControl",
      [
        "cloudformation:CreateResource",
        "cloudformation:DeleteResource",
        "cloudformation:GetResourceRequestStatus",
        "cloudformation:UpdateResource",
      ],
      ["*"],
    ),
  ];
}

function tagged(whose: "Request" | "Resource", stack: string, more: Readonly<Record<string, string>> = {}): Conditions {
  return { StringEquals: { [`aws:${whose}Tag/strata:stack`]: stack, ...more } };
}
