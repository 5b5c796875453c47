/** Calls policies as Pulumi's engine does: one resource at a time, then the stack; unknown values throw when read. */

import { type Policies, type PolicyResource, UnknownValueError, unknownCheckingProxy } from "@pulumi/policy";

/** A resource as an example or the program on mocks has it. */
export interface Resource {
  readonly type: string;
  readonly name?: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly protect?: boolean;
  /** Property → `type::name` of the resources it depends on. */
  readonly dependencies?: Readonly<Record<string, readonly string[]>>;
}

export interface Violation {
  readonly policy: string;
  readonly level: string;
  readonly urn: string;
  readonly message: string;
}

export interface Analysis {
  readonly violations: readonly Violation[];
  /** Policies that could not be applied, because a value was not known. */
  readonly postponed: readonly string[];
}

/** What the SDK puts for text that a preview does not know. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

class NotApplicable extends Error {}
const notApplicable = (reason?: string): never => {
  throw new NotApplicable(reason);
};

/** Runs all policies over the resources of a stack. */
export async function analyze(policies: Policies, stack: string, resources: readonly Resource[]): Promise<Analysis> {
  const seen = resources.map((each) => seenBy(each, stack));
  const byLabel = (labels: readonly string[]) => seen.filter((each) => labels.includes(labelOf(each)));
  resources.forEach((each, index) => {
    const dependencies = Object.entries(each.dependencies ?? {}).map(([key, labels]) => [key, byLabel(labels)]);
    Object.assign(seen[index] ?? {}, { propertyDependencies: Object.fromEntries(dependencies) });
  });
  const violations: Violation[] = [];
  const postponed: string[] = [];
  const common = { stackTags: new Map(), getConfig: () => ({}) as never, notApplicable };
  for (const policy of policies) {
    const level = String(policy.enforcementLevel);
    const attempt = async (call: () => unknown) => {
      try {
        await call();
      } catch (problem) {
        if (problem instanceof UnknownValueError) postponed.push(policy.name);
        else if (!(problem instanceof NotApplicable)) throw problem;
      }
    };
    if ("validateStack" in policy) {
      const report = (message: string, urn = "") => violations.push({ policy: policy.name, level, urn, message });
      await attempt(() => policy.validateStack({ ...common, resources: seen }, (...args) => void report(...args)));
    } else if (typeof policy.validateResource === "function") {
      const validate = policy.validateResource;
      for (const each of seen) {
        const report = (message: string) => violations.push({ policy: policy.name, level, urn: each.urn, message });
        const args = { ...each, ...common, isType: () => false, asType: () => undefined };
        await attempt(() => validate(args, (message) => void report(message)));
      }
    }
  }
  return { violations, postponed };
}

/** By what an example's dependencies name a resource. */
export const labelOf = ({ type, name = "example" }: Pick<Resource, "type" | "name">): string => `${type}::${name}`;

function seenBy({ type, name = "example", props, protect = false }: Resource, stack: string): PolicyResource {
  return {
    type,
    name,
    urn: `urn:pulumi:${stack}::strata::${type}::${name}`,
    props: unknownCheckingProxy({ ...props }),
    opts: {
      protect,
      ignoreChanges: [],
      aliases: [],
      additionalSecretOutputs: [],
      customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    },
    dependencies: [],
    propertyDependencies: {},
    isType: () => false,
    asType: () => undefined,
  };
}
