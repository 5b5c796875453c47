/** What a stack's things are called: all that its roles may touch. Pure. */

import { bucketBindings, ownBuckets } from "../settings/bindings.ts";
import { nameFor, patternsFor } from "../settings/names.ts";
import type { Settings } from "../settings/schema.ts";

/** Names of one stack's things. A pattern has `*` where an author's name for a stage or crawler goes. */
export interface StackNames {
  readonly stack: string;
  /** Path of the stack's roles and policies, beginning and ending with `/`. */
  readonly rolePath: string;
  /** ARN of the policy that bounds the stack's roles; empty for none. */
  readonly permissionsBoundary: string;
  readonly codeBucket: string;
  /** Every bucket that the stack makes, the code bucket among them; exact. */
  readonly buckets: readonly string[];
  /** Exact. */
  readonly databases: readonly string[];
  /** Patterns. */
  readonly roles: readonly string[];
  /** Patterns. */
  readonly policies: readonly string[];
  /** Patterns. */
  readonly jobs: readonly string[];
  /** Patterns. */
  readonly crawlers: readonly string[];
  /** Patterns of those of jobs and crawlers; exact for the others. */
  readonly logGroups: readonly string[];
  /** Exact. */
  readonly stateMachines: readonly string[];
  /** Exact. */
  readonly workgroups: readonly string[];
  /** Exact. */
  readonly topics: readonly string[];
  /** Exact. */
  readonly rules: readonly string[];
  /** Exact. */
  readonly functions: readonly string[];
  /** Exact. */
  readonly connection: string;
  /** Exact, with `alias/`. */
  readonly keyAliases: readonly string[];
}

/**
 * Names of a stack that deploys the given pipelines. Stages and crawlers may come and go; another pipeline or bucket
 * needs another run of the bootstrap.
 */
export function stackNames(settings: Settings, pipelines: readonly string[]): StackNames {
  const { stack, rolePath, permissionsBoundary, buckets } = settings;
  const own = ownBuckets(settings);
  const made = new Set(buckets.filter(({ existing }) => !existing).map(({ logical }) => logical));
  const lake = bucketBindings(settings).flatMap(({ logical, physical }) => (made.has(logical) ? [physical] : []));
  const each = (name: (pipeline: string) => string | readonly string[]) => pipelines.flatMap(name);
  const rolesFor = (what: string) => each((pipeline) => patternsFor("role", [pipeline, stack], what));
  const roles = ["states", "read-setup", "job-", "crawler-"].flatMap(rolesFor);
  const machines = each((pipeline) => nameFor("stateMachine", pipeline, stack));
  const functions = each((pipeline) => nameFor("function", pipeline, stack, "read-setup"));
  const jobs = each((pipeline) => patternsFor("job", [pipeline, stack]));
  return {
    stack,
    rolePath,
    permissionsBoundary,
    codeBucket: own.code,
    buckets: [...Object.values(own), ...lake],
    databases: each((pipeline) => nameFor("database", pipeline, stack)),
    roles,
    // A large role's policies have the role's name and a number.
    policies: [...roles, ...each((pipeline) => patternsFor("policy", [pipeline, stack], "readers"))],
    jobs,
    crawlers: each((pipeline) => patternsFor("crawler", [pipeline, stack])),
    logGroups: [
      ...jobs.map((pattern) => `/aws-glue/jobs/${pattern}`),
      ...rolesFor("crawler-").map((pattern) => `/aws-glue/crawlers-role${rolePath}${pattern}`),
      ...machines.map((machine) => `/aws/vendedlogs/states/${nameFor("logSegment", machine)}`),
      ...functions.map((name) => `/aws/lambda/${name}`),
    ],
    stateMachines: machines,
    workgroups: each((pipeline) => nameFor("workgroup", pipeline, stack)),
    topics: each((pipeline) => nameFor("topic", pipeline, stack, "failures")),
    rules: each((pipeline) => nameFor("rule", pipeline, stack, "failures")),
    functions,
    connection: nameFor("connection", "strata", stack),
    keyAliases: ["data", "operations"].map((what) => `alias/${nameFor("keyAlias", "strata", stack, what)}`),
  };
}

/**
 * The same with patterns for any pipeline, where the exact names of very many pipelines are more than IAM takes. Buckets
 * and databases stay exact; elsewhere the stack's tag decides, but for `iam:PassRole`, which knows none.
 */
export function widened(names: StackNames): StackNames {
  const { stack, rolePath } = names;
  const roles = ["states", "read-setup", "job-", "crawler-"].map((what) => `*-${stack}-${what}*`);
  return {
    ...names,
    roles,
    policies: [...roles, `*-${stack}-readers*`],
    jobs: [`*-${stack}-*`],
    crawlers: [`*-${stack}-*`],
    logGroups: [
      `/aws-glue/jobs/*-${stack}-*`,
      `/aws-glue/crawlers-role${rolePath}*-${stack}-crawler-*`,
      `/aws/vendedlogs/states/*-${stack}*`,
      `/aws/lambda/*-${stack}-read-setup*`,
    ],
    stateMachines: [`*-${stack}*`],
    workgroups: [`*-${stack}*`],
    topics: [`*-${stack}-failures*`],
    rules: [`*-${stack}-failures*`],
    functions: [`*-${stack}-read-setup*`],
  };
}
