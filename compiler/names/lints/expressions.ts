/** Parts of expressions as lints look at them. The tree has operators of one value in a row, whatever they bind. */

import { extentOf, has, isNode, nodesIn, nodesOf, type SyntaxNode } from "../../parse/sql/tree.ts";
import type { Attribute } from "../model.ts";
import { bareOf, primaryOf } from "../shapes.ts";
import type { Resolved } from "./lint.ts";

const COMPARISON = /^(=|==|<=>|<>|!=|<|<=|>|>=)$/;

/** Two sides of the only comparison in a value. */
export interface Comparison {
  readonly operator: string;
  readonly sides: readonly [SyntaxNode, SyntaxNode];
}

/** The comparison that a `value` is; undefined for anything else, and for several of them. */
export function comparisonOf(value: SyntaxNode): Comparison | undefined {
  const operators = nodesOf(value, "operator").map((each) =>
    each.parts.map((part) => (isNode(part) ? "" : part.text)).join(""),
  );
  const [at, more] = operators.flatMap((operator, index) => (COMPARISON.test(operator) ? [2 * index + 1] : []));
  if (at === undefined || more !== undefined) return undefined;
  const side = (parts: SyntaxNode["parts"]): SyntaxNode => ({ rule: "value", parts });
  const operator = operators[(at - 1) / 2] ?? "";
  return { operator, sides: [side(value.parts.slice(0, at)), side(value.parts.slice(at + 1))] };
}

/** The constant that an expression is, such as `NULL` or `'a'`, as written; undefined for anything else. */
export function constantOf(expr: SyntaxNode): string | undefined {
  const value = bareOf(expr);
  if (value.rule !== "constant" && value.rule !== "text") return undefined;
  const [token, more] = value.parts;
  return more === undefined && token !== undefined && !isNode(token) ? token.text : undefined;
}

/** The text that an expression is, without quotes; undefined for anything else, and for texts with escapes. */
export function textOf(expr: SyntaxNode): string | undefined {
  const constant = constantOf(expr);
  return constant !== undefined && /^(['"])[^'"\\]*\1$/.test(constant) ? constant.slice(1, -1) : undefined;
}

/** The column that an expression is and nothing else. */
export function columnOf({ run }: Pick<Resolved, "run">, expr: SyntaxNode): Attribute | undefined {
  const primary = primaryOf(expr);
  const attribute = primary && run.attributes.get(primary);
  return attribute?.isField ? undefined : attribute;
}

/** The conditions that all hold where an expression is true: those that AND joins, brackets around them left out. */
export function conjunctsOf(expr: SyntaxNode): SyntaxNode[] {
  if (has(expr, "OR") || nodesOf(expr, "not").length > 0) return [expr];
  return nodesOf(expr, "condition").flatMap((condition) => {
    const inner = bracketed(condition);
    return inner ? conjunctsOf(inner) : [condition];
  });
}

/** The expression in brackets that a condition is. */
export function bracketed(condition: SyntaxNode): SyntaxNode | undefined {
  let node = condition;
  for (let [part] = node.parts; node.parts.length === 1 && isNode(part); [part] = node.parts) node = part;
  const [, inner] = node.parts;
  const isBracket = node.rule === "operandValue" && node.parts.length === 3 && has(node, "(");
  return isBracket && isNode(inner) && inner.rule === "expr" ? inner : undefined;
}

/** The place from one part of a node to another. */
export function extentFrom(first: SyntaxNode, last: SyntaxNode) {
  const [{ offset }, end] = [extentOf(first), extentOf(last)];
  return { offset, length: end.offset + end.length - offset };
}

/** The value and the predicate of a `condition`. */
export function partsOfCondition(condition: SyntaxNode): {
  value: SyntaxNode | undefined;
  predicate: SyntaxNode | undefined;
} {
  const [value, predicate] = nodesIn(condition);
  return value?.rule === "value" ? { value, predicate } : { value: undefined, predicate: undefined };
}

/** The select list of a query's result; empty where it is not one SELECT's. */
export function itemsOf(query: SyntaxNode): SyntaxNode[] {
  const [operand] = nodesOf(query, "term").flatMap((term) => (has(term, "|>") ? [] : nodesOf(term, "operand")));
  if (operand === undefined) return [];
  const [inner] = nodesOf(operand, "query");
  if (inner !== undefined) return itemsOf(inner);
  const [select] = nodesOf(operand, "select");
  return select ? nodesOf(select, "named") : [];
}

/** The word that a node itself begins with, in upper case; empty where that is another node. */
export function firstWord({ parts: [first] }: SyntaxNode): string {
  return first === undefined || isNode(first) ? "" : first.upper;
}
