import { suggest } from "../nearest.ts";
import { indexTargets } from "../resolve/target-index.ts";
import { type Rule, stagedTargets } from "../resolve/world.ts";

/** C015: columns are declared for a table that no dataset reads from outside, so nothing would ever use them. */
export const sourceNotExternal: Rule = {
  code: "C015",
  check(world, report) {
    for (const pipeline of world.pipelines.filter((each) => each.complete && each.extras.sources.length > 0)) {
      if ([...pipeline.datasets.values()].some(({ hasAllTables }) => !hasAllTables)) continue;
      const targets = indexTargets(stagedTargets([pipeline]));
      const external = new Set(
        [...pipeline.datasets.values()]
          .flatMap((dataset) => dataset.tables)
          .filter(({ location }) => location && targets.meeting(location.value).length === 0)
          .map(({ name }) => name.value),
      );
      const known = new Set([...external].map((name) => name.toLowerCase()));
      for (const { name } of pipeline.extras.sources) {
        if (known.has(name.value.toLowerCase())) continue;
        report({
          code: "C015",
          pipeline: pipeline.name,
          at: name.at,
          message: `\`${name.value}\` is no source table from outside the pipeline`,
          help: suggest(name.value, external, "external source table"),
        });
      }
    }
  },
};
