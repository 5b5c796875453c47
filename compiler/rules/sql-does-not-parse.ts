import { rule } from "./rule.ts";

const UNSURE =
  'fix the SQL; if Spark accepts it, allow it for this dataset: `"strata": {"allow": {"Q001": "<reason>"}}`';

/** Q001: the parser refuses the text. It does not know all of Spark, so a dataset may allow it with a reason. */
export const sqlDoesNotParse = rule("Q001", {
  sql({ facts, at }, dataset, report) {
    const mistake = facts.syntaxError;
    if (mistake === undefined) return;
    report({
      at: at(mistake),
      message: `the SQL of dataset \`${dataset.name.value}\` does not parse: ${mistake.message}`,
      help: mistake.help ?? UNSURE,
    });
  },
});
