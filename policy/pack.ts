/** Turns rules and waivers into the policies that Pulumi's engine calls. */

import type { Policies, PolicyResource, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { type ResourceRule, type Rule, type StackRule, stackOf } from "./rule.ts";
import { eachOf } from "./unknowns.ts";
import { waiverPolicies } from "./waiver-policies.ts";
import { covers, readWaivers, type Waiver } from "./waivers.ts";

export interface PackArgs {
  readonly rules: readonly Rule[];
  /** The parsed `waivers.json`. */
  readonly waivers: unknown;
  /** `YYYY-MM-DD`. */
  readonly today: string;
}

/** New policies. They record which waivers were used, so one call serves one engine. */
export function policiesOf({ rules, waivers, today }: PackArgs): Policies {
  const names = rules.map(({ name }) => name);
  const read = readWaivers(waivers, names, today);
  const used = new Set<Waiver>();
  const isWaived = (policy: string, urn: string): boolean => {
    const found = read.valid.filter((waiver) => covers(waiver, policy, urn));
    for (const waiver of found) used.add(waiver);
    return found.length > 0;
  };
  return [
    ...rules.map((rule) => ("check" in rule ? resourcePolicy(rule, isWaived) : stackPolicy(rule, isWaived))),
    // Last: only then are the used waivers known.
    ...waiverPolicies(read, used),
  ];
}

type IsWaived = (policy: string, urn: string) => boolean;

function resourcePolicy(rule: ResourceRule, isWaived: IsWaived): ResourceValidationPolicy {
  return {
    ...describe(rule),
    validateResource: (args, report) => {
      if (!rule.types.includes(args.type)) return args.notApplicable(`checks ${rule.types.join(", ")}`);
      const say = (what: string) => isWaived(rule.name, args.urn) || report(messageOf(rule, what));
      const found = rule.check(args, say);
      if (found) say(found);
    },
  };
}

function stackPolicy(rule: StackRule, isWaived: IsWaived): StackValidationPolicy {
  return {
    ...describe(rule),
    validateStack: (args, report) => {
      const stack = stackOf(args.resources);
      const judge = (subject: PolicyResource) => () => {
        const say = (what: string) => isWaived(rule.name, subject.urn) || report(messageOf(rule, what), subject.urn);
        const found = rule.checkInStack(subject, stack, say);
        if (found) say(found);
      };
      // An unknown value in one resource must not stop the check of the others.
      eachOf(...stack.of(...rule.types).map(judge));
    },
  };
}

function describe(rule: Rule) {
  const ids = rule.covers.length > 0 ? ` (${rule.covers.join(", ")})` : "";
  return {
    name: rule.name,
    description: `${rule.says}${ids}.`,
    enforcementLevel: rule.level,
    remediationSteps: rule.remedy,
  } as const;
}

/** The message of a violation. */
export function messageOf({ remedy }: Rule, what: string): string {
  return `${what}. To fix it: ${remedy}.`;
}
