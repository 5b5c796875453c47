import { levelOf } from "../resolve/crawlers.ts";
import { rule } from "./rule.ts";

/** C017: Glue makes tables of the folders at one level; targets at another would become partitions or nothing. */
export const crawlerLevels = rule("C017", {
  pipeline({ crawlers }, report) {
    for (const { name, at, datasets, tableLevel } of crawlers) {
      const odd = datasets.find(({ target }) => levelOf(target.value) !== tableLevel);
      if (at === undefined || odd === undefined) continue;
      report({
        at,
        message: `the targets of crawler \`${name}\` are at different depths`,
        help: "declare a crawler for each folder that contains tables",
        notes: [{ place: odd.target.at, message: `the target of \`${odd.name.value}\` is deeper than the others` }],
      });
    }
  },
});
