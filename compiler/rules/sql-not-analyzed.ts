import { rule } from "./rule.ts";

/** Q012: Spark may read a query that is nested deeper than the parser goes; what follows from its tables and columns is not checked. */
export const sqlNotAnalyzed = rule("Q012", {
  sql({ facts, at }, dataset, report) {
    if (facts.notAnalyzed === undefined) return;
    report({
      at: at(facts.notAnalyzed),
      message: `the SQL of dataset \`${dataset.name.value}\` is not analyzed: it is nested too deeply`,
      help: "move inner parts into a `WITH` clause; until then Strata assumes that the query reads the listed `tables`, and does not know its columns",
    });
  },
});
