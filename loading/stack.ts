/** What a stack with the canary deploys. */

import { dirname, join } from "node:path";
import { diagnostic, topOf } from "../compiler/diagnostics.ts";
import { type LoadedRoot, loadRoot } from "./load.ts";

/** The root of the canary's pipeline. */
export const CANARY_ROOT = join(dirname(import.meta.dirname), "canary");

/** A compiled root and the canary's pipeline beside its own. */
export async function addCanary(own: LoadedRoot): Promise<LoadedRoot> {
  const extra = await loadRoot(CANARY_ROOT);
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
