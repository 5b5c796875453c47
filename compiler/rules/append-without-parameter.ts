import { rule } from "./rule.ts";

/** W004: each execution would add the same rows again. */
export const appendWithoutParameter = rule("W004", {
  sql({ facts }, { name, publish }, report) {
    if (publish.write.value !== "append" || facts.syntaxError !== undefined || facts.params.length > 0) return;
    report({
      at: publish.write.at,
      message: `dataset \`${name.value}\` appends, but its query has no parameter: each execution adds all rows again`,
      help: "select the new rows with a parameter, for example `WHERE day = :run_date`, or use `replace`; if its source has only new rows, allow W004 with that reason",
    });
  },
});
