/** One SELECT: what FROM gives, then WHERE, GROUP BY, the select list and HAVING, in Spark's order. */

import { has, isNode, nameOf, nodesIn, nodesOf, type SyntaxNode } from "../parse/sql/tree.ts";
import { walkAll } from "./expressions.ts";
import { aliasOf, columnsOf } from "./items.ts";
import { joined } from "./joins.ts";
import {
  type Attribute,
  beside,
  type Cte,
  computed,
  countColumns,
  type From,
  fromOf,
  isMade,
  keptOf,
  type NewNames,
  NO_FROM,
  type Result,
  type Run,
  relationOf,
  type Scope,
} from "./model.ts";
import { pivoted, unpivoted } from "./pivots.ts";
import { pathOf, primaryOf } from "./shapes.ts";
import { sourceOf, viewOf } from "./sources.ts";

/** Where a part of a query is. */
export interface Place {
  readonly ctes: Cte | undefined;
  readonly outer: Scope | undefined;
}

/** What a FROM gives (a node `from`); `aliases`: the new names that it does not see. */
export function fromClause(run: Run, node: SyntaxNode, place: Place, aliases?: Scope["aliases"]): From {
  let from = NO_FROM;
  for (const part of nodesIn(node)) {
    const scope: Scope = { ...place, from, aliases };
    if (part.rule === "relation") from = relationFrom(run, part, scope);
    else from = shaped(run, part, scope);
  }
  return from;
}

/** A relation with its joins, beside what is to the left of it. */
function relationFrom(run: Run, relation: SyntaxNode, scope: Scope): From {
  let { from } = scope;
  for (const part of nodesIn(relation)) {
    const here = { ...scope, from };
    if (part.rule === "source") from = beside(from, source(run, part, here, has(relation, "LATERAL")));
    else if (part.rule === "join") from = joinedTo(run, part, here);
    else from = shaped(run, part, here);
  }
  return from;
}

/** What a join (a node `join`) makes of what is to the left of it. */
export function joinedTo(run: Run, join: SyntaxNode, scope: Scope): From {
  const [right] = nodesOf(join, "source");
  if (right === undefined) return scope.from;
  return joined(run, join, scope.from, source(run, right, scope, has(join, "LATERAL")), scope);
}

function source(run: Run, node: SyntaxNode, scope: Scope, isLateral: boolean): From {
  const from = sourceOf(run, node, scope, isLateral, (inner) => relationFrom(run, inner, { ...scope, from: NO_FROM }));
  countColumns(run, from.star);
  return from;
}

/** What LATERAL VIEW, PIVOT or UNPIVOT makes of a FROM. */
export function shaped(run: Run, node: SyntaxNode, scope: Scope): From {
  if (node.rule === "view") return beside(scope.from, fromOf(viewOf(run, node, scope)));
  if (node.rule === "pivot") return pivoted(run, node, scope);
  return node.rule === "unpivot" ? unpivoted(run, node, scope) : scope.from;
}

/** The columns of a SELECT (a node `select`) on a FROM, with its clauses (a node `clauses`). */
export function selectFrom(
  run: Run,
  select: SyntaxNode,
  fromNode: SyntaxNode | undefined,
  clauses: SyntaxNode | undefined,
  place: Place,
  given?: From,
): Result {
  const items = nodesOf(select, "named");
  const aliases = aliasesOf(items);
  let from = given ?? (fromNode ? fromClause(run, fromNode, place, aliases) : NO_FROM);
  for (const view of clauses ? nodesOf(clauses, "view") : []) from = shaped(run, view, { ...place, from, aliases });
  const scope: Scope = { ...place, from, aliases, windows: new Set() };
  const clause = (rule: string) => (clauses ? nodesOf(clauses, rule) : []);
  walkAll(run, clause("where"), { ...scope, clause: "WHERE" });
  walkAll(run, clause("group"), { ...scope, newNames: futureNames(items), takesFirst: true });
  const result = selectList(run, items, scope);
  const names = namesIn(result.attributes);
  walkAll(run, clause("having"), { ...scope, newNames: names, isHaving: true });
  run.scopes.set(select, scope);
  for (const windows of clause("windows")) walkWindows(run, windows, scope);
  const isDistinct = nodesOf(select, "quantifier").some((each) => has(each, "DISTINCT"));
  return { ...result, scope: isDistinct ? { ...scope, from: keptOf(from, result), behind: from } : scope };
}

/** The columns of a list of items; each sees the new names of those before it. */
export function selectList(run: Run, items: readonly SyntaxNode[], scope: Scope): Result {
  const attributes: Attribute[] = [];
  const newNames = new Map<string, Attribute[]>();
  let isOpen = false;
  const inside: Scope = { ...scope, newNames };
  for (const item of items) {
    const found = columnsOf(run, item, inside);
    isOpen ||= found.isOpen;
    // The field of a struct is a new name, too; for what reads the result it is a column like others.
    const isNew = aliasOf(item) !== undefined || found.attributes.some(({ isField }) => isField);
    for (const { isField: _, ...each } of found.attributes) {
      attributes.push(each);
      if (isNew) add(newNames, each);
    }
  }
  countColumns(run, attributes);
  return { attributes, isOpen };
}

/** Definitions of windows that are used: Spark does not look at others. */
export function walkWindows(run: Run, node: SyntaxNode, scope: Scope): void {
  const names = nodesOf(node, "name");
  for (const [index, window] of nodesOf(node, "window").entries()) {
    const name = names[index];
    if (name && scope.windows?.has(nameOf(name).toLowerCase())) walkAll(run, [window], scope);
  }
}

function aliasesOf(items: readonly SyntaxNode[]): Map<string, SyntaxNode> {
  const found = new Map<string, SyntaxNode>();
  for (const item of items) {
    const alias = aliasOf(item);
    if (alias !== undefined && !isMade(alias)) found.set(nameOf(alias).toLowerCase(), item);
  }
  return found;
}

/** What GROUP BY may call the items, before they are looked up: new names, and the fields of structs. */
function futureNames(items: readonly SyntaxNode[]): NewNames {
  const found = new Map<string, Attribute[]>();
  for (const item of items) {
    const expr = item.parts[0] as SyntaxNode;
    const primary = primaryOf(expr);
    const name = aliasOf(item) ?? (primary && pathOf(primary)?.at(-1));
    if (name !== undefined && !isMade(name)) add(found, computed(nameOf(name), [], item));
  }
  return found;
}

function namesIn(attributes: readonly Attribute[]): NewNames {
  const found = new Map<string, Attribute[]>();
  for (const each of attributes) add(found, each);
  return found;
}

function add(names: Map<string, Attribute[]>, attribute: Attribute): void {
  const key = attribute.name.toLowerCase();
  const same = names.get(key);
  if (same) same.push(attribute);
  else names.set(key, [attribute]);
}

/** What ORDER BY and its like (a node `order`) name: the result first, then what it was made of. */
export function orderBy(run: Run, order: SyntaxNode, result: Result, place: Place): void {
  const sorted = order.parts.filter((part): part is SyntaxNode => isNode(part) && part.rule === "sort");
  const limit = order.parts.findIndex((part) => !isNode(part) && /^(LIMIT|OFFSET)$/.test(part.upper));
  const before = limit < 0 ? order.parts : order.parts.slice(0, limit);
  const spread = before.filter((part): part is SyntaxNode => isNode(part) && part.rule === "expr");
  const windows = nodesOf(order, "windows");
  if (sorted.length + spread.length + windows.length === 0) return;
  const scope = result.scope ?? { ...place, from: NO_FROM };
  const inside: Scope = { ...scope, first: relationOf([], result), newNames: undefined };
  walkAll(run, [...sorted, ...spread], inside);
  for (const each of windows) walkWindows(run, each, scope);
}
