/** The bootstrap's configuration and the settings of its stacks, checked together. */

import * as pulumi from "@pulumi/pulumi";
import { renderDiagnostics } from "../compiler/show/render.ts";
import { pipelineNames } from "../loading/load.ts";
import { accountOf } from "../settings/bindings.ts";
import { CANARY } from "../settings/canary.ts";
import { readSettings } from "../settings/read.ts";
import type { Settings } from "../settings/schema.ts";
import type { Account } from "./account.ts";
import { type StackNames, stackNames } from "./stack-names.ts";

/** What the bootstrap creates, and for which stacks. */
export interface BootstrapConfig extends Account {
  /** Empty: the provider is created. */
  readonly oidcProvider: string;
  readonly stacks: readonly StackNames[];
}

/** GitHub's names, each with its id or both without. */
const REPOSITORY = /^([\w.-]+\/[\w.-]+|[\w.-]+@\d+\/[\w.-]+@\d+)$/;

/**
 * Reads it.
 *
 * @param home the folder with `Pulumi.yaml`, the stacks' settings and `pipelines/`: names of buckets and databases come from there
 * @throws `pulumi.RunError` with every error
 */
export async function readConfig(home: string): Promise<BootstrapConfig> {
  const config = new pulumi.Config("strata-bootstrap");
  const problems: string[] = [];
  const text = (key: string, pattern: RegExp, expected: string, fallback = "") => {
    const value = config.get(key) ?? fallback;
    if (!pattern.test(value)) problems.push(`strata-bootstrap:${key} is \`${value}\`: write ${expected}`);
    return value;
  };
  const region = text("region", /^[a-z]{2}(-[a-z]+)+-\d$/, "a region, for example eu-central-1");
  const account: Account = {
    partition: region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws",
    region,
    account: text("accountId", /^\d{12}$/, "an account id of twelve digits, in quotes"),
    repository: text("repository", REPOSITORY, "owner/name, or owner@id/name@id (see docs/deploy.md)"),
  };
  const oidcProvider = text(
    "oidcProvider",
    /^(arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/.+)?$/,
    "the ARN of an OIDC provider",
  );
  const stacks = config.getObject<unknown>("stacks");
  const names = isNames(stacks) ? stacks : [];
  if (names.length === 0) problems.push("strata-bootstrap:stacks: set a list of stack names, for example [dev]");
  // The bootstrap's own roles are called strata-preview-… and strata-deploy-….
  if (names.some((stack) => /^(preview|deploy)$/i.test(stack)))
    problems.push("strata-bootstrap:stacks: `preview` and `deploy` are names of the bootstrap's own roles");
  const pipelines = await pipelineNames(home);
  const found = names.flatMap((stack) => stackOf(home, stack, account, problems) ?? []);
  if (problems.length > 0) throw new pulumi.RunError(problems.join("\n"));
  return {
    ...account,
    oidcProvider,
    stacks: found.map((settings) => stackNames(settings, settings.canary ? [...pipelines, CANARY] : pipelines)),
  };
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string" && /^[A-Za-z0-9_.-]{1,40}$/.test(each));
}

/** A stack's settings, if they are complete and for this account. */
function stackOf(home: string, stack: string, account: Account, problems: string[]): Settings | undefined {
  const { settings, diagnostics, textOf } = readSettings(home, stack);
  if (settings === undefined) {
    problems.push(renderDiagnostics(diagnostics, textOf).trimEnd());
    return undefined;
  }
  const here: readonly (readonly [string, string, string])[] = [
    ["allowedAccountIds", accountOf(settings), account.account],
    ["region", settings.region, account.region],
    ["partition", settings.partition, account.partition],
  ];
  for (const [key, own, ours] of here) {
    if (own !== ours)
      problems.push(
        `Pulumi.${stack}.yaml: strata:${key} is \`${own}\`, but this account is bootstrapped for \`${ours}\`: use the same value in both`,
      );
  }
  return settings;
}
