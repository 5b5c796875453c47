/** `strata groups` and `strata asl`: the job's and the state machine's input. */

import { emitAsl } from "../compiler/emit/asl/emit.ts";
import { groupsOf } from "../compiler/emit/job/groups.ts";
import { bind } from "../compiler/plan/bind.ts";
import { bindingsFor, loadFor } from "./bindings.ts";
import { EXIT } from "./exit.ts";
import { choose, planOf, type RootOptions, showDiagnostics } from "./root.ts";

interface EmitOptions extends RootOptions {
  readonly stack?: string;
}

/** Prints `{"<stage>": [dataset objects]}` as text, so that numbers and the order of keys stay unchanged. */
export async function groups(name: string | undefined, options: EmitOptions): Promise<number> {
  const loaded = await loadFor(name, options);
  const plan = planOf(loaded, choose(loaded, name));
  const bindings = options.stack === undefined ? undefined : await bindingsFor(plan, options, loaded);
  const entries = groupsOf(bindings ? bind(plan, bindings) : plan).map(
    ({ stage, json }) => `  ${JSON.stringify(stage)}: ${json}`,
  );
  process.stdout.write(entries.length === 0 ? "{}\n" : `{\n${entries.join(",\n")}\n}\n`);
  return EXIT.ok;
}

/** Prints the definition exactly as Pulumi deploys it. */
export async function asl(name: string | undefined, options: EmitOptions): Promise<number> {
  const loaded = await loadFor(name, options);
  const plan = planOf(loaded, choose(loaded, name));
  const { text, diagnostics } = emitAsl(plan, await bindingsFor(plan, options, loaded));
  if (diagnostics.length > 0) {
    showDiagnostics(diagnostics, loaded.textOf, process.stderr);
    return EXIT.failed;
  }
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}
