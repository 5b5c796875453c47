import { conflict, pairsBy } from "./conflict.ts";
import { rule } from "./rule.ts";

/** G001: the second writer destroys what the first one wrote, in every run. */
export const sameTarget = rule("G001", {
  root({ targets }, report) {
    for (const [each, earlier] of pairsBy(targets.all, ({ target }) => target.value.location))
      report(
        conflict(each, earlier, (one, other) => ({
          message: `${one} and ${other} write the same target`,
          note: `target of ${other}`,
          help: `give each dataset a separate folder, for example \`…/${each.name.value}/\``,
        })),
      );
  },
});
