/** Settings and a loaded root → what is deployed, or an end with all diagnostics, before anything is registered. */

import * as pulumi from "@pulumi/pulumi";
import { emitAsl } from "../compiler/asl/emit.ts";
import { type Diagnostic, diagnostic, hasErrors } from "../compiler/diagnostics.ts";
import { suggest } from "../compiler/nearest.ts";
import { permissionsOf } from "../compiler/permissions/permissions.ts";
import { knownPlaces } from "../compiler/plan.ts";
import { countDiagnostics, renderDiagnostics } from "../compiler/render.ts";
import type { LoadedRoot } from "../loading/load.ts";
import { stackBindings } from "../settings/bindings.ts";
import { bucketsOfOthers } from "../settings/other-stacks.ts";
import type { Settings } from "../settings/schema.ts";
import type { BoundPipeline } from "./pipeline.ts";

/**
 * Plans, bindings, definitions and permissions of the pipelines that the stack wants.
 *
 * @param home the folder of the stacks' settings files
 * @throws pulumi.RunError with the diagnostics; warnings are logged
 */
export function bindPipelines(home: string, loaded: LoadedRoot, settings: Settings): BoundPipeline[] {
  const wanted = loaded.pipelines.filter(
    ({ name }) => settings.pipelines.length === 0 || settings.pipelines.includes(name),
  );
  const diagnostics: Diagnostic[] = [
    ...bucketsOfOthers(home, settings),
    ...unknownPipelines(loaded, settings),
    ...wanted.flatMap((pipeline) => pipeline.diagnostics),
  ];
  const stages = loaded.pipelines.flatMap((pipeline) => pipeline.stages.map(({ name }) => name));
  const known = knownPlaces(loaded.pipelines.flatMap(({ plan }) => plan ?? []));
  const bound = wanted.flatMap(({ plan }) => {
    if (plan === undefined) return [];
    const { bindings, diagnostics: unbound } = stackBindings(plan, settings, stages);
    diagnostics.push(...unbound);
    if (bindings === undefined) return [];
    const emission = emitAsl(plan, bindings);
    const permissions = permissionsOf(plan, bindings, known);
    diagnostics.push(...emission.diagnostics, ...permissions.diagnostics);
    return [{ plan, bindings, emission, identities: permissions.identities }];
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
