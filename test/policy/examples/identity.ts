/** Examples of the rules in policy/rules/identity.ts. */

import { ACCOUNT, document, type Examples, one } from "./example.ts";

const ROLE = "aws:iam/role:Role";
const POLICY = "aws:iam/rolePolicy:RolePolicy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

const policy = (statement: object) => one(POLICY, { policy: document({ Effect: "Allow", ...statement }) });
const grant = (Action: string | string[], Resource: string | string[], more: object = {}) =>
  policy({ Action, Resource, ...more });
const trust = (statement: object) =>
  one(ROLE, { assumeRolePolicy: document({ Effect: "Allow", Action: "sts:AssumeRole", ...statement }) });
const byAccount = { Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } };
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;

export const IDENTITY: Record<string, Examples> = {
  "role-without-aws-managed-policy": {
    keeps: [
      one(ATTACHMENT, { policyArn: `arn:aws:iam::${ACCOUNT}:policy/strata-part-1` }),
      one(ROLE, { managedPolicyArns: [`arn:aws:iam::${ACCOUNT}:policy/own`] }),
    ],
    breaks: [
      one(ATTACHMENT, { policyArn: "arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole" }),
      one(ATTACHMENT, { policyArn: "arn:aws-cn:iam::aws:policy/AdministratorAccess" }),
      one(ROLE, { managedPolicyArns: ["arn:aws:iam::aws:policy/AmazonS3FullAccess"] }),
    ],
  },
  "role-policy-readable": {
    keeps: [grant("s3:GetObject", "arn:aws:s3:::lake/a/*"), one(ROLE, { assumeRolePolicy: document() })],
    breaks: [one(POLICY, { policy: "{" }), one(ROLE, { assumeRolePolicy: '{"Version":"2012-10-17"}' })],
  },
  "role-actions-named": {
    keeps: [
      grant(["s3:GetObject"], "arn:aws:s3:::lake/a/*"),
      policy({ Effect: "Deny", Action: "s3:*", Resource: "arn:aws:s3:::lake/*" }),
      one(POLICY, {
        policy: { Statement: { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::a/b/*" } },
      }),
    ],
    breaks: [
      grant("*", "arn:aws:s3:::lake/a/*"),
      grant(["s3:Get*"], "arn:aws:s3:::lake/a/*"),
      policy({ NotAction: "iam:*", Resource: "arn:aws:s3:::lake/a/*" }),
      one(ROLE, {
        inlinePolicies: [{ policy: document({ Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::a/b" }) }],
      }),
    ],
  },
  "role-resources-named": {
    keeps: [
      grant("glue:GetTable", `arn:aws:glue:eu-central-1:${ACCOUNT}:table/bookings_dev/*`),
      grant(["xray:PutTraceSegments", "logs:CreateLogDelivery"], "*"),
      grant("ec2:CreateNetworkInterface", `arn:aws:ec2:eu-central-1:${ACCOUNT}:subnet/*`),
      grant("logs:PutLogEvents", `arn:aws:logs:eu-central-1:${ACCOUNT}:log-group:/aws-glue/jobs/a/output:*`),
      grant("kms:ScheduleKeyDeletion", `arn:aws:kms:eu-central-1:${ACCOUNT}:key/*`, {
        Condition: { StringEquals: { "aws:ResourceTag/strata:stack": "dev" } },
      }),
    ],
    breaks: [
      grant("s3:GetObject", "*"),
      grant(["xray:PutTraceSegments", "s3:PutObject"], "*"),
      grant("s3:GetObject", "arn:aws:s3:::*/silver/*"),
      grant("glue:StartJobRun", `arn:aws:glue:eu-central-1:${ACCOUNT}:job/*`),
      grant("glue:StartJobRun", `arn:aws:glue:*:${ACCOUNT}:job/a`),
      grant("logs:PutLogEvents", `arn:aws:logs:eu-central-1:${ACCOUNT}:log-group:*`),
      grant("kms:ScheduleKeyDeletion", `arn:aws:kms:eu-central-1:${ACCOUNT}:key/*`, {
        Condition: { StringNotEquals: { "aws:ResourceTag/strata:stack": "dev" } },
      }),
      grant("ec2:DeleteSubnet", `arn:aws:ec2:eu-central-1:${ACCOUNT}:subnet/*`),
      policy({ Action: "s3:GetObject", NotResource: "arn:aws:s3:::other/*" }),
    ],
  },
  "role-without-power": {
    keeps: [
      one("aws:iam/policy:Policy", {
        path: "/strata-bootstrap/",
        policy: document({ Effect: "Allow", Action: "iam:CreateRole", Resource: `arn:aws:iam::${ACCOUNT}:role/a` }),
      }),
      grant("iam:GetRole", `arn:aws:iam::${ACCOUNT}:role/a`),
      grant("iam:PassRole", `arn:aws:iam::${ACCOUNT}:role/a`, {
        Condition: { StringEquals: { "iam:PassedToService": "glue.amazonaws.com" } },
      }),
    ],
    breaks: [
      grant("iam:PutRolePolicy", `arn:aws:iam::${ACCOUNT}:role/a`),
      grant("iam:PassRole", `arn:aws:iam::${ACCOUNT}:role/a`),
      grant("s3:PutBucketPolicy", "arn:aws:s3:::lake"),
      grant("glue:UpdateJob", `arn:aws:glue:eu-central-1:${ACCOUNT}:job/a`),
    ],
  },
  "role-without-credentials": {
    keeps: [grant("s3:GetObject", "arn:aws:s3:::lake/a/*")],
    breaks: [
      grant("iam:CreateAccessKey", `arn:aws:iam::${ACCOUNT}:user/a`),
      grant("sts:AssumeRole", `arn:aws:iam::${ACCOUNT}:role/a`),
    ],
  },
  "trust-names-its-callers": {
    keeps: [
      trust({ Principal: { Service: "glue.amazonaws.com" }, ...byAccount }),
      trust({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/deploy` } }),
    ],
    breaks: [
      trust({ Principal: "*" }),
      trust({ Principal: { AWS: "*" } }),
      trust({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }),
      trust({ Principal: { AWS: ACCOUNT } }),
      trust({ NotPrincipal: { AWS: `arn:aws:iam::${ACCOUNT}:role/a` } }),
    ],
  },
  "trust-asks-for-source": {
    keeps: [
      trust({ Principal: { Service: "glue.amazonaws.com" }, ...byAccount }),
      trust({
        Principal: { Federated: PROVIDER },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:acme/lake:ref:refs/heads/main",
          },
        },
      }),
    ],
    breaks: [
      trust({ Principal: { Service: "glue.amazonaws.com" } }),
      trust({
        Principal: { Service: "glue.amazonaws.com" },
        Condition: { StringEqualsIfExists: { "aws:SourceAccount": ACCOUNT } },
      }),
      trust({
        Principal: { Service: "glue.amazonaws.com" },
        Condition: { StringLike: { "aws:SourceAccount": "*" } },
      }),
      trust({
        Principal: { Federated: PROVIDER },
        Condition: { StringEquals: { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" } },
      }),
    ],
  },
};
