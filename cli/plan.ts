/** `strata plan`: the plan, or the changes since a git ref. */

import { emitAsl } from "../compiler/emit/asl/emit.ts";
import type { Plan } from "../compiler/plan/types.ts";
import { diffPlans, isEmptyDiff, type PlanDiff } from "../compiler/show/diff/plans.ts";
import { diffStates, type Emitted } from "../compiler/show/diff/states.ts";
import { renderDiff } from "../compiler/show/diff/text.ts";
import { renderPlan } from "../compiler/show/plan.ts";
import type { LoadedRoot } from "../loading/load.ts";
import { localBindings } from "../settings/bindings.ts";
import { bindingsFor, loadFor } from "./bindings.ts";
import { EXIT, usageError } from "./exit.ts";
import { loadAtRef } from "./git.ts";
import { choose, planOf, printJson, type RootOptions, rootOf } from "./root.ts";

interface PlanOptions extends RootOptions {
  readonly stack?: string;
  readonly format: "text" | "json" | "mermaid" | "markdown";
  readonly diff?: string;
  readonly all?: boolean;
}

/** Prints the plan of one pipeline. With a stack, its physical buckets too (in JSON: `bindings`). */
export async function plan(name: string | undefined, options: PlanOptions): Promise<number> {
  if (options.all === true && (name !== undefined || options.diff === undefined))
    throw usageError("`--all` needs `--diff` and excludes a pipeline's name", "give --diff REF, and omit the name");
  const loaded = await loadFor(name, options);
  if (options.diff !== undefined) return printDiffs(loaded, name, { ...options, diff: options.diff });
  const current = planOf(loaded, choose(loaded, name));
  const bindings = options.stack === undefined ? undefined : await bindingsFor(current, options, loaded);
  if (options.format === "json") printJson(bindings ? { ...current, bindings } : current);
  else process.stdout.write(renderPlan(current, options.format, bindings?.buckets));
  return EXIT.ok;
}

/** With `--all` every pipeline of both sides, in JSON as a list; else one. */
async function printDiffs(
  loaded: LoadedRoot,
  name: string | undefined,
  options: PlanOptions & { readonly diff: string },
): Promise<number> {
  const { format, diff: ref } = options;
  if (format === "mermaid")
    throw usageError("`--diff` does not support `--format mermaid`", "use text, json or markdown");
  const chosen = options.all === true ? loaded.pipelines : [choose(loaded, name)];
  const current = new Map(chosen.map((pipeline) => [pipeline.name, planOf(loaded, pipeline)]));
  const before = await loadAtRef(rootOf(options), ref);
  const old = new Map((before?.pipelines ?? []).map((pipeline) => [pipeline.name, pipeline.plan]));
  const names = options.all === true ? [...new Set([...current.keys(), ...old.keys()])].sort() : [...current.keys()];
  for (const broken of names.filter((each) => old.has(each) && old.get(each) === undefined))
    process.stderr.write(`strata: at ${ref} pipeline \`${broken}\` has errors; it is compared as a new pipeline\n`);
  const diffs = names.map((each) => difference(each, old.get(each), current.get(each)));
  if (format === "json") printJson(options.all === true ? diffs : diffs[0]);
  else
    process.stdout.write(
      diffs
        .map((diff) =>
          isEmptyDiff(diff)
            ? `pipeline ${diff.pipeline}: no effective change since ${ref}\n`
            : renderDiff(diff, format),
        )
        .join("\n"),
    );
  return EXIT.ok;
}

function difference(name: string, before: Plan | undefined, after: Plan | undefined): PlanDiff {
  return diffPlans(name, before, after, diffStates(emitted(before), emitted(after)));
}

/** Without a stack: every stack has the same names of states. */
function emitted(plan: Plan | undefined): Emitted | undefined {
  return plan && { plan, definition: emitAsl(plan, localBindings(plan)).definition };
}
