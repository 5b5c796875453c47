/** What a stack's things are called: all that its roles may touch. Pure. */

import { bucketBindings, ownBuckets } from "../settings/bindings.ts";
import type { NameKind } from "../settings/name-kinds.ts";
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
  return {
    stack,
    rolePath,
    permissionsBoundary,
    codeBucket: own.code,
    buckets: [...Object.values(own), ...lake],
    databases: pipelines.map((pipeline) => nameFor("database", pipeline, stack)),
    connection: nameFor("connection", "strata", stack),
    keyAliases: ["data", "operations"].map((what) => `alias/${nameFor("keyAlias", "strata", stack, what)}`),
    ...ofPipelines(rolePath, {
      exact: (kind, ...what) => pipelines.map((pipeline) => nameFor(kind, pipeline, stack, ...what)),
      patterns: (kind, begins) => pipelines.flatMap((pipeline) => patternsFor(kind, [pipeline, stack], begins)),
      segment: (machine) => nameFor("logSegment", machine),
    }),
  };
}

/**
 * The same with patterns for any pipeline, where the exact names of very many pipelines are more than IAM takes. Buckets
 * and databases stay exact; elsewhere the stack's tag decides, but for `iam:PassRole`, which knows none.
 */
export function widened(names: StackNames): StackNames {
  const { stack, rolePath } = names;
  const pipelineNames = ofPipelines(rolePath, {
    exact: (_, ...what) => [`*-${[stack, ...what].join("-")}*`],
    patterns: (_, begins = "") => [`*-${stack}-${begins}*`],
    segment: (machine) => machine,
  });
  return { ...names, ...pipelineNames };
}

/** How a stack's pipelines name their things. */
interface Naming {
  /** What the pipelines have one of each; `what`: the last part of its name, where it has one. */
  readonly exact: (kind: NameKind, ...what: string[]) => string[];
  /** What an author's names end; `begins`: what the last part begins with. */
  readonly patterns: (kind: NameKind, begins?: string) => string[];
  /** A state machine's name as a part of its log group's. */
  readonly segment: (machine: string) => string;
}

/** Names that have a pipeline's in them. */
function ofPipelines(rolePath: string, { exact, patterns, segment }: Naming) {
  const roles = ["states", "read-setup", "job-", "crawler-"].flatMap((what) => patterns("role", what));
  const [jobs, stateMachines] = [patterns("job"), exact("stateMachine")];
  const functions = exact("function", "read-setup");
  return {
    roles,
    // A large role's policies have the role's name and a number.
    policies: [...roles, ...patterns("policy", "readers")],
    jobs,
    crawlers: patterns("crawler"),
    logGroups: [
      ...jobs.map((pattern) => `/aws-glue/jobs/${pattern}`),
      ...patterns("role", "crawler-").map((pattern) => `/aws-glue/crawlers-role${rolePath}${pattern}`),
      ...stateMachines.map((machine) => `/aws/vendedlogs/states/${segment(machine)}`),
      ...functions.map((name) => `/aws/lambda/${name}`),
    ],
    stateMachines,
    workgroups: exact("workgroup"),
    topics: exact("topic", "failures"),
    rules: exact("rule", "failures"),
    functions,
  };
}
