/** PIVOT and UNPIVOT: columns of rows, and rows of columns. */

import { isNode, nameOf, nodesOf, type SyntaxNode } from "../parse/sql/tree.ts";
import { walkAll } from "./expressions.ts";
import { aliasOf } from "./items.ts";
import { type Attribute, computed, type From, fromOf, keptOf, type Run, relationOf, type Scope } from "./model.ts";
import { asExpression, primaryOf } from "./shapes.ts";
import { titleOf } from "./titles.ts";

/** What PIVOT makes of a FROM: the columns that it does not name, and one for each value and aggregate. */
export function pivoted(run: Run, pivot: SyntaxNode, scope: Scope): From {
  const { from } = scope;
  const aggregates = nodesOf(pivot, "named");
  const found = walkAll(run, aggregates, scope);
  const keys = walkAll(run, keyNodes(pivot).map(asExpression), scope);
  const used = new Set([...found, ...keys].map(({ id }) => id));
  const kept = from.star.filter(({ id }) => !used.has(id));
  const names = valuesOf(run, pivot).flatMap((value) =>
    aggregates.map((each) => {
      if (aggregates.length === 1) return value;
      const alias = aliasOf(each);
      const title = alias ? nameOf(alias) : titleOf(run, each.parts[0] as SyntaxNode);
      return value === undefined || title === undefined ? undefined : `${value}_${title}`;
    }),
  );
  const made = names.map((name) => computed(name ?? "", [...found, ...keys], pivot));
  return besides(from, kept, made);
}

/** Columns that stay under their tables' names, and new ones behind them. */
function besides(from: From, kept: readonly Attribute[], made: readonly Attribute[]): From {
  const { relations, hidden } = keptOf(from, { attributes: kept });
  return {
    relations: [...relations, relationOf([], { attributes: made, isOpen: from.isOpen })],
    star: [...kept, ...made],
    hidden,
    isOpen: from.isOpen,
  };
}

/** `FOR a`, `FOR (a, b)`. */
function keyNodes(pivot: SyntaxNode): SyntaxNode[] {
  const at = pivot.parts.findIndex((part) => !isNode(part) && part.upper === "FOR");
  const key = pivot.parts[at + 1];
  return !isNode(key) ? [] : key.rule === "columns" ? nodesOf(key, "name") : [key];
}

/** What the values call their columns; undefined where that is not sure. */
function valuesOf(run: Run, pivot: SyntaxNode): (string | undefined)[] {
  const names = keyNodes(pivot);
  return pivot.parts.flatMap((part, index) => {
    if (!isNode(part) || part.rule !== "expr") return [];
    const [next, then] = pivot.parts.slice(index + 1);
    const alias = isNode(next) ? next : !isNode(next) && next?.upper === "AS" && isNode(then) ? then : undefined;
    if (alias?.rule === "name" && !names.includes(alias)) return [nameOf(alias)];
    return [valueTitle(run, part)];
  });
}

/** `NULL` is called `null`, a date after its digits; of a list of values the name is not sure. */
function valueTitle(run: Run, expr: SyntaxNode): string | undefined {
  if (primaryOf(expr) !== undefined) return undefined;
  const title = titleOf(run, expr);
  // Of a list Spark prints its values.
  if (title?.includes("(")) return undefined;
  if (title === "NULL") return "null";
  return title?.replace(/^DATE '(.*)'$/, "$1");
}

/** What UNPIVOT makes of a FROM: the columns that it does not name, the one of their names, those of their values. */
export function unpivoted(run: Run, unpivot: SyntaxNode, scope: Scope): From {
  const columns = nodesOf(unpivot, "qualified");
  const found = walkAll(run, columns.map(qualifiedExpression), scope);
  const used = new Set(found.map(({ id }) => id));
  const kept = scope.from.star.filter(({ id }) => !used.has(id));
  const [list] = nodesOf(unpivot, "columns");
  const [first, second] = nodesOf(unpivot, "name");
  const values = list ? nodesOf(list, "name") : first ? [first] : [];
  const variable = list ? first : second;
  const made = [variable, ...values].map((each) => computed(each ? nameOf(each) : "", found, unpivot));
  const from = besides(scope.from, kept, made);
  const last = unpivot.parts.at(-1);
  const alias = isNode(last) && last.rule === "newName" ? nodesOf(last, "name")[0] : undefined;
  if (alias === undefined) return from;
  return fromOf(relationOf([nameOf(alias).toLowerCase()], { attributes: from.star, isOpen: from.isOpen }));
}

/** `t.a` as the expression that it would be elsewhere. */
function qualifiedExpression(qualified: SyntaxNode): SyntaxNode {
  const [first, ...more] = qualified.parts;
  return { rule: "primary", parts: [{ rule: "operandValue", parts: first ? [first] : [] }, ...more] };
}
