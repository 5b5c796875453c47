/** Explicit denials of a deploy role, which override every other policy. Pure. */

import type { Statement } from "../compiler/emit/permissions/document.ts";
import { objectsArn } from "../compiler/emit/permissions/locations.ts";
import type { Account } from "./account.ts";
import { ADMINISTER_KEY } from "./actions.ts";
import { KEY_PLACEHOLDER } from "./placeholders.ts";
import type { StackNames } from "./stack-names.ts";

/** Path of the bootstrap's own roles and policies. */
export const BOOTSTRAP_PATH = "/strata-bootstrap/";

/**
 * Resources with another stack's tag are denied by tag, not by name: a stage of prod may be called `dev`.
 * A service without tag conditions does not send the key, so there the names decide.
 */
export function keepOthers(stack: string): Statement {
  return deny("KeepOthers", ["*"], ["*"], {
    StringNotEquals: { "aws:ResourceTag/strata:stack": stack },
    Null: { "aws:ResourceTag/strata:stack": "false" },
  });
}

/** A deploy role that could change its own policies, its trust or the key of all states would have no limit. */
export function keepBootstrap({ partition, account }: Account): Statement[] {
  const own = ["role", "policy"].map((type) => `arn:${partition}:iam::${account}:${type}${BOOTSTRAP_PATH}*`);
  return [
    deny("KeepBootstrap", ["iam:*"], [...own, `arn:${partition}:iam::${account}:oidc-provider/*`]),
    deny("KeepBackendKey", [...ADMINISTER_KEY, "kms:CreateGrant"], [KEY_PLACEHOLDER]),
  ];
}

/** The role writes bucket policies, and a bucket policy could grant it access. */
export function keepData({ partition }: Account, names: StackNames): Statement {
  const data = names.buckets.filter((bucket) => bucket !== names.codeBucket);
  return deny(
    "KeepData",
    ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
    data.map((bucket) => objectsArn({ bucket, prefix: "" }, partition)),
  );
}

function deny(sid: string, actions: string[], resources: string[], condition?: Statement["Condition"]): Statement {
  const statement = { Sid: sid, Effect: "Deny" as const, Action: actions, Resource: resources };
  return condition === undefined ? statement : { ...statement, Condition: condition };
}
