/**
 * What GitHub's jobs may do: preview reads, deploy changes one stack's things, by their names. Pure.
 *
 * Names hold the stack's (settings/names.ts): `<pipeline>-<stack>-…`, and `strata-<what>-<stack>-<account>` for buckets.
 */

import { allow, documentOf, type PolicyDocument, type Statement } from "../compiler/permissions/document.ts";
import { pack } from "../compiler/permissions/pack.ts";
import { bucketArn, dnsSuffix } from "../compiler/permissions/places.ts";
import { ADMINISTER_KEY, CHANGE, READ } from "./actions.ts";
import { KEY_PLACEHOLDER, OIDC_PLACEHOLDER } from "./placeholders.ts";

/** Where, and who deploys. */
export interface Account {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly rolePath: string;
  /** Empty for none. */
  readonly permissionsBoundary: string;
}

/** GitHub's token for exactly one subject of the repository (GitHub docs, "Security hardening with OpenID Connect"). */
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

/** Reads the stack's state and things; changes nothing, and reads no data. */
export function previewPolicies(account: Account, stack: string, backend: string): PolicyDocument[] {
  return packed([
    ...readBackend(account, stack, backend),
    ...readStack(account, stack),
    useStackKeys(account, stack, ["kms:Decrypt"]),
    // Validates a text; there is no resource yet (Service Authorization Reference, AWS Step Functions).
    allow("Validate", ["states:ValidateStateMachineDefinition"], ["*"]),
  ]);
}

/** Changes the stack's things, by name; its roles go to the services that they are for and to nobody else. */
export function deployPolicies(account: Account, stack: string, backend: string): PolicyDocument[] {
  const arns = resources(account, stack);
  const keys = `arn:${account.partition}:kms:${account.region}:${account.account}:key/*`;
  const boundary =
    account.permissionsBoundary === ""
      ? undefined
      : { StringEquals: { "iam:PermissionsBoundary": account.permissionsBoundary } };
  return packed([
    keepOthers(stack),
    ...readBackend(account, stack, backend),
    ...writeBackend(account, stack, backend),
    ...readStack(account, stack),
    allow("Validate", ["states:ValidateStateMachineDefinition"], ["*"]),
    ...Object.entries(CHANGE).map(([kind, actions]) =>
      allow(`Change${kind}`, actions, arns[kind as keyof typeof CHANGE]),
    ),
    // A role must be made within the boundary, where one is set; nothing may take it off.
    allow("MakeRoles", ["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"], arns.Roles, boundary),
    allow("PassRoles", ["iam:PassRole"], arns.Roles, {
      StringEquals: {
        "iam:PassedToService": ["glue", "states", "lambda"].map((service) => `${service}.amazonaws.com`),
      },
    }),
    // A key has no name before it is made: by the stack's tag, which the provider puts on everything.
    allow("MakeKeys", ["kms:CreateKey"], ["*"], tagged("aws:RequestTag", stack)),
    useStackKeys(account, stack, ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]),
    allow("TagKeys", ["kms:TagResource"], [keys], tagged("aws:RequestTag", stack)),
    allow("ChangeKeys", ADMINISTER_KEY, [keys], tagged("aws:ResourceTag", stack)),
    allow(
      "ChangeAliases",
      ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"],
      [`arn:${account.partition}:kms:${account.region}:${account.account}:alias/strata-${stack}-*`],
    ),
    // Cloud Control asks the services in turn, as this role (Service Authorization Reference, Cloud Control API).
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
    // A subscription is unsubscribed from by its own ARN, for which there is no resource type; a crawler is made without one.
    allow("ChangeUnnamed", ["sns:Unsubscribe", "glue:CreateCrawler"], ["*"]),
    // Security configurations have no resource types (Service Authorization Reference, AWS Glue).
    allow(
      "ChangeSecurityConfigurations",
      ["glue:CreateSecurityConfiguration", "glue:DeleteSecurityConfiguration"],
      ["*"],
    ),
  ]);
}

/**
 * Whatever a name looks like, what bears another stack's tag is not touched: a stage of prod may be called `dev`.
 * Services that know no tags of resources do not send the key, so for them the names decide.
 */
function keepOthers(stack: string): Statement {
  return {
    Sid: "KeepOthers",
    Effect: "Deny",
    Action: ["*"],
    Resource: ["*"],
    Condition: {
      StringNotEquals: { "aws:ResourceTag/strata:stack": stack },
      Null: { "aws:ResourceTag/strata:stack": "false" },
    },
  };
}

/** Objects and environments under the stack's keys, through the service that they are in. */
function useStackKeys(account: Account, stack: string, actions: readonly string[]): Statement {
  const services = ["s3", "lambda"].map((service) => `${service}.${account.region}.${dnsSuffix(account.partition)}`);
  return allow("UseStackKeys", actions, [`arn:${account.partition}:kms:${account.region}:${account.account}:key/*`], {
    StringEquals: { "aws:ResourceTag/strata:stack": stack, "kms:ViaService": services },
  });
}

function tagged(key: "aws:RequestTag" | "aws:ResourceTag", stack: string): NonNullable<Statement["Condition"]> {
  return { StringEquals: { [`${key}/strata:stack`]: stack } };
}

/** ARNs of a stack's things, as patterns where a part of the name is the pipeline's. */
function resources({ partition, region, account, rolePath }: Account, stack: string) {
  const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${account}:${resource}`;
  const iam = (resource: string) => `arn:${partition}:iam::${account}:${resource}`;
  const database = stack.toLowerCase().replace(/[^a-z0-9]+/g, "_");
  return {
    Roles: [iam(`role${rolePath}*-${stack}-*`)],
    Policies: [iam(`policy${rolePath}*-${stack}-*`)],
    Buckets: [`arn:${partition}:s3:::*-${stack}-${account}`],
    Objects: [`arn:${partition}:s3:::strata-code-${stack}-${account}/*`],
    Glue: [
      arn("glue", "catalog"),
      arn("glue", `database/*_${database}*`),
      arn("glue", `table/*_${database}*/*`),
      // Whoever deletes a database must be allowed to delete what is in it (Glue guide, "Identity-based policies").
      arn("glue", `userDefinedFunction/*_${database}*/*`),
      arn("glue", `job/*-${stack}-*`),
      arn("glue", `crawler/*-${stack}-*`),
      arn("glue", `connection/strata-${stack}`),
    ],
    StateMachines: [arn("states", `stateMachine:*-${stack}*`)],
    LogGroups: [
      arn("logs", `log-group:/aws-glue/*-${stack}-*`),
      arn("logs", `log-group:/aws/vendedlogs/states/*-${stack}*`),
      arn("logs", `log-group:/aws/lambda/*-${stack}-*`),
    ],
    Workgroups: [arn("athena", `workgroup/*-${stack}*`)],
    Topics: [arn("sns", `*-${stack}-failures*`)],
    Rules: [arn("events", `rule/*-${stack}-failures*`)],
    Functions: [arn("lambda", `function:*-${stack}-read-setup*`)],
  };
}

function readStack(account: Account, stack: string): Statement[] {
  const arns = resources(account, stack);
  const keys = `arn:${account.partition}:kms:${account.region}:${account.account}:key/*`;
  return [
    ...Object.entries(READ.byName).map(([kind, actions]) =>
      allow(`Read${kind}`, actions, arns[kind as keyof typeof READ.byName]),
    ),
    allow("ReadKeys", READ.keys, [keys], tagged("aws:ResourceTag", stack)),
    // Lists and descriptions without resource types, and Cloud Control's own, which asks the services in turn.
    allow("ReadLists", READ.everywhere, ["*"]),
  ];
}

/** Pulumi's state of the stack, and its key for the stack's secrets. A preview takes no lock. */
function readBackend(account: Account, stack: string, backend: string): Statement[] {
  const bucket = bucketArn(backend, account.partition);
  return [
    allow(
      "ReadState",
      ["s3:GetObject"],
      [`${bucket}/.pulumi/meta.yaml`, ...statePaths(stack).map((path) => `${bucket}/${path}`)],
    ),
    allow("ListState", ["s3:ListBucket"], [bucket], { StringLike: { "s3:prefix": [".pulumi/*"] } }),
    // A stack's file that is not there yet must be found missing; see compiler/permissions/places.ts.
    allow("FindMissing", ["s3:ListBucket"], [bucket], { Null: { "s3:prefix": "true" } }),
    allow("ReadByBackendKey", ["kms:Decrypt"], [KEY_PLACEHOLDER]),
  ];
}

function writeBackend(account: Account, stack: string, backend: string): Statement[] {
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

/** Where a DIY backend keeps what concerns one stack. */
function statePaths(stack: string): string[] {
  return [
    `.pulumi/stacks/strata/${stack}.json*`,
    `.pulumi/history/strata/${stack}/*`,
    `.pulumi/backups/strata/${stack}/*`,
    `.pulumi/locks/organization/strata/${stack}/*`,
  ];
}

/** Customer-managed policies only: roles of people are looked at by them. Throws where they do not fit, which a test holds. */
function packed(statements: readonly Statement[]): PolicyDocument[] {
  const result = pack(statements, 0);
  if (result === undefined) throw new Error("the policies of a bootstrap role are larger than IAM takes");
  return [...result.managed];
}

/** The backend's key: its account looks after it and uses it by policy, through S3 and, for Pulumi's secrets, straight. */
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
