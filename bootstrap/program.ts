/** State bucket, its key, GitHub's OIDC provider, and two roles a stack: preview for pull requests, deploy for branches. */

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type PolicyDocument, textOf } from "../compiler/permissions/document.ts";
import { bucketPolicy } from "../compiler/permissions/resource-policies.ts";
import { nameFor } from "../settings/names.ts";
import { type BootstrapConfig, readConfig } from "./config.ts";
import { KEY_PLACEHOLDER, OIDC_PLACEHOLDER } from "./placeholders.ts";
import { backendKeyPolicy, deployPolicies, githubTrust, previewPolicies } from "./policies.ts";

/** What the next steps of docs/deploy.md ask for. */
export interface BootstrapOutputs {
  /** For `pulumi login`. */
  readonly backend: pulumi.Output<string>;
  /** For `pulumi stack init --secrets-provider`. */
  readonly secretsProvider: pulumi.Output<string>;
  /** Stack → ARNs of its roles, for the repository's variables. */
  readonly roles: Record<string, { preview: pulumi.Output<string>; deploy: pulumi.Output<string> }>;
}

const GITHUB = "https://token.actions.githubusercontent.com";

/** Makes everything. Everything is protected: without it no stack can be changed any more. */
export async function bootstrap(): Promise<BootstrapOutputs> {
  const config = readConfig();
  const provider = new aws.Provider("aws", {
    region: config.region as aws.Region,
    allowedAccountIds: [config.account],
    defaultTags: { tags: { "strata:part": "bootstrap" } },
  });
  const options = { provider, protect: true };
  const key = new aws.kms.Key(
    "backend",
    {
      description: "Strata: Pulumi's state and secrets",
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: textOf(backendKeyPolicy(config)),
    },
    options,
  );
  const alias = new aws.kms.Alias("backend", { name: "alias/strata-backend", targetKeyId: key.keyId }, options);
  const bucket = createBucket(config, key.arn, options);
  const oidc =
    config.oidcProvider === ""
      ? new aws.iam.OpenIdConnectProvider("github", { url: GITHUB, clientIdLists: ["sts.amazonaws.com"] }, options).arn
      : pulumi.output(config.oidcProvider);
  const roles = config.stacks.map((stack) => {
    const name = (what: string) => nameFor("role", "strata", what, stack);
    const role = (what: "preview" | "deploy", subject: string, documents: readonly PolicyDocument[]) =>
      createRole(name(what), oidc, githubTrust(config, subject), documents, key.arn, options);
    return [
      stack,
      {
        preview: role("preview", "pull_request", previewPolicies(config, stack, bucketName(config))),
        deploy: role("deploy", `environment:${stack}`, deployPolicies(config, stack, bucketName(config))),
      },
    ] as const;
  });
  return {
    backend: pulumi.interpolate`s3://${bucket}`,
    secretsProvider: pulumi.interpolate`awskms://${alias.name}?region=${config.region}`,
    roles: Object.fromEntries(roles),
  };
}

function bucketName({ account, region }: BootstrapConfig): string {
  // Ends in the region: no stack's deploy role may touch it, whose buckets end in the account.
  return nameFor("bucket", "strata-backend", account, region.replaceAll("-", ""));
}

function createBucket(config: BootstrapConfig, key: pulumi.Output<string>, options: pulumi.CustomResourceOptions) {
  const { bucket } = new aws.s3.Bucket("backend", { bucket: bucketName(config) }, options);
  new aws.s3.BucketOwnershipControls("backend", { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }, options);
  const blocked = new aws.s3.BucketPublicAccessBlock(
    "backend",
    { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    options,
  );
  new aws.s3.BucketVersioning("backend", { bucket, versioningConfiguration: { status: "Enabled" } }, options);
  new aws.s3.BucketServerSideEncryptionConfiguration(
    "backend",
    {
      bucket,
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key },
          bucketKeyEnabled: true,
          blockedEncryptionTypes: ["SSE-C"],
        },
      ],
    },
    options,
  );
  new aws.s3.BucketLifecycleConfiguration(
    "backend",
    {
      bucket,
      rules: [
        {
          id: "tidy",
          status: "Enabled",
          filter: {},
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          // An old state is the way back from a bad deployment.
          noncurrentVersionExpiration: { noncurrentDays: 365 },
        },
      ],
    },
    options,
  );
  new aws.s3.BucketPolicy(
    "backend",
    { bucket, policy: key.apply((arn) => textOf(bucketPolicy(bucketName(config), config, arn))) },
    { ...options, dependsOn: [blocked] },
  );
  return bucket;
}

/** The policies name the key and the provider by placeholders until they are made. */
function createRole(
  name: string,
  oidc: pulumi.Output<string>,
  trust: PolicyDocument,
  documents: readonly PolicyDocument[],
  key: pulumi.Output<string>,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const role = new aws.iam.Role(
    name,
    {
      name,
      // An hour is enough for an update of a hundred stages; a token that leaks is worth less.
      maxSessionDuration: 3600,
      assumeRolePolicy: oidc.apply((arn) => textOf(trust).replaceAll(OIDC_PLACEHOLDER, arn)),
    },
    options,
  );
  documents.forEach((document, index) => {
    const part = `${name}-${index + 1}`;
    const policy = key.apply((arn) => textOf(document).replaceAll(KEY_PLACEHOLDER, arn));
    const { arn } = new aws.iam.Policy(part, { name: part, policy }, options);
    new aws.iam.RolePolicyAttachment(part, { role: role.name, policyArn: arn }, options);
  });
  return role.arn;
}
