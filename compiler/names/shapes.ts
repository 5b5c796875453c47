/** What an expression is, without brackets and the rules around it: a column reference, a star, a call, a row, a cast. */

import type { Extent } from "../parse/sql/extent.ts";
import { chainOf, extentOf, has, isNode, nameOf, nodesIn, nodesOf, type SyntaxNode } from "../parse/sql/tree.ts";
import { castTypeOf } from "./fields.ts";
import { type Attribute, isMade, type Run } from "./model.ts";

/** Functions that give a row for each of their argument's values. */
export const GENERATORS = /^(explode|explode_outer|posexplode|posexplode_outer|inline|inline_outer|stack|json_tuple)$/;

/** The names of `a.b.c` at the beginning of a `primary`; undefined for anything else. */
export function pathOf(primary: SyntaxNode): readonly SyntaxNode[] | undefined {
  const path = chainOf(primary);
  return path.length === 0 ? undefined : path;
}

/** The name of a call in lower case; empty for one that is made at run time or has a database. */
export function functionOf(call: SyntaxNode): string {
  const [called] = nodesOf(call, "function");
  const [qualified] = called ? nodesOf(called, "qualified") : [];
  const [name, more] = qualified ? nodesIn(qualified) : [];
  return name === undefined || more !== undefined || isMade(name) ? "" : nameOf(name).toLowerCase();
}

/** `*` or `t.*` that an expression is (a node `operandValue`): no other operand has that sign of its own. */
export function starOf(expr: SyntaxNode): SyntaxNode | undefined {
  const value = bareOf(expr);
  return value.rule === "operandValue" && has(value, "*") ? value : undefined;
}

/** True for `*` alone. */
export function isStar(expr: SyntaxNode): boolean {
  return starOf(expr)?.parts.length === 1;
}

/** How many columns an expression has: more than one for `(a, b)`. */
export function widthOf(expr: SyntaxNode): number {
  const value = bareOf(expr);
  if (value.rule === "call" && functionOf(value) === "struct") return Math.max(1, nodesOf(value, "argument").length);
  const isRow = value.rule === "operandValue" && (has(value, "STRUCT") || !has(value, "->"));
  return isRow ? Math.max(1, nodesOf(value, "named").length) : 1;
}

/** The place of the first SELECT of a query with its list, or of the whole query. */
export function listOf(query: SyntaxNode): Extent {
  for (let node: SyntaxNode | undefined = query; node !== undefined; ) {
    const [select] = nodesOf(node, "select");
    if (select !== undefined) return extentOf(select);
    node = nodesIn(node).find(({ rule }) => /^(term|operand|query)$/.test(rule));
  }
  return extentOf(query);
}

/** The node that a node consists of, and that of it, brackets left out, until one has several parts or names something. */
export function bareOf(node: SyntaxNode): SyntaxNode {
  for (let current = node; ; ) {
    const [part, inner, close, more] = current.parts;
    if (isNode(part) && inner === undefined && part.rule !== "name") current = part;
    else if (isBracket(part) && isNode(inner) && inner.rule === "expr" && close !== undefined && more === undefined)
      current = inner;
    else return current;
  }
}

const isBracket = (part: SyntaxNode["parts"][number] | undefined) => !isNode(part) && part?.text === "(";

/** The attribute that an expression is and nothing else: `a`, `(t.a)`. */
export function plainOf(run: Run, expr: SyntaxNode): Attribute | undefined {
  const primary = primaryOf(expr);
  return primary && run.attributes.get(primary);
}

/** The column reference that an expression is and nothing else. */
export function primaryOf(expr: SyntaxNode): SyntaxNode | undefined {
  for (let current = expr; ; ) {
    if (current.rule === "primary") {
      const path = pathOf(current);
      if (path !== undefined) return 2 * path.length - 1 === current.parts.length ? current : undefined;
    }
    const [part, inner, close, more] = current.parts;
    if (isNode(part) && inner === undefined) current = part;
    else if (isBracket(part) && isNode(inner) && inner.rule === "expr" && close !== undefined && more === undefined)
      current = inner;
    else return undefined;
  }
}

/** The last of the names of a column reference; empty where it is made at run time. */
export function writtenName(primary: SyntaxNode): string {
  const last = pathOf(primary)?.at(-1);
  return last === undefined || isMade(last) ? "" : nameOf(last);
}

/** A cast that an expression is: `CAST(a AS INT)`, `a::INT`. */
export interface Cast {
  /** The type that it gives, as far as it is a plain one. */
  readonly type: string | undefined;
  /** The name of the column that it casts, which it keeps; undefined where it casts something else. */
  readonly name: string | undefined;
}

export function castOf(run: Run, expr: SyntaxNode): Cast | undefined {
  const value = bareOf(expr);
  const [type] = nodesOf(value, "type");
  if (type === undefined) return undefined;
  const inside = value.rule === "operandValue" ? nodesOf(value, "expr")[0] : undefined;
  const primary = inside ? primaryOf(inside) : value;
  const isCast = value.rule === "primary" && value.parts.at(-1) === type;
  if (inside === undefined && !isCast) return undefined;
  const isColumn = inside !== undefined || 2 * (pathOf(value)?.length ?? 0) + 1 === value.parts.length;
  return { type: castTypeOf(type), name: isColumn && primary ? castName(run, primary) : undefined };
}

function castName(run: Run, primary: SyntaxNode): string | undefined {
  const attribute = run.attributes.get(primary);
  const isColumn = attribute ? !attribute.isField : run.unclear.has(primary) && pathOf(primary)?.length === 1;
  return isColumn ? (run.wrong.has(primary) ? "" : writtenName(primary)) : undefined;
}

/** A name as the expression that it would be elsewhere. */
export function asExpression(name: SyntaxNode): SyntaxNode {
  return { rule: "primary", parts: [{ rule: "operandValue", parts: [name] }] };
}
