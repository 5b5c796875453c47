/**
 * Permissions of GitHub's jobs: preview reads, deploy changes one stack's resources. Pure.
 *
 * A resource belongs to the stack by its name (bootstrap/stack-names.ts) and, if the service supports tag conditions, by the
 * tag that the providers set. S3 buckets, Glue databases and `iam:PassRole` do not support them (Service Authorization
 * Reference; IAM user guide, "Grant a user permissions to pass a role"): there only the name decides.
 */

import { allow, type PolicyDocument, type Statement } from "../compiler/emit/permissions/document.ts";
import { dnsSuffix } from "../compiler/emit/permissions/locations.ts";
import { pack } from "../compiler/emit/permissions/pack.ts";
import type { Account } from "./account.ts";
import { READ } from "./actions.ts";
import { arnsOf, keysOf } from "./arns.ts";
import { readBackend, writeBackend } from "./backend-policies.ts";
import { changeKeys, changeNamed, changeRoles, changeTagged, changeUnnamed } from "./changes.ts";
import { keepBootstrap, keepData, keepOthers } from "./denials.ts";
import { OIDC_PLACEHOLDER } from "./placeholders.ts";
import { type StackNames, widened } from "./stack-names.ts";

/**
 * GitHub's token for exactly one subject of the repository (GitHub docs, "OpenID Connect": `repo:owner/name:…`, or
 * `repo:owner@id/name@id:…` if the repository has immutable subject claims).
 */
export function githubTrust(account: Account, subject: string): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "GitHub",
        Effect: "Allow",
        Principal: { Federated: OIDC_PLACEHOLDER },
        Action: ["sts:AssumeRoleWithWebIdentity"],
        Condition: {
          StringEquals: {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": `repo:${account.repository}:${subject}`,
          },
        },
      },
    ],
  };
}

/** Reads the stack's state and the settings of its resources; changes nothing, reads no data, lists no bucket. */
export function previewPolicies(account: Account, names: StackNames, backend: string): PolicyDocument[] {
  return packed(names, (which) => [
    ...readBackend(account, which.stack, backend),
    ...readStack(account, which),
    useStackKeys(account, which.stack, ["kms:Decrypt"]),
    validate(),
  ]);
}

/** Changes the stack's resources; passes its roles only to the services that use them. */
export function deployPolicies(account: Account, names: StackNames, backend: string): PolicyDocument[] {
  return packed(names, (which) => [
    keepOthers(which.stack),
    keepData(account, which),
    ...keepBootstrap(account),
    ...readBackend(account, which.stack, backend),
    ...writeBackend(account, which.stack, backend),
    ...readStack(account, which),
    validate(),
    ...changeTagged(account, which),
    ...changeNamed(account, which),
    ...changeRoles(account, which),
    ...changeKeys(account, which),
    useStackKeys(account, which.stack, ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]),
    ...changeUnnamed(which.stack),
  ]);
}

/** Validates a definition; there is no resource yet (Service Authorization Reference, AWS Step Functions). */
function validate(): Statement {
  return allow("Validate", ["states:ValidateStateMachineDefinition"], ["*"]);
}

function readStack(account: Account, names: StackNames): Statement[] {
  const arns = arnsOf(account, names);
  return [
    ...Object.entries(READ.byName).map(([kind, actions]) =>
      allow(`Read${kind}`, actions, arns[kind as keyof typeof READ.byName]),
    ),
    allow("ReadKeys", READ.keys, [keysOf(account)], { StringEquals: { "aws:ResourceTag/strata:stack": names.stack } }),
    // Lists and descriptions without resource types, and Cloud Control's own, which calls the services.
    allow("ReadLists", READ.everywhere, ["*"]),
  ];
}

/** Objects and environments under the stack's keys, through the service that stores them. */
function useStackKeys(account: Account, stack: string, actions: readonly string[]): Statement {
  const services = ["s3", "lambda"].map((service) => `${service}.${account.region}.${dnsSuffix(account.partition)}`);
  return allow("UseStackKeys", actions, [keysOf(account)], {
    StringEquals: { "aws:ResourceTag/strata:stack": stack, "kms:ViaService": services },
  });
}

/** The role's permissions exceed IAM's limits. */
export class TooManyNames extends Error {}

/**
 * Customer-managed policies only, which reviewers can read. With patterns for any pipeline if exact names do not fit.
 */
function packed(names: StackNames, statements: (names: StackNames) => Statement[]): PolicyDocument[] {
  const result = pack(statements(names), 0) ?? pack(statements(widened(names)), 0);
  if (result === undefined)
    throw new TooManyNames(
      `stack \`${names.stack}\` has ${names.databases.length} pipelines and ${names.buckets.length} buckets, more than the policies of one role can name: move some of them to another stack`,
    );
  return [...result.managed];
}
