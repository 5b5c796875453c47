/** A rule: a name, the checklist ids that it covers, a remedy, and a check of one resource. */

import type { PolicyResource, ResourceValidationArgs } from "@pulumi/policy";

/** Mandatory: a violation stops the deployment. Advisory: it is printed. */
export type Level = "mandatory" | "advisory";

export interface Facts {
  /** Kebab case, the resource before the requirement; never reused for another rule. */
  readonly name: string;
  /** What the rule requires: one sentence without full stop. */
  readonly says: string;
  /** Ids of cdk-nag (`AwsSolutions-…`) and checkov (`CKV…`); empty for Strata's own rules. */
  readonly covers: readonly string[];
  readonly level: Level;
  /** The one change to make, as an imperative. */
  readonly remedy: string;
  /** Pulumi types of the resources that it checks. Tokens, not classes: the pack starts without loading the SDKs. */
  readonly types: readonly string[];
}

/** A resource as both kinds of check see it; reading a value that is unknown in a preview throws `UnknownValueError`. */
export type Subject = Pick<ResourceValidationArgs, "type" | "name" | "urn" | "props" | "opts" | "provider">;

/** Reports a violation: lower case, no full stop; the remedy is appended. */
export type Say = (what: string) => void;

/** The only violation that a check finds, if any. A check of several reports each: what precedes an unknown value counts. */
// biome-ignore lint/suspicious/noConfusingVoidType: most checks report and return nothing
type Found = string | false | void;

/** Checks one resource, before it is created or changed. */
export interface ResourceRule extends Facts {
  readonly check: (subject: Subject, say: Say) => Found;
}

/** Checks a resource together with the stack's others, at the end of a preview or an update. */
export interface StackRule extends Facts {
  readonly checkInStack: (subject: PolicyResource, stack: Stack, say: Say) => Found;
}

export type Rule = ResourceRule | StackRule;

/** The resources of a stack. */
export interface Stack {
  readonly resources: readonly PolicyResource[];
  readonly of: (...types: readonly string[]) => readonly PolicyResource[];
}

type Draft<R extends Rule> = Omit<R, "types" | "level" | "covers"> & Partial<Pick<R, "types" | "level" | "covers">>;

/** Rules that check this type or these types, are mandatory and cover no id, unless they state otherwise. */
export function rules(
  types: string | readonly string[],
  drafts: readonly (Draft<ResourceRule> | Draft<StackRule>)[],
): readonly Rule[] {
  return drafts.map((draft) => ({ types: [types].flat(), level: "mandatory", covers: [], ...draft }));
}

/** The resources, with the lookup by type. */
export function stackOf(resources: readonly PolicyResource[]): Stack {
  return { resources, of: (...types) => resources.filter(({ type }) => types.includes(type)) };
}

/** `urn:pulumi:<stack>::…`: only the stack `prod` is prod, as in the program (components/context.ts). */
export function isProd({ urn }: { readonly urn: string }): boolean {
  return urn.startsWith("urn:pulumi:prod::");
}
