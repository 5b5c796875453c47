import { suggestOr } from "../nearest.ts";
import { rule } from "./rule.ts";

/** Q007: Spark fails at the first row on an unbound parameter. */
export const undeclaredParameter = rule("Q007", {
  sql({ facts, at }, { pipeline }, report) {
    if (!pipeline.extras.hasAllParams) return;
    const declared = pipeline.extras.params.map(({ name }) => name.value);
    const seen = new Set(declared);
    for (const use of facts.params) {
      if (seen.has(use.name)) continue;
      seen.add(use.name);
      const otherCase = declared.find((name) => name.toLowerCase() === use.name.toLowerCase());
      report({
        at: at(use),
        message: `parameter \`:${use.name}\` is not declared`,
        help: otherCase
          ? `write \`:${otherCase}\`: names of parameters are case-sensitive`
          : suggestOr(use.name, declared, "parameter", "declare it under `params` in `pipeline.yaml` with a `type`"),
      });
    }
  },
});
