/**
 * The Pulumi program: settings → load → compile → components → outputs.
 *
 * All of a user's errors are found before the first resource is registered, and printed as by `strata check`.
 */

import * as pulumi from "@pulumi/pulumi";
import { loadRoot, RootError } from "../loading/load.ts";
import { addCanary } from "../loading/stack.ts";
import type { BoundPlan } from "../settings/bind-root.ts";
import { ownBuckets } from "../settings/bindings.ts";
import { nameFor } from "../settings/names.ts";
import type { Settings } from "../settings/schema.ts";
import { HOME } from "../setup/node.mjs";
import { targetsOf, warnOfAbandoned } from "./abandoned.ts";
import { bindPipelines } from "./bind.ts";
import { CodeStore } from "./code-store.ts";
import { providerContext, type StackContext } from "./context.ts";
import { GlueSecurity } from "./glue-security.ts";
import { createLake } from "./lake.ts";
import { Pipeline } from "./pipeline.ts";
import { type Expiry, PrivateBucket } from "./private-bucket.ts";
import { StackKeys } from "./stack-keys.ts";
import { settingsOfStack } from "./stack-settings.ts";

/** Stack outputs, by pipeline where they belong to one. */
export interface Outputs {
  readonly buckets: Record<string, pulumi.Output<string>>;
  readonly pipelines: Record<string, PipelineOutputs>;
  /** Physical locations that each pipeline writes: the next preview compares them with its own. */
  readonly targets: Record<string, readonly string[]>;
}

/** Outputs for running and querying a pipeline. */
export interface PipelineOutputs {
  readonly stateMachineArn: pulumi.Output<string>;
  readonly workgroup: pulumi.Output<string>;
  readonly database: pulumi.Output<string>;
  /** ARNs of the policies to attach to analysts' roles. */
  readonly readers: readonly pulumi.Output<string>[];
}

/** Deploys the root `home`. Rejects with `pulumi.RunError`, whose message is the diagnostics. */
export async function program(home: string): Promise<Outputs> {
  const read = settingsOfStack();
  const { settings } = read;
  const deployed = loadRoot(home).then((own) => (settings.canary ? addCanary(own) : own));
  const loaded = await deployed.catch((problem) => {
    throw problem instanceof RootError ? new pulumi.RunError(`${problem.message}\n  help: ${problem.help}`) : problem;
  });
  const pipelines = bindPipelines(home, loaded, read);
  const readSetup = await bundleIfWanted(pipelines);
  const targets = targetsOf(pipelines);
  await warnOfAbandoned(targets, settings.stack);
  return { ...deploy(settings, pipelines, readSetup), targets };
}

/** esbuild is loaded only if a pipeline has `setup: runtime`. */
async function bundleIfWanted(pipelines: readonly BoundPlan[]): Promise<Uint8Array | undefined> {
  if (pipelines.every(({ plan }) => plan.setup === "inline")) return undefined;
  const { bundleReadSetup } = await import("../lambdas/read-setup/bundle.ts");
  return bundleReadSetup();
}

function deploy(
  settings: Settings,
  pipelines: readonly BoundPlan[],
  readSetup: Uint8Array | undefined,
): Omit<Outputs, "targets"> {
  const context = stackContext(settings);
  const { data } = context.keys;
  const { accessLogs } = context;
  const buckets = createLake(context, pipelines);
  const own = ownBuckets(settings);
  const code = new CodeStore("code", {
    context,
    home: HOME,
    bucket: own.code,
    objects: new Map(
      pipelines.flatMap(({ emission }) => emission.objects.map(({ key, body }) => [key, body] as const)),
    ),
    readSetup,
  });
  const results = new PrivateBucket("athena-results", {
    context,
    bucket: own.results,
    expireDays: 30,
    holdsData: false,
    key: data,
    accessLogs,
  });
  const expiring = samplesOf(pipelines);
  new PrivateBucket("state", { context, bucket: own.state, holdsData: true, key: data, accessLogs, expiring });
  const security = new GlueSecurity("glue", context);
  const deployed = pipelines.map((bound) => {
    const name = nameFor("logical", bound.plan.pipeline);
    const pipeline = new Pipeline(name, { ...bound, context, code, security, results: results.bucket });
    const { stateMachineArn, workgroup, database, readers } = pipeline;
    return [bound.plan.pipeline, { stateMachineArn, workgroup, database, readers }] as const;
  });
  return { buckets, pipelines: Object.fromEntries(deployed) };
}

/** Days that samples of failing rows are kept, long enough to investigate. They may be personal data. */
const SAMPLE_DAYS = 30;

/** Prefixes of the stages' samples (glue/strata_glue/report/ledger.py); deleted permanently a day after they expire. */
function samplesOf(pipelines: readonly BoundPlan[]): Expiry[] {
  const prefixes = pipelines.flatMap(({ bindings }) =>
    bindings.stages.map(({ statePrefix }) => `${statePrefix}samples/`),
  );
  return prefixes.map((prefix) => ({ prefix, days: SAMPLE_DAYS, oldVersionDays: 1 }));
}

/** Access logs are kept at least this many days, to investigate a leak. */
const LEAST_ACCESS_LOG_DAYS = 90;

/** Providers, keys and the bucket of access logs, which all other resources need. */
function stackContext(settings: Settings): StackContext {
  const providers = providerContext(settings);
  const keys = new StackKeys("keys", { context: providers }).arns;
  const logs = new PrivateBucket("access-logs", {
    context: providers,
    bucket: ownBuckets(settings).logs,
    expireDays: Math.max(LEAST_ACCESS_LOG_DAYS, settings.logRetentionDays),
    holdsData: false,
    // S3 delivers its logs to no bucket under a KMS key (S3 user guide, "Enabling server access logging").
    key: undefined,
    accessLogs: undefined,
  });
  const operationsKey = settings.encryption === "kms" ? keys.operations : undefined;
  return { ...providers, keys, operationsKey, accessLogs: logs.bucket };
}
