import type { SqlFacts } from "../parse/sql/facts.ts";
import { rule } from "./rule.ts";

/** Q002: a dataset is one query; statements that write or change anything are not the job's to run. */
export const notOneQuery = rule("Q002", {
  sql({ facts, at }, dataset, report) {
    const { statements, starts, syntaxError } = facts;
    if (syntaxError !== undefined || (statements.length === 1 && statements[0] === "query")) return;
    report({
      at: at(starts[firstWrong(statements)] ?? { offset: 0, length: 1 }),
      message: `the SQL of dataset \`${dataset.name.value}\` contains ${found(statements)}`,
      help: "write exactly one SELECT; Strata writes the result to the target",
    });
  },
});

/** The first statement that is not a query, else the second query. */
function firstWrong(statements: SqlFacts["statements"]): number {
  const other = statements.findIndex((kind) => kind !== "query");
  return other >= 0 ? other : 1;
}

function found(statements: SqlFacts["statements"]): string {
  if (statements.length === 0) return "no query";
  const other = statements.find((kind) => kind !== "query");
  return other ? `a statement that is not a query (${other.replaceAll("_", " ")})` : `${statements.length} queries`;
}
