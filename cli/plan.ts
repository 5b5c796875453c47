/** `strata plan`: the plan, or what changed against a git ref. */

import { diffPlans, isEmptyDiff } from "../compiler/diff.ts";
import { renderDiff } from "../compiler/present/diff.ts";
import { renderPlan } from "../compiler/present/plan.ts";
import { bindingsFor } from "./bindings.ts";
import { CommandError, EXIT } from "./exit.ts";
import { loadAtRef } from "./git.ts";
import { choose, load, planOf, type RootOptions, rootOf } from "./root.ts";

interface PlanOptions extends RootOptions {
  readonly stack?: string;
  readonly format: "text" | "json" | "mermaid" | "markdown";
  readonly diff?: string;
}

/** Prints the plan of one pipeline. With a stack, its physical buckets too (in JSON: `bindings`). */
export async function plan(name: string | undefined, options: PlanOptions): Promise<number> {
  const loaded = await load(options);
  const chosen = choose(loaded, name);
  const current = planOf(loaded, chosen);
  if (options.diff === undefined) {
    const bindings = options.stack === undefined ? undefined : await bindingsFor(current, options, loaded);
    process.stdout.write(
      options.format === "json"
        ? `${JSON.stringify(bindings ? { ...current, bindings } : current, null, 2)}\n`
        : renderPlan(current, options.format, bindings?.buckets),
    );
    return EXIT.ok;
  }
  if (options.format === "mermaid")
    throw new CommandError("a difference has no drawing", "use --format text, json or markdown", EXIT.usage);
  const before = await loadAtRef(rootOf(options), options.diff);
  const old = before?.pipelines.find((pipeline) => pipeline.name === current.pipeline);
  if (old !== undefined && old.plan === undefined) {
    process.stderr.write(
      `strata: at ${options.diff} pipeline \`${old.name}\` has errors, so it is compared as if it were new\n`,
    );
  }
  const difference = diffPlans(current.pipeline, old?.plan, current);
  if (options.format === "json") process.stdout.write(`${JSON.stringify(difference, null, 2)}\n`);
  else
    process.stdout.write(
      isEmptyDiff(difference)
        ? `pipeline ${current.pipeline}: nothing that runs has changed since ${options.diff}\n`
        : renderDiff(difference, options.format),
    );
  return EXIT.ok;
}
