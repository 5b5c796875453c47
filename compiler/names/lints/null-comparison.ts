import { extentOf, has, nodesOf, type SyntaxNode } from "../../parse/sql/tree.ts";
import type { Lint } from "../types.ts";
import { comparisonOf, constantOf, partsOfCondition } from "./expressions.ts";
import { casesIn, type Find } from "./lint.ts";

/** Q054: `a = NULL` is never true. */
export const nullComparison: Find = (resolved) => [
  ...resolved.nodes("condition").flatMap(inCondition),
  ...casesIn(resolved)
    .flatMap(({ values }) => values.filter(isNull))
    .map((each) =>
      lint(each, "`CASE … WHEN NULL` compares with NULL and is never true", "write `CASE WHEN … IS NULL THEN …`"),
    ),
];

function inCondition(node: SyntaxNode): Lint[] {
  const { value, predicate } = partsOfCondition(node);
  const comparison = value && comparisonOf(value);
  if (comparison && comparison.operator !== "<=>" && comparison.sides.some(isNull)) {
    const isEqual = /^==?$/.test(comparison.operator);
    const test = isEqual ? "IS NULL" : "IS NOT NULL";
    return [
      lint(
        value as SyntaxNode,
        `a comparison with NULL by \`${comparison.operator}\` is never true`,
        `write \`${test}\``,
      ),
    ];
  }
  const nothing = predicate && has(predicate, "IN") ? nodesOf(predicate, "expr").find(isNull) : undefined;
  if (predicate === undefined || nothing === undefined) return [];
  const isNot = nodesOf(predicate, "not").length > 0;
  return [
    isNot
      ? lint(nothing, "`NOT IN` with NULL in its list is never true", "delete the NULL, or write `AND … IS NOT NULL`")
      : lint(nothing, "the list of `IN` has NULL, which is equal to no value", "write `… IN (…) OR … IS NULL`"),
  ];
}

const isNull = (expr: SyntaxNode) => constantOf(expr)?.toUpperCase() === "NULL";

function lint(at: SyntaxNode, message: string, help: string): Lint {
  return { code: "Q054", ...extentOf(at), message, help };
}
