/** What a rule is: a name, the checklist ids it stands for, a remedy, and a check of one resource. */

import type { PolicyResource, ResourceValidationArgs } from "@pulumi/policy";

/** Mandatory: a deployment stops. Advisory: a deployment goes on and says so. */
export type Level = "mandatory" | "advisory";

export interface Facts {
  /** Kebab case, the thing before what is asked of it; never given to another rule. */
  readonly name: string;
  /** What holds where the rule is kept: one sentence without full stop. */
  readonly says: string;
  /** Ids of cdk-nag (`AwsSolutions-…`) and checkov (`CKV…`); empty for rules of our own. */
  readonly covers: readonly string[];
  readonly level: Level;
  /** The one change to make, as an imperative. */
  readonly remedy: string;
  /** Pulumi types of the resources that are judged. Tokens, not classes: the pack starts without loading the SDKs. */
  readonly types: readonly string[];
}

/** What both kinds of check see of a resource; reading a value that a preview does not know throws `UnknownValueError`. */
export type Subject = Pick<ResourceValidationArgs, "type" | "name" | "urn" | "props" | "opts" | "provider">;

/** Says what is wrong with the subject: lower case, no full stop; the remedy is added. */
export type Say = (what: string) => void;

/** Judged alone, before the resource is made or changed. */
export interface ResourceRule extends Facts {
  readonly scope: "resource";
  readonly check: (subject: Subject, say: Say) => void;
}

/** Judged together with the stack's other resources, at the end of a preview or an update. */
export interface StackRule extends Facts {
  readonly scope: "stack";
  readonly check: (subject: PolicyResource, stack: Stack, say: Say) => void;
}

export type Rule = ResourceRule | StackRule;

/** The resources of a stack. */
export interface Stack {
  readonly resources: readonly PolicyResource[];
  readonly of: (...types: readonly string[]) => readonly PolicyResource[];
}

export const resourceRule = (facts: Facts, check: ResourceRule["check"]): ResourceRule => ({
  ...facts,
  scope: "resource",
  check,
});

export const stackRule = (facts: Facts, check: StackRule["check"]): StackRule => ({ ...facts, scope: "stack", check });

/** The resources, with the lookup by type. */
export function stackOf(resources: readonly PolicyResource[]): Stack {
  return { resources, of: (...types) => resources.filter(({ type }) => types.includes(type)) };
}

/** `urn:pulumi:<stack>::…`: only `prod` is prod, as the program has it (components/context.ts). */
export function isProd({ urn }: { readonly urn: string }): boolean {
  return urn.startsWith("urn:pulumi:prod::");
}
