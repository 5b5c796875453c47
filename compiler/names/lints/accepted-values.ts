import { extentOf, has, nodesOf, type SyntaxNode } from "../../parse/sql/tree.ts";
import type { Lint } from "../types.ts";
import { columnOf, comparisonOf, partsOfCondition, textOf } from "./expressions.ts";
import { casesIn, type Find, type Resolved } from "./lint.ts";

/** Q052: a text that the column never has, as its `accepted_values` say. */
export const acceptedValues: Find = (resolved) => [
  ...resolved.nodes("condition").flatMap((condition) => inCondition(resolved, condition)),
  ...casesIn(resolved).flatMap(({ operand, values }) => compared(resolved, operand, values)),
];

function inCondition(resolved: Resolved, condition: SyntaxNode): Lint[] {
  const { value, predicate } = partsOfCondition(condition);
  if (value === undefined) return [];
  const comparison = comparisonOf(value);
  if (comparison && /^(=|==|<=>|<>|!=)$/.test(comparison.operator)) {
    const [left, right] = comparison.sides;
    return [...compared(resolved, left, [right]), ...compared(resolved, right, [left])];
  }
  return predicate && has(predicate, "IN") ? compared(resolved, value, nodesOf(predicate, "expr")) : [];
}

function compared(resolved: Resolved, expr: SyntaxNode, values: readonly SyntaxNode[]): Lint[] {
  const origin = columnOf(resolved, expr)?.plain;
  if (origin === undefined) return [];
  return values.flatMap((value): Lint[] => {
    const text = textOf(value);
    if (text === undefined) return [];
    const message = `\`${origin.column}\` of table \`${origin.table}\` never has the value '${text}'`;
    return [{ code: "Q052", ...extentOf(value), message, help: "", given: { kind: "not accepted", origin, text } }];
  });
}
