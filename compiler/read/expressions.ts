/** Expressions of expectations are SQL, too. */

import type { WrongCall } from "../parse/sql/calls.ts";
import type { SqlFacts } from "../parse/sql/facts.ts";

/** What the attempt's rows are called in expectations (glue/strata_glue/target/expectations.py). */
export const RESULT_VIEW = "strata_result";

/**
 * Two queries that both parse only if the text is one expression: in the first a second clause or a closing bracket
 * would be a mistake, in the second one that only a WHERE clause allows.
 */
export function expressionQueries(expression: string): readonly [where: string, inBrackets: string] {
  return [
    `SELECT 1 FROM ${RESULT_VIEW} WHERE\n${expression}\n`,
    `SELECT 1 FROM ${RESULT_VIEW} WHERE (\n${expression}\n)`,
  ];
}

/** What is wrong with an expression; undefined if nothing is. */
export function expressionProblem(expression: string, factsOf: (sql: string) => SqlFacts): string | undefined {
  const found = expressionQueries(expression).map(factsOf);
  for (const { syntaxError, notAnalyzed, statements, tables, params, positional, aggregates } of found) {
    if (syntaxError !== undefined) return `does not parse: ${syntaxError.message}`;
    if (notAnalyzed !== undefined) return "is nested too deeply";
    if (statements.length !== 1) return "is more than one statement";
    if (params.length > 0 || positional.length > 0) return "uses a parameter";
    if (tables.length !== 1) return "reads another table";
    if (aggregates) return "looks at more than one row";
  }
  return undefined;
}

/** Calls in an expression that Spark cannot make. */
export function expressionCalls(expression: string, factsOf: (sql: string) => SqlFacts): readonly WrongCall[] {
  return factsOf(expressionQueries(expression)[0]).wrongCalls;
}
