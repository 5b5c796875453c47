/** A root's pipelines and a stack's settings → what would be deployed, and everything that stops it or is to be said. */

import { type Emission, emitAsl } from "../compiler/asl/emit.ts";
import type { StackBindings } from "../compiler/bindings.ts";
import type { Compilation } from "../compiler/compile.ts";
import { type Diagnostic, diagnostic } from "../compiler/diagnostics.ts";
import { suggest } from "../compiler/nearest.ts";
import { type Identity, permissionsOf } from "../compiler/permissions/permissions.ts";
import { knownPlaces, type Plan } from "../compiler/plan.ts";
import { stackBindings } from "./bindings.ts";
import { bucketsOfOthers } from "./other-stacks.ts";
import type { Settings } from "./schema.ts";

/** A pipeline as a stack deploys it. */
export interface BoundPlan {
  readonly plan: Plan;
  readonly bindings: StackBindings;
  readonly emission: Emission;
  readonly identities: readonly Identity[];
}

/**
 * Binds the pipelines that a stack wants; one without a plan is left out, its diagnostics are the compilation's.
 *
 * @param home the folder of the stacks' settings files
 * @param isChosen which of the wanted pipelines; default: all
 */
export function bindRoot(
  home: string,
  { pipelines }: Compilation,
  settings: Settings,
  isChosen: (pipeline: string) => boolean = () => true,
): { readonly bound: readonly BoundPlan[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [...bucketsOfOthers(home, settings), ...unknownPipelines(pipelines, settings)];
  const stages = pipelines.flatMap((pipeline) => pipeline.stages.map(({ name }) => name));
  const known = knownPlaces(pipelines.flatMap(({ plan }) => plan ?? []));
  const bound = pipelines.flatMap(({ name, plan }) => {
    if (plan === undefined || !isWanted(name, settings) || !isChosen(name)) return [];
    const { bindings, diagnostics: unbound } = stackBindings(plan, settings, stages);
    diagnostics.push(...unbound);
    if (bindings === undefined) return [];
    const emission = emitAsl(plan, bindings);
    const permissions = permissionsOf(plan, bindings, known);
    diagnostics.push(...emission.diagnostics, ...permissions.diagnostics);
    return [{ plan, bindings, emission, identities: permissions.identities }];
  });
  return { bound, diagnostics };
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
        at: { file: `Pulumi.${settings.stack}.yaml`, line: 1, column: 1, length: 1 },
        message: `\`strata:pipelines\` names \`${name}\`, which is no pipeline`,
        help: suggest(name, known, "pipeline"),
      }),
    );
}
