/**
 * The Pulumi program: settings → load → compile → components → outputs.
 *
 * Everything that a user can get wrong is found before the first resource is registered, and printed as `strata check`
 * prints it.
 */

import * as pulumi from "@pulumi/pulumi";
import { emitAsl } from "../compiler/asl/emit.ts";
import { type Diagnostic, diagnostic, hasErrors } from "../compiler/diagnostics.ts";
import { suggest } from "../compiler/nearest.ts";
import { countDiagnostics, renderDiagnostics } from "../compiler/render.ts";
import { type LoadedRoot, loadRoot, RootError } from "../loading/load.ts";
import { bucketBindings, stackBindings } from "../settings/bindings.ts";
import { nameFor } from "../settings/names.ts";
import type { Settings } from "../settings/schema.ts";
import { HOME } from "../setup/node.mjs";
import { CodeStore } from "./code-store.ts";
import { stackContext } from "./context.ts";
import { type BoundPipeline, Pipeline } from "./pipeline.ts";
import { PrivateBucket } from "./private-bucket.ts";
import { settingsOfStack } from "./stack-settings.ts";

/** Stack outputs, by pipeline where they are a pipeline's. */
export interface Outputs {
  readonly buckets: Record<string, pulumi.Output<string>>;
  readonly pipelines: Record<
    string,
    { stateMachineArn: pulumi.Output<string>; workgroup: pulumi.Output<string>; database: pulumi.Output<string> }
  >;
}

/** Deploys the root that `home` is. Rejects with `pulumi.RunError`, whose message is the diagnostics. */
export async function program(home: string): Promise<Outputs> {
  const settings = settingsOfStack();
  const loaded = await loadRoot(home).catch((problem) => {
    throw problem instanceof RootError ? new pulumi.RunError(`${problem.message}\n  help: ${problem.help}`) : problem;
  });
  const pipelines = bind(loaded, settings);
  return deploy(settings, pipelines, await bundleIfWanted(pipelines));
}

/** Plans, bindings and definitions of the pipelines that the stack wants, or an end with all diagnostics. */
function bind(loaded: LoadedRoot, settings: Settings): BoundPipeline[] {
  const wanted = loaded.pipelines.filter(
    ({ name }) => settings.pipelines.length === 0 || settings.pipelines.includes(name),
  );
  const diagnostics: Diagnostic[] = [
    ...unknownPipelines(loaded, settings),
    ...wanted.flatMap((pipeline) => pipeline.diagnostics),
  ];
  const bound = wanted.flatMap(({ plan }) => {
    if (plan === undefined) return [];
    const { bindings, diagnostics: unbound } = stackBindings(
      plan,
      settings,
      loaded.pipelines.flatMap(({ stages }) => stages.map(({ name }) => name)),
    );
    diagnostics.push(...unbound);
    if (bindings === undefined) return [];
    const emission = emitAsl(plan, bindings);
    diagnostics.push(...emission.diagnostics);
    return [{ plan, bindings, emission }];
  });
  if (hasErrors(diagnostics))
    throw new pulumi.RunError(`${renderDiagnostics(diagnostics, loaded.textOf)}\n\n${countDiagnostics(diagnostics)}`);
  if (diagnostics.length > 0) pulumi.log.warn(renderDiagnostics(diagnostics, loaded.textOf));
  return bound;
}

function unknownPipelines(loaded: LoadedRoot, settings: Settings): Diagnostic[] {
  const known = loaded.pipelines.map(({ name }) => name);
  return settings.pipelines
    .filter((name) => !known.includes(name))
    .map((name) =>
      diagnostic({
        code: "D008",
        at: { file: `Pulumi.${settings.stack}.yaml`, line: 1, column: 1, length: 1 },
        message: `\`strata:pipelines\` names \`${name}\`, which is no pipeline`,
        help: suggest(name, known, "pipeline"),
      }),
    );
}

/** esbuild is loaded only where a pipeline has `setup: runtime`. */
async function bundleIfWanted(pipelines: readonly BoundPipeline[]): Promise<Uint8Array | undefined> {
  if (pipelines.every(({ plan }) => plan.setup === "inline")) return undefined;
  const { bundleReadSetup } = await import("../lambdas/read-setup/bundle.ts");
  return bundleReadSetup();
}

function deploy(settings: Settings, pipelines: readonly BoundPipeline[], readSetup: Uint8Array | undefined): Outputs {
  const context = stackContext(settings);
  const account = settings.allowedAccountIds[0] ?? "";
  const used = new Set(pipelines.flatMap(({ plan }) => plan.buckets));
  const existing = new Set(settings.buckets.filter((bucket) => bucket.existing).map(({ logical }) => logical));
  const lake = bucketBindings(settings).filter(({ logical }) => used.has(logical));
  const buckets = lake.map(({ logical, physical }) => {
    if (existing.has(logical)) return [logical, pulumi.output(physical)] as const;
    return [
      logical,
      new PrivateBucket(`lake/${nameFor("logical", logical)}`, { context, bucket: physical, holdsData: true }).bucket,
    ] as const;
  });
  const code = new CodeStore("code", {
    context,
    home: HOME,
    bucket: nameFor("bucket", "strata-code", settings.stack, account),
    objects: new Map(
      pipelines.flatMap(({ emission }) => emission.objects.map(({ key, body }) => [key, body] as const)),
    ),
    readSetup,
  });
  const results = new PrivateBucket("athena-results", {
    context,
    bucket: nameFor("bucket", "strata-athena-results", settings.stack, account),
    expireDays: 30,
    holdsData: false,
  });
  const deployed = pipelines.map((bound) => {
    const name = nameFor("logical", bound.plan.pipeline);
    const { stateMachineArn, workgroup, database } = new Pipeline(name, {
      ...bound,
      context,
      code,
      results: results.bucket,
    });
    return [bound.plan.pipeline, { stateMachineArn, workgroup, database }] as const;
  });
  return { buckets: Object.fromEntries(buckets), pipelines: Object.fromEntries(deployed) };
}
