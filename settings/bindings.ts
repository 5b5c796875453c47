/** Settings and a plan → bindings: every deployed name of one stack. */

import { type Diagnostic, diagnostic, type Place } from "../compiler/diagnostics.ts";
import { nearest, suggest } from "../compiler/nearest.ts";
import type { Bindings, BucketBinding, StackBindings, StackBucket } from "../compiler/plan/bindings.ts";
import { pipelinesWithTables } from "../compiler/plan/tables.ts";
import type { Plan } from "../compiler/plan/types.ts";
import { keyPlaceholder } from "./keys.ts";
import { nameFor } from "./names.ts";
import { newerSql } from "./newer-sql.ts";
import { topOfStack } from "./raw.ts";
import type { BucketSetting, Settings, Workers } from "./schema.ts";

/** Glue's default for Spark jobs of version 5.0 and later, in minutes (CreateJob, `Timeout`). */
const DEFAULT_TIMEOUT_MINUTES = 480;

/** Bindings of a stack, or the settings that this plan lacks. */
export interface Bound {
  readonly bindings: StackBindings | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Binds a plan to a stack. `stages` are the names of all pipelines' stages: a key of `strata:stages` may mean any of them. */
export function stackBindings(plan: Plan, settings: Settings, stages: readonly string[]): Bound {
  const at = topOfStack(settings.stack);
  const diagnostics = [
    ...unmapped(plan, settings, at),
    ...sameName(settings, at),
    ...unknownStages(plan, settings, stages, at),
    ...newerSql(plan, settings, workersOf),
  ];
  if (diagnostics.length > 0) return { bindings: undefined, diagnostics };
  return { bindings: bind(plan, settings), diagnostics };
}

function bind(plan: Plan, settings: Settings): StackBindings {
  const { stack, region, partition, rolePath } = settings;
  const account = accountOf(settings);
  const own = ownBuckets(settings);
  const isKms = settings.encryption === "kms";
  const key = (which: "data" | "operations") =>
    isKms ? keyPlaceholder(which, { partition, region, account }) : undefined;
  const security = isKms ? nameFor("securityConfiguration", "strata", stack) : undefined;
  // AWS does not document whether the role's path is part of a log group's name, so both forms are allowed.
  const hasOtherGroups = security !== undefined && rolePath !== "/";
  const pipelineSegment = nameFor("keySegment", plan.pipeline);
  return {
    ...named(plan, stack, (pipeline) => nameFor("database", pipeline, stack)),
    partition,
    region,
    account,
    stateMachineRole: nameFor("role", plan.pipeline, stack, "states"),
    workgroup: nameFor("workgroup", plan.pipeline, stack),
    readersPolicy: nameFor("policy", plan.pipeline, stack, "readers"),
    failureRule: nameFor("rule", plan.pipeline, stack, "failures"),
    failureTopic: nameFor("topic", plan.pipeline, stack, "failures"),
    buckets: stackBuckets(settings, key("data")).filter(({ logical }) => plan.buckets.includes(logical)),
    codeBucket: own.code,
    resultsBucket: own.results,
    stateBucket: own.state,
    dataKey: key("data"),
    operationsKey: key("operations"),
    securityConfiguration: security,
    connections: connectionNames(settings),
    lakeFormation: settings.lakeFormation,
    rolePath,
    trustSourceAccount: settings.trustSourceAccount,
    stages: plan.stages.map(({ name }) => {
      const own = stageNames(plan, stack, name);
      const role = nameFor("role", plan.pipeline, stack, `job-${name}`);
      return {
        ...own,
        timeoutMinutes: workersOf(plan, name, settings).timeoutMinutes,
        role,
        logGroups: jobLogGroups(own.job, `/${role}`, security),
        otherLogGroups: hasOtherGroups ? jobLogGroups(own.job, `${rolePath}${role}`, security) : [],
        statePrefix: `${pipelineSegment}/${nameFor("keySegment", name)}/`,
      };
    }),
    crawlers: plan.crawlers.map(({ name }) => {
      const role = nameFor("role", plan.pipeline, stack, `crawler-${name}`);
      return {
        ...crawlerNames(plan, stack, name),
        role,
        // Without a security configuration all crawlers of an account share one (Glue guide, "Crawler logs").
        logGroup: security ? `/aws-glue/crawlers-role${rolePath}${role}-${security}` : "/aws-glue/crawlers",
        otherLogGroups: hasOtherGroups ? [`/aws-glue/crawlers-role/${role}-${security}`] : [],
      };
    }),
    readSetup: plan.setup === "runtime" ? nameFor("function", plan.pipeline, stack, "read-setup") : undefined,
    readSetupRole: nameFor("role", plan.pipeline, stack, "read-setup"),
  };
}

/** A job's `--custom-logGroup-prefix`. */
export function jobLogPrefix(job: string): string {
  return `/aws-glue/jobs/${nameFor("logSegment", job)}`;
}

/** With a security configuration Glue puts its name and the role's between prefix and kind (Glue guide, continuous logging). */
function jobLogGroups(job: string, role: string, security: string | undefined): string[] {
  const middle = security === undefined ? "" : `/${security}-role${role}`;
  return ["output", "error"].map((kind) => `${jobLogPrefix(job)}${middle}/${kind}`);
}

/** A stack's buckets other than data: code, query results, the jobs' state, access logs. */
export function ownBuckets(settings: Settings): Readonly<Record<"code" | "results" | "state" | "logs", string>> {
  const name = (what: string) => nameFor("bucket", `strata-${what}`, settings.stack, accountOf(settings));
  return { code: name("code"), results: name("athena-results"), state: name("state"), logs: name("access-logs") };
}

/** Names of the connections that jobs and crawlers use. */
export function connectionNames({ network, stack }: Settings): string[] {
  return [...network.connections, ...network.subnets.map(() => nameFor("connection", "strata", stack))];
}

/** Every mapped bucket with its key. `ours`: the key of those that the stack makes. */
function stackBuckets(settings: Settings, ours: string | undefined): StackBucket[] {
  return settings.buckets.map((bucket) => ({
    ...bucketBinding(settings, bucket),
    key: bucket.existing ? bucket.key : ours,
    existing: bucket.existing,
  }));
}

/** What every set of bindings has. `databaseOf`: a pipeline's database. */
function named(plan: Plan, stack: string, databaseOf: (pipeline: string) => string) {
  return {
    stack,
    stateMachine: nameFor("stateMachine", plan.pipeline, stack),
    database: databaseOf(plan.pipeline),
    databases: pipelinesWithTables(plan).map((pipeline) => ({ pipeline, database: databaseOf(pipeline) })),
    groupPrefix: `groups/${nameFor("keySegment", plan.pipeline)}/`,
  };
}

function stageNames({ pipeline }: Plan, stack: string, stage: string) {
  return { stage, state: nameFor("state", stage), job: nameFor("job", pipeline, stack, stage) };
}

function crawlerNames({ pipeline }: Plan, stack: string, crawler: string) {
  return { crawler, name: nameFor("crawler", pipeline, stack, crawler) };
}

/** Bindings without a stack: logical bucket names, no account. Used by the local run and `strata asl`. */
export function localBindings(plan: Plan): Bindings {
  return {
    ...named(plan, "local", (pipeline) => nameFor("localDatabase", pipeline)),
    partition: "aws",
    region: "us-east-1",
    account: "000000000000",
    buckets: [],
    codeBucket: "strata-code",
    stages: plan.stages.map(({ name }) => ({
      ...stageNames(plan, "local", name),
      timeoutMinutes: DEFAULT_TIMEOUT_MINUTES,
    })),
    crawlers: plan.crawlers.map(({ name }) => crawlerNames(plan, "local", name)),
    readSetup: plan.setup === "runtime" ? "read-setup" : undefined,
  };
}

/** The account in names. */
export function accountOf(settings: Settings): string {
  return settings.allowedAccountIds[0] ?? "";
}

/** A stage's workers: its own settings, most exact first, then the stack's. */
export function workersOf(plan: Plan, stage: string, settings: Settings): Workers {
  const own = (key: string) => settings.stages.find((each) => each.key === key)?.workers ?? {};
  return { ...settings.workers, ...own(stage), ...own(`${plan.pipeline}/${stage}`) };
}

/** Every mapped bucket. */
export function bucketBindings(settings: Settings): BucketBinding[] {
  return settings.buckets.map((bucket) => bucketBinding(settings, bucket));
}

function bucketBinding(settings: Settings, { logical, name }: BucketSetting): BucketBinding {
  return { logical, physical: name ?? nameFor("bucket", logical, settings.stack, accountOf(settings)) };
}

function unmapped(plan: Plan, settings: Settings, at: Place): Diagnostic[] {
  if (settings.unread.includes("buckets")) return [];
  const mapped = settings.buckets.map(({ logical }) => logical);
  const unused = mapped.filter((logical) => !plan.buckets.includes(logical));
  return plan.buckets
    .filter((logical) => !mapped.includes(logical))
    .map((logical) => {
      const misspelt = nearest(logical, unused);
      const add = `set \`strata:buckets\` in Pulumi.${settings.stack}.yaml: \`${logical}: {}\` for a new bucket of the stack`;
      return diagnostic({
        code: "D006",
        at,
        message: `stack \`${settings.stack}\` does not map the logical bucket \`${logical}\``,
        help: misspelt === undefined ? add : `did you mean \`${misspelt}\` in \`strata:buckets\`? If not, ${add}`,
      });
    });
}

function sameName(settings: Settings, at: Place): Diagnostic[] {
  const own = Object.entries(ownBuckets(settings)).map(
    ([what, name]) => [name, `the stack's own bucket of ${what}`] as const,
  );
  const seen = new Map<string, string>(own);
  return bucketBindings(settings).flatMap(({ logical, physical }) => {
    const first = seen.get(physical);
    seen.set(physical, first ?? `the logical bucket \`${logical}\``);
    if (first === undefined) return [];
    return [
      diagnostic({
        code: "D007",
        at,
        message: `${first} and the logical bucket \`${logical}\` are both \`${physical}\``,
        help: "give each a separate bucket: targets of one could be inside targets of the other, or inside the code",
      }),
    ];
  });
}

/** A key with an unknown stage would have no effect. Other pipelines check their keys. */
function unknownStages(plan: Plan, settings: Settings, all: readonly string[], at: Place): Diagnostic[] {
  const stages = plan.stages.map(({ name }) => name);
  const prefix = `${plan.pipeline}/`;
  return settings.stages.flatMap(({ key }) => {
    if (all.includes(key)) return [];
    // A stage's name may contain a `/`, so a key with another pipeline's prefix is left to that pipeline.
    if (!key.includes("/")) return [unknownStage(key, at, "no stage", suggest(key, all, "stage"))];
    if (!key.startsWith(prefix) || stages.includes(key.slice(prefix.length))) return [];
    const help = suggest(key.slice(prefix.length), stages, "stage");
    return [unknownStage(key, at, `no stage of pipeline \`${plan.pipeline}\``, help)];
  });
}

function unknownStage(key: string, at: Place, what: string, help: string): Diagnostic {
  return diagnostic({ code: "D008", at, message: `\`strata:stages.${key}\` names ${what}`, help });
}
