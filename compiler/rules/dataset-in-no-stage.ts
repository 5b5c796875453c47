import { nearest } from "../nearest.ts";
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
      });
    }
  },
});
