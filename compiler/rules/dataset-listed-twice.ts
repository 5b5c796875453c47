import type { Place } from "../diagnostics.ts";
import type { Rule } from "../resolve/world.ts";

/** C006: a dataset that is listed twice would be written twice in one run. */
export const datasetListedTwice: Rule = {
  code: "C006",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      const first = new Map<string, { stage: string; at: Place }>();
      for (const stage of pipeline.stages) {
        for (const name of stage.datasets) {
          const earlier = first.get(name.value);
          if (earlier === undefined) {
            first.set(name.value, { stage: stage.name.value, at: name.at });
            continue;
          }
          report({
            code: "C006",
            pipeline: pipeline.name,
            at: name.at,
            message: `dataset \`${name.value}\` is listed twice`,
            help: "list it once, in the earliest stage that has its sources",
            notes: [{ place: earlier.at, message: `listed first in stage \`${earlier.stage}\`` }],
          });
        }
      }
    }
  },
};
