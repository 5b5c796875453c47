import { expressionProblem } from "../read/expressions.ts";
import { rule } from "./rule.ts";

/** E002: the text becomes part of a query, so it must be one condition and nothing else. */
export const expectationExpression = rule("E002", {
  expectation({ body }, _, report, { factsOf }) {
    if (body.kind !== "expression") return;
    const problem = expressionProblem(body.sql.value, factsOf);
    if (problem === undefined) return;
    report({
      at: body.sql.at,
      message: `the expression of an expectation ${problem}`,
      help: "write one condition on the result's columns, for example `amount >= 0`",
    });
  },
});
