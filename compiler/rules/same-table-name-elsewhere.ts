import { tableName } from "../read/location.ts";
import type { Target } from "../resolve/types.ts";
import { conflict, pairsBy } from "./conflict.ts";
import { rule } from "./rule.ts";

/** G008: legal, since each pipeline has a database of its own, but a query that forgets the database reads the wrong one. */
export const sameTableNameElsewhere = rule("G008", {
  root({ targets }, report) {
    const table = ({ target }: Target) => tableName(target.value);
    for (const [each, earlier] of pairsBy(targets.all, table)) {
      if (earlier.pipeline === each.pipeline || earlier.target.value.location === each.target.value.location) continue;
      report(
        conflict(each, earlier, (one, other) => ({
          message: `${one} and ${other} both define table \`${table(each)}\`, in different databases`,
          note: `the table of ${other}`,
          help: "rename one folder, or qualify the table with its database in every query",
        })),
      );
    }
  },
});
