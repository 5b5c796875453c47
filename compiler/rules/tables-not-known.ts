import { rule } from "./rule.ts";

/** C026: the tables of a query come from its syntax tree, which there is not. */
export const tablesNotKnown = rule("C026", {
  sql({ facts }, dataset, report) {
    if (dataset.hasTables) return;
    const isAllowed = facts.syntaxError !== undefined && dataset.allow.has("Q001");
    if (!isAllowed && facts.notAnalyzed === undefined) return;
    report({
      at: dataset.name.at,
      message: `dataset \`${dataset.name.value}\` has no \`tables\`, and its SQL ${isAllowed ? "does not parse" : "is nested too deeply"}, so the tables that it reads are not known`,
      help: "list them under `tables`, each with its `table_name` and `s3_path`",
    });
  },
});
