import { ancestors } from "../resolve/locations.ts";
import { conflict } from "./conflict.ts";
import { rule } from "./rule.ts";

/** G002: replacing the outer target would take the inner one with it. */
export const nestedTargets = rule("G002", {
  root({ targets }, report) {
    for (const inner of targets.all)
      for (const location of ancestors(inner.target.value.location)) {
        const outer = targets.at({ ...inner.target.value, location }).at(-1);
        if (outer === undefined) continue;
        report(
          conflict(inner, outer, (one, other) => ({
            message: `the target of ${one} is inside the target of ${other}`,
            note: "the outer target, which each run replaces",
            help: `give each dataset a separate folder, for example \`…/${inner.name.value}/\``,
          })),
        );
      }
  },
});
