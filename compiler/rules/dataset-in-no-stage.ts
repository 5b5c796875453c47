import { nearest } from "../nearest.ts";
import type { Rule } from "../resolve/world.ts";

/** C007: a dataset that no stage lists is never run, and nobody notices. */
export const datasetInNoStage: Rule = {
  code: "C007",
  check(world, report) {
    for (const pipeline of world.pipelines.filter((each) => each.complete)) {
      const names = pipeline.stages.flatMap((stage) => stage.datasets.map((name) => name.value));
      // A misspelt name in a stage is C005, which suggests the dataset.
      const meant = names
        .filter((name) => !pipeline.declared.has(name))
        .map((name) => nearest(name, pipeline.declared));
      const listed = new Set([...names, ...meant]);
      for (const dataset of pipeline.datasets.values()) {
        if (listed.has(dataset.name.value)) continue;
        report({
          code: "C007",
          pipeline: pipeline.name,
          dataset,
          at: dataset.name.at,
          message: `no stage lists dataset \`${dataset.name.value}\`, so it never runs`,
          help: "add it to a stage in `etl_stages.json`, or remove it",
        });
      }
    }
  },
};
