/** What a stack deploys: the root's pipelines and, if the stack has it, the canary. */

import { dirname, join } from "node:path";
import { diagnostic, topOf } from "../compiler/diagnostics.ts";
import { type LoadedRoot, type LoadOptions, loadRoot } from "./load.ts";

/** The root of the canary's pipeline. */
export const CANARY_ROOT = join(dirname(import.meta.dirname), "canary");

/** Loads and compiles a root, and the canary's. Throws `RootError` as `loadRoot` does. */
export async function loadStack(
  root: string,
  { canary, ...options }: LoadOptions & { readonly canary: boolean },
): Promise<LoadedRoot> {
  const own = await loadRoot(root, options);
  if (!canary) return own;
  const extra = await loadRoot(CANARY_ROOT, options);
  const names = extra.pipelines.map(({ name }) => name);
  const taken = own.pipelines.filter(({ name }) => names.includes(name));
  return {
    ...own,
    diagnostics: [...own.diagnostics, ...taken.map(({ name }) => nameTaken(name))],
    pipelines: [
      ...own.pipelines.map((pipeline) =>
        names.includes(pipeline.name)
          ? { ...pipeline, diagnostics: [...pipeline.diagnostics, nameTaken(pipeline.name)] }
          : pipeline,
      ),
      ...extra.pipelines,
    ],
    textOf: (file) => own.textOf(file) ?? extra.textOf(file),
  };
}

function nameTaken(name: string) {
  return diagnostic({
    code: "D011",
    at: topOf(`pipelines/${name}/etl_stages.json`),
    message: `the pipeline \`${name}\` has the name of the stack's canary`,
    help: "rename its folder, or set `strata:canary` to false",
  });
}
