/** Settings and a plan → bindings: every deployed name of one stack. */

import type { Bindings, BucketBinding } from "../compiler/bindings.ts";
import { type Diagnostic, diagnostic, type Place } from "../compiler/diagnostics.ts";
import type { Plan } from "../compiler/plan.ts";
import { nameFor } from "./names.ts";
import type { Settings, Workers } from "./schema.ts";

/** Glue's default for Spark jobs of version 5.0 and later, in minutes (CreateJob, `Timeout`). */
const DEFAULT_TIMEOUT_MINUTES = 480;

/** Bindings of a stack, or what the settings lack for this plan. */
export interface Bound {
  readonly bindings: Bindings | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Binds a plan to a stack. `stages` are the names of all pipelines' stages: a key of `strata:stages` may mean any of them. */
export function stackBindings(plan: Plan, settings: Settings, stages: readonly string[]): Bound {
  const at: Place = { file: `Pulumi.${settings.stack}.yaml`, line: 1, column: 1, length: 1 };
  const diagnostics = [
    ...unmapped(plan, settings, at),
    ...sameName(settings, at),
    ...unknownStages(plan, settings, stages, at),
  ];
  if (diagnostics.length > 0) return { bindings: undefined, diagnostics };
  const { stack, region, partition } = settings;
  const account = accountOf(settings);
  const bindings: Bindings = {
    partition,
    region,
    account,
    stack,
    stateMachine: nameFor("stateMachine", plan.pipeline, stack),
    database: nameFor("database", plan.pipeline, stack),
    buckets: bucketBindings(settings).filter(({ logical }) => plan.buckets.includes(logical)),
    codeBucket: nameFor("bucket", "strata-code", stack, account),
    groupPrefix: `groups/${nameFor("keySegment", plan.pipeline)}/`,
    stages: plan.stages.map(({ name }) => ({
      stage: name,
      state: nameFor("state", name),
      job: nameFor("job", plan.pipeline, stack, name),
      timeoutMinutes: workersOf(plan, name, settings).timeoutMinutes,
    })),
    crawlers: plan.crawlers.map(({ name }) => ({
      crawler: name,
      name: nameFor("crawler", plan.pipeline, stack, name),
    })),
    readSetup: plan.setup === "runtime" ? nameFor("function", plan.pipeline, stack, "read-setup") : undefined,
  };
  return { bindings, diagnostics };
}

/** Bindings without a stack: logical buckets as they are, no account. What the local run and `strata asl` use. */
export function localBindings(plan: Plan): Bindings {
  return {
    partition: "aws",
    region: "us-east-1",
    account: "000000000000",
    stack: "local",
    stateMachine: nameFor("stateMachine", plan.pipeline, "local"),
    database: nameFor("localDatabase", plan.pipeline),
    buckets: [],
    codeBucket: "strata-code",
    groupPrefix: `groups/${nameFor("keySegment", plan.pipeline)}/`,
    stages: plan.stages.map(({ name }) => ({
      stage: name,
      state: nameFor("state", name),
      job: nameFor("job", plan.pipeline, "local", name),
      timeoutMinutes: DEFAULT_TIMEOUT_MINUTES,
    })),
    crawlers: plan.crawlers.map(({ name }) => ({
      crawler: name,
      name: nameFor("crawler", plan.pipeline, "local", name),
    })),
    readSetup: plan.setup === "runtime" ? "read-setup" : undefined,
  };
}

/** The account that names are made with. */
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
  return settings.buckets.map(({ logical, name }) => ({
    logical,
    physical: name ?? nameFor("bucket", logical, settings.stack, accountOf(settings)),
  }));
}

function unmapped(plan: Plan, settings: Settings, at: Place): Diagnostic[] {
  const mapped = settings.buckets.map(({ logical }) => logical);
  return plan.buckets
    .filter((logical) => !mapped.includes(logical))
    .map((logical) =>
      diagnostic({
        code: "D006",
        at,
        message: `stack \`${settings.stack}\` does not map the logical bucket \`${logical}\` of pipeline \`${plan.pipeline}\``,
        help: `set \`strata:buckets\` in Pulumi.${settings.stack}.yaml: \`${logical}: {}\` for a bucket of the stack's own`,
      }),
    );
}

function sameName(settings: Settings, at: Place): Diagnostic[] {
  const seen = new Map<string, string>();
  return bucketBindings(settings).flatMap(({ logical, physical }) => {
    const first = seen.get(physical);
    if (first === undefined) {
      seen.set(physical, logical);
      return [];
    }
    const message = `the logical buckets \`${first}\` and \`${logical}\` are both \`${physical}\``;
    return [
      diagnostic({
        code: "D007",
        at,
        message,
        help: "give each a bucket of its own: targets of one could lie inside targets of the other",
      }),
    ];
  });
}

/** A key that names no stage would be a change without effect. Keys of other pipelines are theirs. */
function unknownStages(plan: Plan, settings: Settings, all: readonly string[], at: Place): Diagnostic[] {
  const stages = plan.stages.map(({ name }) => name);
  // A stage's own name may hold a `/`, so what begins like another pipeline's key is left to that pipeline.
  const isBare = (key: string) => !key.includes("/");
  return settings.stages
    .filter(
      ({ key }) =>
        !all.includes(key) &&
        (isBare(key) || (key.startsWith(`${plan.pipeline}/`) && !stages.includes(key.slice(plan.pipeline.length + 1)))),
    )
    .map(({ key }) =>
      diagnostic({
        code: "D008",
        at,
        message: `\`strata:stages.${key}\` names no stage of pipeline \`${plan.pipeline}\``,
        help: `its stages: ${stages.join(", ")}`,
      }),
    );
}
