/** Permissions of roles: no AWS-managed policy, no wildcard, no privilege escalation. */

import {
  asksForSource,
  asksForTag,
  documentProblem,
  identityDocuments,
  type Statement,
  statementsOf,
} from "../documents.ts";
import { rules, type Say, type Subject } from "../rule.ts";
import { isWide, mayBeWide } from "../wide-actions.ts";

const ROLE = "aws:iam/role:Role";
/** Types whose documents grant permissions to an identity. */
const IDENTITY_POLICIES = [
  ROLE,
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/policy:Policy",
  "aws:iam/userPolicy:UserPolicy",
  "aws:iam/groupPolicy:GroupPolicy",
];

const ATTACHMENTS = [
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:iam/userPolicyAttachment:UserPolicyAttachment",
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
  "aws:iam/policyAttachment:PolicyAttachment",
];

/** Path of the roles that GitHub's workflows assume (bootstrap/denials.ts; a test compares both). */
const BOOTSTRAP_PATH = "/strata-bootstrap/";

/** Statements of identity policies that allow something. */
function grants(subject: Subject): Statement[] {
  return identityDocuments(subject)
    .flatMap(statementsOf)
    .filter(({ allows }) => allows);
}

const isOfAws = (arn: unknown) => /^arn:[^:]+:iam::aws:policy\//.test(String(arn));

/** Actions that escalate privileges (checkov, which takes them from cloudsplaining). */
const POWER = [
  /^iam:(?!Get|List|PassRole$|Simulate)/i,
  /^sts:AssumeRole/i,
  /^kms:(?:CreateGrant|PutKeyPolicy)$/i,
  /^s3:(?:Put|Delete)(?:BucketPolicy|BucketAcl|ObjectAcl|BucketPublicAccessBlock|AccountPublicAccessBlock)$/i,
  /^sns:(?:AddPermission|SetTopicAttributes)$/i,
  /^sqs:(?:AddPermission|SetQueueAttributes)$/i,
  /^lambda:(?:AddPermission|AddLayerVersionPermission|UpdateFunctionCode|UpdateFunctionConfiguration|CreateFunction|CreateFunctionUrlConfig)$/i,
  /^glue:(?:CreateJob|UpdateJob|CreateDevEndpoint|UpdateDevEndpoint|PutResourcePolicy)$/i,
  /^states:(?:CreateStateMachine|UpdateStateMachine)$/i,
  /^lakeformation:(?:GrantPermissions|BatchGrantPermissions|PutDataLakeSettings)$/i,
  /^cloudformation:(?:CreateStack|UpdateStack|SetStackPolicy)$/i,
  /^events:(?:PutTargets|PutPermission)$/i,
  /^organizations:/i,
];

/** Actions that return credentials (checkov, which takes them from cloudsplaining). */
const CREDENTIALS = [
  /^iam:(?:CreateAccessKey|CreateLoginProfile|UpdateLoginProfile|CreateServiceSpecificCredential|ResetServiceSpecificCredential|UpdateAccessKey)$/i,
  /^sts:(?:AssumeRole|GetFederationToken|GetSessionToken)/i,
  /^ecr:GetAuthorizationToken$/i,
  /^redshift:GetClusterCredentials/i,
  /^rds-db:connect$/i,
  /^lightsail:(?:GetInstanceAccessDetails|DownloadDefaultKeyPair)$/i,
  /^chime:CreateApiKey$/i,
  /^cognito-identity:GetOpenIdToken/i,
];

/** A whole account: its number or its root. */
const isAccount = (who: string) => /^\d{12}$|^arn:[^:]+:iam::\d{12}:root$/.test(who);

function sayOfCallers({ label, principals, negations }: Statement, say: Say): void {
  if (negations.includes("NotPrincipal")) say(`${label} allows everyone except some principals to assume the role`);
  for (const { kind, who } of principals) {
    if (/[*?]/.test(who)) say(`${label} allows ${kind} \`${who}\` to assume the role`);
    else if (kind === "AWS" && isAccount(who)) say(`${label} allows all of account \`${who}\` to assume the role`);
  }
}

function sayOfSource(statement: Statement, say: Say): void {
  const { label, principals, conditions } = statement;
  if (principals.some(({ kind }) => kind === "Service") && !asksForSource(statement))
    say(`${label} does not limit on whose behalf the service calls`);
  if (!principals.some(({ kind }) => kind === "Federated")) return;
  for (const claim of [":aud", ":sub"])
    if (!conditions.some(({ operator, key }) => /^String(?:Equals|Like)$/i.test(operator) && key.endsWith(claim)))
      say(`${label} does not check the token's \`${claim}\``);
}

function trustStatements(text: unknown, say: Say, check: (statement: Statement, say: Say) => void): void {
  for (const statement of statementsOf(text)) if (statement.allows) check(statement, say);
}

export const IDENTITY_RULES = rules(IDENTITY_POLICIES, [
  {
    name: "role-without-aws-managed-policy",
    says: "No AWS-managed policy is attached to a role, user or group",
    covers: ["AwsSolutions-IAM4", "CKV_AWS_274", "CKV2_AWS_56"],
    remedy: "attach a policy that allows only the actions in use",
    types: [ROLE, ...ATTACHMENTS],
    check: ({ type, props }, say) => {
      const arns = (type === ROLE ? (props.managedPolicyArns ?? []) : [props.policyArn]) as unknown[];
      for (const arn of arns) if (isOfAws(arn)) say(`the AWS-managed policy \`${arn}\` is attached`);
    },
  },
  {
    name: "role-policy-readable",
    says: "Policies of identities and trust policies are JSON documents with statements",
    remedy: "build the document as an object and write it with `JSON.stringify`",
    check: (subject, say) => {
      const { type, props } = subject;
      for (const text of [...identityDocuments(subject), ...(type === ROLE ? [props.assumeRolePolicy] : [])]) {
        const problem = documentProblem(text);
        if (problem !== undefined) say(`the policy ${problem}`);
      }
    },
  },
  {
    name: "role-actions-named",
    says: "Policies of identities allow actions by their full names: no `*`, no `NotAction`",
    covers: ["AwsSolutions-IAM5", "CKV_AWS_62", "CKV_AWS_63", "CKV2_AWS_40"],
    remedy: "name each action",
    check: (subject, say) => {
      for (const { label, actions, negations } of grants(subject)) {
        for (const action of actions) if (/[*?]/.test(action)) say(`${label} allows \`${action}\``);
        if (negations.includes("NotAction")) say(`${label} allows every action except some`);
      }
    },
  },
  {
    name: "role-resources-named",
    says: "Policies of identities name their resources, by name or by tag; `*` alone is used only for actions that IAM cannot limit",
    covers: ["AwsSolutions-IAM5", "CKV_AWS_288", "CKV_AWS_290", "CKV_AWS_355"],
    remedy:
      "name the resources, or limit them by `aws:ResourceTag`; add an action without resource types to policy/wide-actions.ts with the reason",
    check: (subject, say) => {
      for (const statement of grants(subject)) {
        const { label, actions, resources, negations } = statement;
        if (negations.includes("NotResource")) say(`${label} allows every resource except some`);
        if (asksForTag(statement)) continue;
        for (const resource of resources.filter(isWide))
          for (const action of actions)
            if (!mayBeWide(action, resource)) say(`${label} allows \`${action}\` on \`${resource}\``);
      }
    },
  },
  {
    name: "role-without-power",
    says: "Only the bootstrap's roles can change permissions or code; no role can be passed to any service",
    covers: ["CKV_AWS_286", "CKV_AWS_289"],
    remedy:
      "leave such changes to the deploy role, which the bootstrap creates; `iam:PassRole` needs the condition `iam:PassedToService`",
    check: (subject, say) => {
      for (const { label, actions, conditions } of grants(subject)) {
        // No stack's deploy role can create a role or a policy at this path (bootstrap/denials.ts).
        const mayChange = subject.props.path === BOOTSTRAP_PATH;
        for (const action of mayChange ? [] : actions)
          if (POWER.some((each) => each.test(action))) say(`${label} allows \`${action}\``);
        const isBound = conditions.some(({ key }) => key.toLowerCase() === "iam:passedtoservice");
        if (actions.some((action) => /^iam:PassRole$/i.test(action)) && !isBound)
          say(`${label} passes roles to any service`);
      }
    },
  },
  {
    name: "role-without-credentials",
    says: "No role of a pipeline can get credentials of another identity",
    covers: ["CKV_AWS_287"],
    remedy: "remove the action; services assume a pipeline's roles and fetch their credentials themselves",
    check: (subject, say) => {
      for (const { label, actions } of grants(subject))
        for (const action of actions)
          if (CREDENTIALS.some((each) => each.test(action))) say(`${label} allows \`${action}\``);
    },
  },
  {
    name: "trust-names-its-callers",
    says: "Trust policies name who may assume the role: no `*`, no whole account",
    covers: ["CKV_AWS_60", "CKV_AWS_61"],
    remedy: "name the service, or the ARN of the one role that assumes this role",
    types: [ROLE],
    check: ({ props }, say) => trustStatements(props.assumeRolePolicy, say, sayOfCallers),
  },
  {
    name: "trust-asks-for-source",
    says: "Services assume a role only on behalf of this account, and federated identities only with audience and subject",
    remedy: "add the condition `StringEquals` on `aws:SourceAccount` (for OIDC: on the provider's `:aud` and `:sub`)",
    types: [ROLE],
    check: ({ props }, say) => trustStatements(props.assumeRolePolicy, say, sayOfSource),
  },
]);
