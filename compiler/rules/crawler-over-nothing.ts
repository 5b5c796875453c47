import { rule } from "./rule.ts";

/** C019: a crawl for nothing costs ten minutes of a DPU, each run. */
export const crawlerOverNothing = rule("C019", {
  completePipeline({ crawlers, targets }, report) {
    for (const { name, at, datasets, location } of crawlers) {
      if (at === undefined || datasets.length > 0) continue;
      report({
        at,
        message: `no target lies below crawler \`${name}\``,
        help:
          targets.below(location).length > 0
            ? "remove it: the job itself enters Iceberg tables into the catalog"
            : "correct its location, or remove it",
      });
    }
  },
});
