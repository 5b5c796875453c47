import { tableName } from "../read/location.ts";
import type { Target } from "../resolve/types.ts";
import { conflict, pairsBy } from "./conflict.ts";
import { rule } from "./rule.ts";

/** G003: of two tables with the same name in a database the second overwrites the first one's entry. */
export const sameTableName = rule("G003", {
  pipeline({ crawlers, targets }, report) {
    const crawled = new Set(crawlers.flatMap(({ datasets }) => datasets));
    const entered = targets.all.filter((each) => crawled.has(each) || each.isIceberg);
    const table = ({ target }: Target) => tableName(target.value);
    for (const [each, earlier] of pairsBy(entered, table)) {
      if (earlier.target.value.location === each.target.value.location) continue;
      report(
        conflict(each, earlier, (one, other) => ({
          message: `${one} and ${other} both define table \`${table(each)}\``,
          note: `the table of ${other}`,
          help: "a table is named after its target's last folder, in lower case and with `_` for other characters; rename one of the folders",
        })),
      );
    }
  },
});
