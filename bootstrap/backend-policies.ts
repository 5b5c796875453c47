/** Permissions on Pulumi's state and the key of its secrets. Pure. */

import { allow, documentOf, type PolicyDocument, type Statement } from "../compiler/emit/permissions/document.ts";
import { bucketArn } from "../compiler/emit/permissions/locations.ts";
import type { Account } from "./account.ts";
import { ADMINISTER_KEY } from "./actions.ts";
import { KEY_PLACEHOLDER } from "./placeholders.ts";

/** Pulumi's state of the stack, and its key for the stack's secrets. A preview takes no lock. */
export function readBackend(account: Account, stack: string, backend: string): Statement[] {
  const bucket = bucketArn(backend, account.partition);
  return [
    allow(
      "ReadState",
      ["s3:GetObject"],
      [`${bucket}/.pulumi/meta.yaml`, ...statePaths(stack).map((path) => `${bucket}/${path}`)],
    ),
    allow("ListState", ["s3:ListBucket"], [bucket], { StringLike: { "s3:prefix": [".pulumi/*"] } }),
    // A missing stack file must be reported as missing; see compiler/emit/permissions/locations.ts.
    allow("FindMissing", ["s3:ListBucket"], [bucket], { Null: { "s3:prefix": "true" } }),
    allow("ReadByBackendKey", ["kms:Decrypt"], [KEY_PLACEHOLDER]),
  ];
}

/** Writes the stack's state, encrypted by the backend's key. */
export function writeBackend(account: Account, stack: string, backend: string): Statement[] {
  const bucket = bucketArn(backend, account.partition);
  return [
    allow(
      "WriteState",
      ["s3:PutObject", "s3:DeleteObject"],
      [`${bucket}/.pulumi/meta.yaml`, ...statePaths(stack).map((path) => `${bucket}/${path}`)],
    ),
    allow("WriteByBackendKey", ["kms:Encrypt", "kms:GenerateDataKey"], [KEY_PLACEHOLDER]),
  ];
}

/** Locations of one stack's files in a DIY backend. */
function statePaths(stack: string): string[] {
  return [
    `.pulumi/stacks/strata/${stack}.json*`,
    `.pulumi/history/strata/${stack}/*`,
    `.pulumi/backups/strata/${stack}/*`,
    `.pulumi/locks/organization/strata/${stack}/*`,
  ];
}

/** The backend's key: its account administers it and uses it by policy, through S3 and, for Pulumi's secrets, directly. */
export function backendKeyPolicy(account: Account): PolicyDocument {
  const root = { AWS: `arn:${account.partition}:iam::${account.account}:root` };
  return documentOf([
    { Sid: "Administer", Effect: "Allow", Principal: root, Action: ADMINISTER_KEY, Resource: ["*"] },
    {
      Sid: "Use",
      Effect: "Allow",
      Principal: root,
      Action: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
      Resource: ["*"],
      Condition: { StringEquals: { "kms:CallerAccount": account.account } },
    },
  ]);
}
