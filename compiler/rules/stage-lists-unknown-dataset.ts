import { adviseName } from "../fix/offer.ts";
import { rule } from "./rule.ts";

/** C005: a name in a stage that `sql_queries.json` does not have would be skipped silently by other tools. */
export const stageListsUnknownDataset = rule("C005", {
  completePipeline({ stages, declared }, report) {
    for (const stage of stages)
      for (const { value, at } of stage.datasets) {
        if (declared.has(value)) continue;
        report({
          at,
          message: `stage \`${stage.name.value}\` lists the unknown dataset \`${value}\``,
          ...adviseName({ value, at }, declared, "dataset"),
        });
      }
  },
});
