import { has, nodesIn, nodesOf, type SyntaxNode } from "../../parse/sql/tree.ts";
import type { Lint } from "../types.ts";
import { columnOf, comparisonOf, conjunctsOf, extentFrom, partsOfCondition } from "./expressions.ts";
import type { Find, Resolved } from "./lint.ts";

/** Q053: one NULL in the sub-query, and `NOT IN` is true for no row. */
export const notIn: Find = (resolved) => resolved.nodes("expr").flatMap((expr) => inExpr(resolved, expr));

function inExpr(resolved: Resolved, expr: SyntaxNode): Lint[] {
  return nodesIn(expr).flatMap((condition, at, all) => {
    const { value, predicate } = partsOfCondition(condition);
    const [query] = predicate && has(predicate, "IN") ? nodesOf(predicate, "query") : [];
    if (query === undefined || value === undefined || predicate === undefined) return [];
    const isNot = nodesOf(predicate, "not").length > 0 !== (all[at - 1]?.rule === "not");
    const found = isNot ? nullableColumn(resolved, query) : undefined;
    return found ? [lint(extentFrom(value, predicate), found)] : [];
  });
}

type Nullable = Pick<Lint, "given"> & { readonly name: string };

function lint(place: ReturnType<typeof extentFrom>, { name, given }: Nullable): Lint {
  return {
    code: "Q053",
    ...place,
    message: `\`NOT IN\` is true for no row if the sub-query gives one NULL in \`${name}\``,
    help: `write \`WHERE ${name} IS NOT NULL\` in the sub-query, or expect \`not_null\` of the column where it is written`,
    ...(given ? { given } : {}),
  };
}

/** The column of a sub-query that may be NULL; undefined where it cannot be, and where that is not known. */
function nullableColumn(resolved: Resolved, query: SyntaxNode): Nullable | undefined {
  const operands = nodesOf(query, "term").flatMap((term) => nodesOf(term, "operand"));
  const [operand, more] = operands;
  const [select] = operand && more === undefined ? nodesOf(operand, "select") : [];
  const [item, other] = select ? nodesOf(select, "named") : [];
  const expr = item && other === undefined ? nodesOf(item, "expr")[0] : undefined;
  const column = expr && columnOf(resolved, expr);
  if (operand === undefined || column === undefined || column.name === "") return undefined;
  const filters = [
    ...nodesOf(operand, "clauses").flatMap((each) => nodesOf(each, "where")),
    ...nodesOf(operand, "from")
      .flatMap((each) => nodesOf(each, "relation"))
      .flatMap((each) => nodesOf(each, "join"))
      .filter((join) => nodesOf(join, "joinKind").every(isInner)),
  ].flatMap((each) => nodesOf(each, "expr"));
  if (filters.flatMap(conjunctsOf).some((condition) => excludesNull(resolved, condition, column.id))) return undefined;
  // What a query computes may be NULL or not.
  if (column.plain === undefined) return undefined;
  return { name: column.name, given: { kind: "nullable", origin: column.plain } };
}

const isInner = (kind: SyntaxNode) =>
  kind.parts.length === 0 ||
  has(kind, "INNER") ||
  nodesIn(kind).every((each) => each.parts.length === 0 || has(each, "INNER"));

/** True for a condition that is not true where the column is NULL. */
function excludesNull(resolved: Resolved, condition: SyntaxNode, id: object): boolean {
  const { value, predicate } = partsOfCondition(condition);
  if (value === undefined) return false;
  const is = (expr: SyntaxNode) => columnOf(resolved, expr)?.id === id;
  const comparison = comparisonOf(value);
  if (comparison) return comparison.operator !== "<=>" && comparison.sides.some(is);
  if (predicate === undefined || !is(value)) return false;
  return !has(predicate, "IS") || (nodesOf(predicate, "not").length > 0 && has(predicate, "NULL"));
}
