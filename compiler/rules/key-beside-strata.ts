import type { Fix } from "../diagnostics.ts";
import { wrapEntry } from "../fix/json.ts";
import { offeredFix, offerName } from "../fix/offer.ts";
import { nearest } from "../nearest.ts";
import type { LocatedText } from "../parse/text.ts";
import { type Entry, member } from "../parse/tree.ts";
import { STRATA_KEYS } from "../read/strata.ts";
import { rule } from "./rule.ts";

/** Keys that describe a dataset in any configuration, so they are not misspelt settings. */
const ANYBODYS = ["description", "format", "allow", "keep", "compression"];

/** C024: `"starta": {"write": "append"}` is an unknown key, so the table would silently be replaced. */
export const keyBesideStrata = rule("C024", {
  dataset({ name, node, pipeline }, report) {
    const hasStrata = member(node, "strata") !== undefined;
    for (const entry of node.entries) {
      const { key } = entry;
      const isOurs = STRATA_KEYS.includes(key.value) && !ANYBODYS.includes(key.value);
      const isNear = key.value !== "strata" && nearest(key.value, ["strata"]) !== undefined;
      if (!isOurs && !isNear) continue;
      report({
        at: key.at,
        message: `\`${key.value}\` of dataset \`${name.value}\` has no effect outside \`strata\``,
        help: isOurs ? "move it into `strata`" : "did you mean `strata`?",
        fixes: hasStrata ? [] : isOurs ? [intoStrata(entry, pipeline.queries)] : offerName(key, "strata"),
      });
    }
  },
});

function intoStrata(entry: Entry, source: LocatedText): Fix {
  return offeredFix(`move \`${entry.key.value}\` into \`strata\``, wrapEntry(source, entry, "strata"));
}
