/** Names of a stack's resources: everything that its roles may access. Pure. */

import { bucketBindings, ownBuckets } from "../settings/bindings.ts";
import type { NameKind } from "../settings/name-kinds.ts";
import { nameFor, patternsFor } from "../settings/names.ts";
import type { Settings } from "../settings/schema.ts";

/** Names of one stack's resources: exact, except what `ofPipelines` documents as patterns. */
export interface StackNames extends ReturnType<typeof ofPipelines> {
  readonly stack: string;
  /** Path of the stack's roles and policies, beginning and ending with `/`. */
  readonly rolePath: string;
  /** ARN of the permissions boundary of the stack's roles; empty for none. */
  readonly permissionsBoundary: string;
  readonly codeBucket: string;
  /** Every bucket that the stack creates, including the code bucket. */
  readonly buckets: readonly string[];
  readonly databases: readonly string[];
  readonly connection: string;
  /** With `alias/`. */
  readonly keyAliases: readonly string[];
}

/**
 * Names of a stack that deploys the given pipelines. Stages and crawlers may change; a new pipeline or bucket needs another
 * run of the bootstrap.
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
 * The same with patterns for any pipeline, if the exact names of very many pipelines exceed IAM's limits. Buckets and
 * databases stay exact; elsewhere the stack's tag decides, except for `iam:PassRole`, which does not support tags.
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

/** How a stack's pipelines name their resources. */
interface Naming {
  /** Resources that each pipeline has once; `what`: the last part of the name, if any. */
  readonly exact: (kind: NameKind, ...what: string[]) => string[];
  /** Resources whose names end in an author's name; `begins`: the beginning of the last part. */
  readonly patterns: (kind: NameKind, begins?: string) => string[];
  /** A state machine's name within its log group's. */
  readonly segment: (machine: string) => string;
}

/**
 * Names that contain a pipeline's name. Those of roles, policies, jobs, crawlers and their log groups are patterns, with `*`
 * for an author's name of a stage or crawler.
 */
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
