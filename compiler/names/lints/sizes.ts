/** Queries that give one row, or few. */

import { kindOfFunction } from "../../functions/functions.ts";
import { has, isNode, nameOf, nodesIn, nodesOf, type SyntaxNode } from "../../parse/sql/tree.ts";
import { functionOf } from "../shapes.ts";
import { constantOf } from "./expressions.ts";

/** The common table expressions of a text. */
export interface Ctes {
  /** By their names in lower case. */
  readonly byName: ReadonlyMap<string, SyntaxNode>;
  /** Of each query that was asked for, whether it gives one row: false while that is found out, so that a recursive one ends. */
  readonly isOneRow: Map<SyntaxNode, boolean>;
}

export function ctesOf(ctes: readonly SyntaxNode[]): Ctes {
  const queries = ctes.flatMap((cte) =>
    nodesOf(cte, "query").map((inner) => [nameOf(cte).toLowerCase(), inner] as const),
  );
  return { byName: new Map(queries), isOneRow: new Map() };
}

/** True for an aggregate of all rows, `LIMIT 1`, a SELECT without FROM, VALUES, and unions of such. */
export function isOneRow(query: SyntaxNode, ctes: Ctes = ctesOf([])): boolean {
  const known = ctes.isOneRow.get(query);
  if (known !== undefined) return known;
  ctes.isOneRow.set(query, false);
  const found = givesOneRow(query, ctes);
  ctes.isOneRow.set(query, found);
  return found;
}

function givesOneRow(query: SyntaxNode, ctes: Ctes): boolean {
  const limit = nodesOf(query, "order")
    .flatMap((order) => nodesOf(order, "expr"))
    .some((each) => constantOf(each) === "1");
  if (limit) return true;
  const [term] = nodesOf(query, "term");
  const operands = term === undefined || has(term, "|>") ? [] : nodesOf(term, "operand");
  return operands.length > 0 && operands.every((operand) => isOneRowOperand(operand, ctes));
}

function isOneRowOperand(operand: SyntaxNode, ctes: Ctes): boolean {
  const [inner] = nodesOf(operand, "query");
  if (inner !== undefined) return isOneRow(inner, ctes);
  if (nodesOf(operand, "values").length > 0) return true;
  const [select] = nodesOf(operand, "select");
  const [from] = nodesOf(operand, "from");
  if (select === undefined) return false;
  const clauses = nodesOf(operand, "clauses");
  if (clauses.some((each) => nodesOf(each, "group").length > 0)) return false;
  if (from === undefined || nodesOf(select, "named").some(isAggregate)) return true;
  if (clauses.some((each) => nodesOf(each, "view").length > 0)) return false;
  const relations = nodesOf(from, "relation");
  return nodesIn(from).length === relations.length && relations.every((relation) => isOneRowRelation(relation, ctes));
}

function isOneRowRelation(relation: SyntaxNode, ctes: Ctes): boolean {
  const sources = [relation, ...nodesOf(relation, "join")].flatMap((each) => nodesOf(each, "source"));
  return sources.every((source) => isSmall(source, ctes));
}

/** True for a source of FROM of which a product with another is meant: one row, VALUES, a function. */
export function isSmall(source: SyntaxNode, ctes: Ctes): boolean {
  const query = queryOf(source, ctes);
  if (query !== undefined) return isOneRow(query, ctes);
  return nodesOf(source, "values").length > 0 || nodesOf(source, "function").length > 0;
}

/** The query that a source is: a sub-query, or a common table expression. */
export function queryOf(source: SyntaxNode, ctes: Ctes): SyntaxNode | undefined {
  const [inner] = nodesOf(source, "query");
  if (inner !== undefined) return inner;
  const [name, more] = nodesOf(source, "reference")
    .flatMap((each) => nodesOf(each, "qualified"))
    .flatMap(nodesIn);
  return name === undefined || more !== undefined ? undefined : ctes.byName.get(nameOf(name).toLowerCase());
}

function isAggregate(item: SyntaxNode): boolean {
  const open = [item];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.rule === "query") continue;
    if (node.rule === "call" && !has(node, "OVER") && kindOfFunction(functionOf(node)) === "aggregate") return true;
    for (const part of node.parts) if (isNode(part)) open.push(part);
  }
  return false;
}
