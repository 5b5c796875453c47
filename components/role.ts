/** A role with one inline policy; documents come from the compiler. */

import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { PolicyDocument } from "../compiler/permissions.ts";
import { child, type StackContext } from "./context.ts";

export interface RoleArgs {
  readonly context: StackContext;
  readonly parent: pulumi.Resource;
  /** Physical name. */
  readonly role: string;
  readonly trust: PolicyDocument;
  readonly policy: PolicyDocument;
}

/** Answers the role, and the policy that whoever uses the role must wait for. */
export function createRole(
  name: string,
  args: RoleArgs,
): { readonly role: aws.iam.Role; readonly policy: aws.iam.RolePolicy } {
  const role = new aws.iam.Role(
    name,
    { name: args.role, assumeRolePolicy: JSON.stringify(args.trust) },
    child(args.parent, args.context),
  );
  const policy = new aws.iam.RolePolicy(
    name,
    { role: role.name, policy: JSON.stringify(args.policy) },
    child(args.parent, args.context),
  );
  return { role, policy };
}
