import type { Fix } from "../diagnostics.ts";
import { insertAfter, offeredFix } from "../fix/offer.ts";
import { nearest } from "../nearest.ts";
import type { StageSyntax } from "../read/stages.ts";
import type { Dataset } from "../resolve/types.ts";
import { rule } from "./rule.ts";

/** C007: a dataset in no stage never runs, unnoticed. */
export const datasetInNoStage = rule("C007", {
  completePipeline({ stages, declared, datasets }, report) {
    const names = stages.flatMap((stage) => stage.datasets.map((name) => name.value));
    // A misspelt name in a stage is C005, which suggests the dataset.
    const meant = names.filter((name) => !declared.has(name)).map((name) => nearest(name, declared));
    const listed = new Set([...names, ...meant]);
    for (const dataset of datasets.values()) {
      if (listed.has(dataset.name.value)) continue;
      report({
        dataset,
        at: dataset.name.at,
        message: `no stage lists dataset \`${dataset.name.value}\`, so it never runs`,
        help: "add it to a stage in `etl_stages.json`, or remove it",
        fixes: intoStage(dataset, stages),
      });
    }
  },
});

/** Adds it to the last stage that writes beside its target and not before its sources are written; without one to the last stage. */
function intoStage({ name, target, writers, pipeline }: Dataset, stages: readonly StageSyntax[]): Fix[] {
  const folder = target && parentOf(target.value.location);
  const isBeside = (each: Dataset) => each.target !== undefined && parentOf(each.target.value.location) === folder;
  const first = Math.max(0, ...writers.map(({ dataset }) => dataset.stage));
  const beside = pipeline.staged.findLast((each) => (each.stage ?? -1) >= first && isBeside(each));
  const stage = stages[beside?.stage ?? stages.length - 1];
  const last = stage?.datasets.at(-1);
  if (stage === undefined || last === undefined) return [];
  const edit = insertAfter(last.at, `, ${JSON.stringify(name.value)}`);
  return [offeredFix(`add it to stage \`${stage.name.value}\``, [edit])];
}

function parentOf(location: string): string {
  return location.slice(0, location.lastIndexOf("/", location.length - 2));
}
