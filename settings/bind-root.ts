/** A root's pipelines and a stack's settings → the deployment, with all errors and warnings. */

import type { Compilation } from "../compiler/compile.ts";
import { type Diagnostic, diagnostic, unique } from "../compiler/diagnostics.ts";
import { type Emission, emitAsl } from "../compiler/emit/asl/emit.ts";
import { type Identity, permissionsOf } from "../compiler/emit/permissions/permissions.ts";
import { suggest } from "../compiler/nearest.ts";
import type { StackBindings } from "../compiler/plan/bindings.ts";
import { knownPlaces, type Plan } from "../compiler/plan/types.ts";
import { stackBindings } from "./bindings.ts";
import { bucketsOfOthers } from "./other-stacks.ts";
import { topOfStack } from "./raw.ts";
import type { Settings } from "./schema.ts";

/** A pipeline as a stack deploys it. */
export interface BoundPlan {
  readonly plan: Plan;
  readonly bindings: StackBindings;
  readonly emission: Emission;
  readonly identities: readonly Identity[];
}

/** Options of binding a root. */
export interface BindOptions {
  /** Which of the wanted pipelines; default: all. */
  readonly isChosen?: (pipeline: string) => boolean;
  /** False if the settings have errors: missing settings are reported, but no definition or permissions are computed. Default: true. */
  readonly isSound?: boolean;
  /** Stacks that have already been compared with this one. */
  readonly compared?: readonly string[];
}

/**
 * Binds a stack's pipelines; one without a plan is omitted, and the compilation has its diagnostics.
 *
 * @param home the folder of the stacks' settings files
 */
export function bindRoot(
  home: string,
  { pipelines }: Compilation,
  settings: Settings,
  { isChosen = () => true, isSound = true, compared = [] }: BindOptions = {},
): { readonly bound: readonly BoundPlan[]; readonly diagnostics: readonly Diagnostic[] } {
  const stages = pipelines.flatMap((pipeline) => pipeline.stages.map(({ name }) => name));
  const diagnostics: Diagnostic[] = [
    ...bucketsOfOthers(home, settings, compared),
    ...unknownPipelines(pipelines, settings),
    ...unknownPrefixes(pipelines, settings, stages),
  ];
  const known = knownPlaces(pipelines.flatMap(({ plan }) => plan ?? []));
  const isDeployed = (name: string) =>
    isWanted(name, settings) && isChosen(name) && !settings.unread.includes("pipelines");
  const bound = pipelines.flatMap(({ name, plan }) => {
    if (plan === undefined || !isDeployed(name)) return [];
    const { bindings, diagnostics: unbound } = stackBindings(plan, settings, stages);
    diagnostics.push(...unbound);
    if (bindings === undefined || !isSound) return [];
    const emission = emitAsl(plan, bindings);
    const permissions = permissionsOf(emission.physical, bindings, known);
    diagnostics.push(...emission.diagnostics, ...permissions.diagnostics);
    return [{ plan, bindings, emission, identities: permissions.identities }];
  });
  return { bound, diagnostics: unique(diagnostics) };
}

/** True if a stack deploys a pipeline. */
export function isWanted(pipeline: string, settings: Settings): boolean {
  return settings.pipelines.length === 0 || settings.pipelines.includes(pipeline);
}

function unknownPipelines(pipelines: readonly { readonly name: string }[], settings: Settings): Diagnostic[] {
  const known = pipelines.map(({ name }) => name);
  return settings.pipelines
    .filter((name) => !known.includes(name))
    .map((name) =>
      diagnostic({
        code: "D008",
        at: topOfStack(settings.stack),
        message: `\`strata:pipelines\` lists the unknown pipeline \`${name}\``,
        help: suggest(name, known, "pipeline"),
      }),
    );
}

/** Keys `pipeline/stage` of `strata:stages` with an unknown pipeline; each pipeline checks the others. */
function unknownPrefixes(
  pipelines: readonly { readonly name: string }[],
  settings: Settings,
  stages: readonly string[],
): Diagnostic[] {
  const known = pipelines.map(({ name }) => name);
  return settings.stages
    .filter(
      ({ key }) => key.includes("/") && !stages.includes(key) && !known.some((name) => key.startsWith(`${name}/`)),
    )
    .map(({ key }) =>
      diagnostic({
        code: "D008",
        at: topOfStack(settings.stack),
        message: `\`strata:stages.${key}\` names an unknown pipeline`,
        help: suggest(key.slice(0, key.indexOf("/")), known, "pipeline"),
      }),
    );
}
