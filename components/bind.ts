/** Settings and a loaded root → the deployment, or all diagnostics, before any resource is registered. */

import * as pulumi from "@pulumi/pulumi";
import { hasErrors } from "../compiler/diagnostics.ts";
import { countDiagnostics, renderDiagnostics } from "../compiler/show/render.ts";
import type { LoadedRoot } from "../loading/load.ts";
import { type BoundPlan, bindRoot, isWanted } from "../settings/bind-root.ts";
import type { settingsOfStack } from "./stack-settings.ts";

/**
 * Plans, bindings, definitions and permissions of the stack's pipelines.
 *
 * @param home the folder of the stacks' settings files
 * @throws pulumi.RunError with the diagnostics; warnings are logged
 */
export function bindPipelines(
  home: string,
  loaded: LoadedRoot,
  { settings, diagnostics: ofSettings }: ReturnType<typeof settingsOfStack>,
): readonly BoundPlan[] {
  const wanted = loaded.pipelines.filter(({ name }) => isWanted(name, settings));
  const { bound, diagnostics: ofStack } = bindRoot(home, loaded, settings, { isSound: ofSettings.length === 0 });
  const diagnostics = [...ofSettings, ...ofStack, ...wanted.flatMap((pipeline) => pipeline.diagnostics)];
  if (hasErrors(diagnostics))
    throw new pulumi.RunError(`${renderDiagnostics(diagnostics, loaded.textOf)}\n\n${countDiagnostics(diagnostics)}`);
  if (diagnostics.length > 0) pulumi.log.warn(renderDiagnostics(diagnostics, loaded.textOf));
  return bound;
}
