import { rule } from "./rule.ts";

/** Q012: Spark reads the text and the parser does not, so what follows from its tables and columns is not checked. */
export const sqlNotAnalyzed = rule("Q012", {
  sql({ facts, at }, dataset, report) {
    const gap = facts.notAnalyzed;
    if (gap === undefined) return;
    report({
      at: at(gap),
      message: `the SQL of dataset \`${dataset.name.value}\` is not analyzed: the parser does not support ${gap.construct}`,
      help: "no change needed: Spark supports it. Strata assumes that the query reads the listed `tables`, and does not know its columns",
    });
  },
});
