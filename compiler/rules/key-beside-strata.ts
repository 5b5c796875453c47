import { nearest } from "../nearest.ts";
import { STRATA_KEYS } from "../read/strata.ts";
import type { Rule } from "../resolve/world.ts";

/** Keys that describe a dataset in any configuration: nobody means ours by them. */
const ANYBODYS = ["description", "format", "allow", "keep", "compression"];

/** C024: `"starta": {"write": "append"}` is a key of the user's own, so the table would be replaced without a word. */
export const keyBesideStrata: Rule = {
  code: "C024",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      for (const dataset of pipeline.datasets.values()) {
        for (const { key } of dataset.node.entries) {
          const isOurs = STRATA_KEYS.includes(key.value) && !ANYBODYS.includes(key.value);
          const isNear = key.value !== "strata" && nearest(key.value, ["strata"]) !== undefined;
          if (!isOurs && !isNear) continue;
          report({
            code: "C024",
            pipeline: pipeline.name,
            dataset,
            at: key.at,
            message: `\`${key.value}\` of dataset \`${dataset.name.value}\` has no effect outside of \`strata\``,
            help: isOurs ? "move it into `strata`" : "did you mean `strata`?",
          });
        }
      }
    }
  },
};
