/** `strata permissions --stack S`: the permissions of a stack, computed as deployed. */

import { hasErrors } from "../compiler/diagnostics.ts";
import { permissionsOf } from "../compiler/emit/permissions/permissions.ts";
import { bind } from "../compiler/plan/bind.ts";
import { knownPlaces } from "../compiler/plan/types.ts";
import { renderPermissions } from "../compiler/show/permissions.ts";
import { nameKeys } from "../settings/keys.ts";
import { loadFor, stackBindingsFor } from "./bindings.ts";
import { EXIT } from "./exit.ts";
import { choose, planOf, type RootOptions, showDiagnostics } from "./root.ts";

interface PermissionsOptions extends RootOptions {
  readonly stack: string;
  readonly format: "text" | "json";
}

/** Prints every identity with its policies; exit 1 if one exceeds IAM's limits. */
export async function permissions(name: string | undefined, options: PermissionsOptions): Promise<number> {
  const loaded = await loadFor(name, options);
  const plan = planOf(loaded, choose(loaded, name));
  const bindings = await stackBindingsFor(plan, options, loaded);
  const known = knownPlaces(loaded.pipelines.flatMap((pipeline) => pipeline.plan ?? []));
  const { identities, diagnostics } = permissionsOf(bind(plan, bindings), bindings, known);
  if (diagnostics.length > 0) showDiagnostics(diagnostics, loaded.textOf, process.stderr);
  const text =
    options.format === "json" ? `${JSON.stringify({ identities }, null, 2)}\n` : renderPermissions(identities);
  process.stdout.write(nameKeys(text));
  return hasErrors(diagnostics) ? EXIT.failed : EXIT.ok;
}
