/** The bootstrap's configuration, checked at once. */

import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./policies.ts";

/** What is made, for whom. */
export interface BootstrapConfig extends Account {
  /** Empty: the provider is made. */
  readonly oidcProvider: string;
  readonly stacks: readonly string[];
}

/** Reads it. Throws `pulumi.RunError` with every mistake. */
export function readConfig(): BootstrapConfig {
  const config = new pulumi.Config("strata-bootstrap");
  const problems: string[] = [];
  const text = (key: string, pattern: RegExp, expected: string, fallback = "") => {
    const value = config.get(key) ?? fallback;
    if (!pattern.test(value)) problems.push(`strata-bootstrap:${key} is \`${value}\`: write ${expected}`);
    return value;
  };
  const region = text("region", /^[a-z]{2}(-[a-z]+)+-\d$/, "a region, for example eu-central-1");
  const result: BootstrapConfig = {
    partition: region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws",
    region,
    account: text("accountId", /^\d{12}$/, "an account id of twelve digits, in quotes"),
    repository: text("repository", /^[\w.-]+\/[\w.-]+$/, "owner/name"),
    oidcProvider: text(
      "oidcProvider",
      /^(arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/.+)?$/,
      "the ARN of an OIDC provider",
    ),
    rolePath: text("rolePath", /^(\/|\/[!-~]{1,510}\/)$/, "/ or a path that begins and ends with /", "/"),
    permissionsBoundary: text(
      "permissionsBoundary",
      /^(arn:aws[a-z-]*:iam::\d{12}:policy\/.+)?$/,
      "the ARN of a policy",
    ),
    stacks: config.getObject<string[]>("stacks") ?? [],
  };
  if (result.stacks.length === 0 || result.stacks.some((stack) => !/^[A-Za-z0-9_.-]{1,40}$/.test(stack)))
    problems.push("strata-bootstrap:stacks: write a list of names of stacks, for example [dev]");
  // The bootstrap's own roles are called strata-preview-… and strata-deploy-….
  if (result.stacks.some((stack) => /^(preview|deploy)$/i.test(stack)))
    problems.push("strata-bootstrap:stacks: `preview` and `deploy` are names of the bootstrap's own roles");
  if (problems.length > 0) throw new pulumi.RunError(problems.join("\n"));
  return result;
}
