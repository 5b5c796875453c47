import { nearest } from "../nearest.ts";
import { STRATA_KEYS } from "../read/strata.ts";
import { rule } from "./rule.ts";

/** Keys that describe a dataset in any configuration, so they are not misspelt settings. */
const ANYBODYS = ["description", "format", "allow", "keep", "compression"];

/** C024: `"starta": {"write": "append"}` is an unknown key, so the table would silently be replaced. */
export const keyBesideStrata = rule("C024", {
  dataset({ name, node }, report) {
    for (const { key } of node.entries) {
      const isOurs = STRATA_KEYS.includes(key.value) && !ANYBODYS.includes(key.value);
      const isNear = key.value !== "strata" && nearest(key.value, ["strata"]) !== undefined;
      if (!isOurs && !isNear) continue;
      report({
        at: key.at,
        message: `\`${key.value}\` of dataset \`${name.value}\` has no effect outside \`strata\``,
        help: isOurs ? "move it into `strata`" : "did you mean `strata`?",
      });
    }
  },
});
