/** A role with its policies; documents come from the compiler. */

import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { type PolicyDocument, textOf } from "../compiler/emit/permissions/document.ts";
import type { Identity } from "../compiler/emit/permissions/permissions.ts";
import { child, policyText, type StackContext } from "./context.ts";

export interface RoleArgs {
  readonly context: StackContext;
  readonly parent: pulumi.Resource;
  readonly identity: Identity;
}

/** Returns the role, and the policies on which the users of the role must depend. */
export function createRole(
  name: string,
  { context, parent, identity }: RoleArgs,
): { readonly role: aws.iam.Role; readonly policies: readonly pulumi.Resource[] } {
  const { settings, keys } = context;
  const role = new aws.iam.Role(
    name,
    {
      name: identity.name,
      path: settings.rolePath,
      assumeRolePolicy: identity.trust && textOf(identity.trust),
      ...(settings.permissionsBoundary !== "" && { permissionsBoundary: settings.permissionsBoundary }),
    } as aws.iam.RoleArgs,
    child(parent, context),
  );
  const { inline, managed } = identity.policies;
  const policies: pulumi.Resource[] = [];
  if (inline !== undefined)
    policies.push(
      // Named explicitly: Pulumi's default name has a `/`, which IAM rejects.
      new aws.iam.RolePolicy(
        name,
        { name: identity.name, role: role.name, policy: policyText(inline, keys) },
        child(parent, context),
      ),
    );
  // Only roles of large stages have these: one inline policy suffices for a usual stage.
  managed.forEach((document, index) => {
    const part = `${name}/${index + 1}`;
    const policy = createPolicy(part, `${identity.name}-${index + 1}`, document, { context, parent });
    policies.push(
      new aws.iam.RolePolicyAttachment(part, { role: role.name, policyArn: policy.arn }, child(parent, context)),
    );
  });
  return { role, policies };
}

/** A customer-managed policy. */
export function createPolicy(
  name: string,
  physical: string,
  document: PolicyDocument,
  { context, parent }: { readonly context: StackContext; readonly parent: pulumi.Resource },
): aws.iam.Policy {
  return new aws.iam.Policy(
    name,
    { name: physical, path: context.settings.rolePath, policy: policyText(document, context.keys) },
    child(parent, context),
  );
}
