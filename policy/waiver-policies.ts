/** The two policies about waivers themselves. They cannot be waived. */

import type { StackValidationPolicy } from "@pulumi/policy";
import { LEAST_REASON, type Waiver, type Waivers } from "./waivers.ts";

/** Names, levels and meanings: docs/policies.md lists them with the rules. */
export const WAIVER_POLICIES = {
  "waiver-sound": {
    level: "mandatory",
    says: `Every waiver names a policy, a resource and a reason of at least ${LEAST_REASON} characters`,
  },
  "waiver-used": { level: "advisory", says: "No waiver has expired, and each covers an existing violation" },
} as const;

/** @param used the waivers that covered a violation so far */
export function waiverPolicies(waivers: Waivers, used: ReadonlySet<Waiver>): StackValidationPolicy[] {
  return [
    {
      ...describe("waiver-sound"),
      validateStack: (_, report) => {
        for (const mistake of waivers.mistakes) report(`${mistake}. To fix it: correct or remove the waiver.`);
      },
    },
    {
      ...describe("waiver-used"),
      validateStack: (_, report) => {
        for (const waiver of waivers.expired)
          report(`${labelOf(waiver)} expired on ${waiver.expires} and no longer applies. To fix it: remove it.`);
        for (const waiver of waivers.valid)
          if (!used.has(waiver)) report(`${labelOf(waiver)} covers no violation. To fix it: remove it.`);
      },
    },
  ];
}

function describe(name: keyof typeof WAIVER_POLICIES) {
  const { level, says } = WAIVER_POLICIES[name];
  return { name, description: `${says}.`, enforcementLevel: level };
}

function labelOf({ policy, resource }: Waiver): string {
  return `the waiver of \`${policy}\` for \`${resource}\``;
}
