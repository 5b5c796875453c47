import { suggest } from "../nearest.ts";
import type { Rule } from "../resolve/world.ts";

/** C005: a name in a stage that `sql_queries.json` does not have would be skipped in silence by other tools. */
export const stageListsUnknownDataset: Rule = {
  code: "C005",
  check(world, report) {
    for (const pipeline of world.pipelines.filter((each) => each.complete)) {
      for (const stage of pipeline.stages) {
        for (const name of stage.datasets) {
          if (pipeline.declared.has(name.value)) continue;
          report({
            code: "C005",
            pipeline: pipeline.name,
            at: name.at,
            message: `stage \`${stage.name.value}\` lists \`${name.value}\`, which is no dataset of \`sql_queries.json\``,
            help: suggest(name.value, pipeline.declared, "dataset"),
          });
        }
      }
    }
  },
};
