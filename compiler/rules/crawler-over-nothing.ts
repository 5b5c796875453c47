import { rule } from "./rule.ts";

/** C019: a crawl for nothing costs ten minutes of a DPU, each run. */
export const crawlerOverNothing = rule("C019", {
  completePipeline({ crawlers, targets }, report) {
    for (const { name, at, datasets, location } of crawlers) {
      if (at === undefined || datasets.length > 0) continue;
      report({
        at,
        message: `crawler \`${name}\` has no target below its prefix`,
        help:
          targets.below(location).length > 0
            ? "remove it: the job registers Iceberg tables in the catalog"
            : "correct its location, or remove it",
      });
    }
  },
});
