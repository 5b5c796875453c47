import { adviseSqlName } from "../fix/offer.ts";
import { rule } from "./rule.ts";

/** Q007: Spark fails at the first row on an unbound parameter. */
export const undeclaredParameter = rule("Q007", {
  sql(sql, { pipeline }, report) {
    if (!pipeline.extras.hasAllParams) return;
    const declared = pipeline.extras.params.map(({ name }) => name.value);
    const seen = new Set(declared);
    for (const use of sql.facts.params) {
      if (seen.has(use.name)) continue;
      seen.add(use.name);
      const otherCase = declared.find((name) => name.toLowerCase() === use.name.toLowerCase());
      const colon = sql.text.slice(use.offset, use.offset + use.length).search(/[^:\s]/);
      const written = { name: use.name, offset: use.offset + colon, length: use.length - colon };
      const otherwise = "declare it under `params` in `pipeline.yaml` with a `type`";
      report({
        at: sql.at(use),
        message: `parameter \`:${use.name}\` is not declared`,
        ...adviseSqlName(sql, written, declared, "parameter", otherwise),
        ...(otherCase && { help: `write \`:${otherCase}\`: names of parameters are case-sensitive` }),
      });
    }
  },
});
