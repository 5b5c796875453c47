/** State bucket, its key, GitHub's OIDC provider, and two roles per stack: preview for pull requests, deploy for branches. */

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type PolicyDocument, textOf } from "../compiler/emit/permissions/document.ts";
import { PrivateBucket } from "../components/private-bucket.ts";
import { nameFor } from "../settings/names.ts";
import { HOME } from "../setup/node.mjs";
import { backendKeyPolicy } from "./backend-policies.ts";
import { type BootstrapConfig, readConfig } from "./config.ts";
import { BOOTSTRAP_PATH } from "./denials.ts";
import { KEY_PLACEHOLDER, OIDC_PLACEHOLDER } from "./placeholders.ts";
import { deployPolicies, githubTrust, previewPolicies, TooManyNames } from "./policies.ts";

/** Outputs that the next steps of docs/deploy.md use. */
export interface BootstrapOutputs {
  /** For `pulumi login`. */
  readonly backend: pulumi.Output<string>;
  /** For `pulumi stack init --secrets-provider`. */
  readonly secretsProvider: pulumi.Output<string>;
  /** Stack → ARNs of its roles, for the repository's variables. */
  readonly roles: Record<string, { preview: pulumi.Output<string>; deploy: pulumi.Output<string> }>;
}

const GITHUB = "https://token.actions.githubusercontent.com";

/**
 * Creates all resources, protected: without them no stack can be changed any more.
 *
 * @param home the root whose stacks deploy: `Pulumi.<stack>.yaml` and `pipelines/` determine the names of their resources
 */
export async function bootstrap(home: string = HOME): Promise<BootstrapOutputs> {
  const config = await readConfig(home);
  const wanted = wantedRoles(config);
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
  const bucket = createBackend(config, provider, key.arn);
  const oidc =
    config.oidcProvider === ""
      ? new aws.iam.OpenIdConnectProvider("github", { url: GITHUB, clientIdLists: ["sts.amazonaws.com"] }, options).arn
      : pulumi.output(config.oidcProvider);
  const roles = wanted.map(({ stack, ...both }) => {
    const role = (what: "preview" | "deploy") =>
      createRole(nameFor("role", "strata", what, stack), oidc, both[what], key.arn, options);
    return [stack, { preview: role("preview"), deploy: role("deploy") }] as const;
  });
  return {
    backend: pulumi.interpolate`s3://${bucket}`,
    secretsProvider: pulumi.interpolate`awskms://${alias.name}?region=${config.region}`,
    roles: Object.fromEntries(roles),
  };
}

/** Who assumes a role, and its permissions. */
interface Wanted {
  readonly trust: PolicyDocument;
  readonly documents: readonly PolicyDocument[];
}

/** Every role, before the first resource is registered. */
function wantedRoles(config: BootstrapConfig): { stack: string; preview: Wanted; deploy: Wanted }[] {
  const backend = bucketName(config);
  try {
    return config.stacks.map((names) => ({
      stack: names.stack,
      preview: {
        trust: githubTrust(config, "pull_request"),
        documents: previewPolicies(config, names, backend),
      },
      deploy: {
        trust: githubTrust(config, `environment:${names.stack}`),
        documents: deployPolicies(config, names, backend),
      },
    }));
  } catch (problem) {
    throw problem instanceof TooManyNames ? new pulumi.RunError(problem.message) : problem;
  }
}

function bucketName({ account, region }: BootstrapConfig): string {
  return nameFor("bucket", "strata-backend", account, region.replaceAll("-", ""));
}

/** Days that an old state is kept, to undo a bad deployment. */
const OLD_STATE_DAYS = 365;

/** Days that logs of access to the state are kept. */
const ACCESS_LOG_DAYS = 365;

/** The state bucket, with access logs. */
function createBackend(config: BootstrapConfig, provider: aws.Provider, key: pulumi.Output<string>) {
  const context = { home: config, aws: provider, mayDeleteData: false, settings: { stack: "prod" } };
  const common = { context, holdsData: true, oldVersionDays: OLD_STATE_DAYS };
  const { bucket: accessLogs } = new PrivateBucket("backend-access-logs", {
    ...common,
    bucket: nameFor("bucket", "strata-backend-logs", config.account, config.region.replaceAll("-", "")),
    expireDays: ACCESS_LOG_DAYS,
    // S3 delivers its logs to no bucket under a KMS key (S3 user guide, "Enabling server access logging").
    key: undefined,
    accessLogs: undefined,
  });
  return new PrivateBucket("backend", { ...common, bucket: bucketName(config), key, accessLogs }).bucket;
}

/** The policies have placeholders for the key and the provider until these are created. */
function createRole(
  name: string,
  oidc: pulumi.Output<string>,
  { trust, documents }: Wanted,
  key: pulumi.Output<string>,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const role = new aws.iam.Role(
    name,
    {
      name,
      path: BOOTSTRAP_PATH,
      // An hour is enough for an update of a hundred stages, and limits the use of a leaked token.
      maxSessionDuration: 3600,
      assumeRolePolicy: oidc.apply((arn) => textOf(trust).replaceAll(OIDC_PLACEHOLDER, arn)),
    },
    options,
  );
  documents.forEach((document, index) => {
    const part = `${name}-${index + 1}`;
    const policy = key.apply((arn) => textOf(document).replaceAll(KEY_PLACEHOLDER, arn));
    const { arn } = new aws.iam.Policy(part, { name: part, path: BOOTSTRAP_PATH, policy }, options);
    new aws.iam.RolePolicyAttachment(part, { role: role.name, policyArn: arn }, options);
  });
  return role.arn;
}
