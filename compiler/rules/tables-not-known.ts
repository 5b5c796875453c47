import type { Dataset } from "../resolve/types.ts";
import { rule } from "./rule.ts";

/** Q013: the tables of a query, and where it names a database, come from its syntax tree, which there is not. */
export const tablesNotKnown = rule("Q013", {
  sql({ facts }, dataset, report) {
    const why = reasonOf(dataset);
    if (why === undefined) return;
    if (!dataset.hasTables)
      report({
        at: dataset.name.at,
        message: `dataset \`${dataset.name.value}\` has no \`tables\`, and its SQL ${why}, so the tables that it reads are not known`,
        help: "list them under `tables`, each with its `table_name` and `s3_path`",
      });
    const words = new Set(facts.words);
    for (const { name } of dataset.listed) {
      const lower = name.value.toLowerCase();
      // In backticks it is one name.
      if (!lower.includes(".") || words.has(lower)) continue;
      report({
        at: name.at,
        message: `the SQL of dataset \`${dataset.name.value}\` ${why}, so its table \`${name.value}\` is not found there`,
        help: "write a plain `table_name`, without a database, and the same name in the SQL",
      });
    }
  },
});

/** Why the query has no syntax tree; undefined where it has one, or where that is an error. */
function reasonOf({ sql, allow }: Dataset): string | undefined {
  if (sql?.facts.notAnalyzed !== undefined) return "is nested too deeply";
  return sql?.facts.syntaxError !== undefined && allow.has("Q001") ? "does not parse" : undefined;
}
