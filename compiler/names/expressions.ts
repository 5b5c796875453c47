/** Expressions: every column that one names is looked up where it is. */

import { kindOfFunction, WITH_UNIT } from "../functions/functions.ts";
import { has, isNode, nameOf, nodesIn, nodesOf, type SyntaxNode } from "../parse/sql/tree.ts";
import type { Attribute, Run, Scope } from "./model.ts";
import { lookUp } from "./references.ts";
import { reportCount } from "./report.ts";
import { functionOf, GENERATORS, isStar, listOf, pathOf, starOf, widthOf } from "./shapes.ts";
import { expandStar } from "./stars.ts";

/** Rules without a column of the query in them; the names in `path` are those of a JSON document. */
const WITHOUT_COLUMNS = new Set(
  "name columns hint type interval path marker text integer identifier qualified function not operator constant frame".split(
    " ",
  ),
);
type Visit = (run: Run, node: SyntaxNode, scope: Scope, found: Attribute[]) => void;

/** Looks up what an expression names; `found` gets the attributes that its value is made of. */
export function walk(run: Run, node: SyntaxNode, scope: Scope, found: Attribute[]): void {
  const visit = VISITS.get(node.rule);
  if (visit !== undefined) visit(run, node, scope, found);
  else if (!WITHOUT_COLUMNS.has(node.rule)) walkParts(run, node.parts, scope, found);
}

function walkParts(run: Run, parts: SyntaxNode["parts"], scope: Scope, found: Attribute[]): void {
  for (const part of parts) if (isNode(part)) walk(run, part, scope, found);
}

const VISITS: ReadonlyMap<string, Visit> = new Map<string, Visit>([
  ["primary", walkPrimary],
  ["operandValue", walkOperand],
  ["call", walkCall],
  ["window", walkWindow],
  ["condition", walkCondition],
  ["query", (run, node, scope, found) => subQuery(run, node, scope, found, 1)],
]);

/** Looks up what several expressions name. */
export function walkAll(run: Run, nodes: readonly SyntaxNode[], scope: Scope): Attribute[] {
  const found: Attribute[] = [];
  for (const node of nodes) walk(run, node, scope, found);
  return found;
}

function walkPrimary(run: Run, node: SyntaxNode, scope: Scope, found: Attribute[]): void {
  const path = pathOf(node);
  const attribute = path && lookUp(run, node, path, scope);
  if (attribute !== undefined) found.push(attribute);
  walkParts(run, path === undefined ? node.parts : node.parts.slice(2 * path.length - 1), scope, found);
}
function walkOperand(run: Run, node: SyntaxNode, scope: Scope, found: Attribute[]): void {
  if (has(node, "->")) {
    const names = nodesOf(node, "name").map((name) => nameOf(name).toLowerCase());
    const inside = { ...scope, variables: new Set([...(scope.variables ?? []), ...names]) };
    for (const expr of nodesOf(node, "expr")) walk(run, expr, inside, found);
    return;
  }
  if (starOf(node) === node) {
    found.push(...expandStar(run, node, scope).attributes);
    return;
  }
  const isAggregate = has(node, "IGNORE");
  const inside = isAggregate ? argumentScope(scope, "aggregate") : scope;
  walkParts(run, node.parts, inside, found);
}

function walkCall(run: Run, node: SyntaxNode, scope: Scope, found: Attribute[]): void {
  const name = functionOf(node);
  const args = nodesOf(node, "argument");
  const hasUnit = args.length === 3 && WITH_UNIT.has(name.toUpperCase());
  const clause = has(node, "OVER")
    ? "window"
    : kindOfFunction(name) === "aggregate"
      ? "aggregate"
      : GENERATORS.test(name)
        ? "generator"
        : undefined;
  const inside = clause ? argumentScope(scope, clause) : scope;
  for (const part of node.parts) {
    if (!isNode(part) || part.rule === "function") continue;
    if (part === args[0] && (hasUnit || (name === "count" && isStar(part)))) continue;
    walk(run, part, inside, found);
  }
}

/** Where Spark sees no new name of the select list that an argument is in. */
function argumentScope(scope: Scope, clause: "aggregate" | "window" | "generator"): Scope {
  return scope.newNames && !scope.takesFirst && scope.clause === undefined ? { ...scope, clause } : scope;
}
/** `a IN (SELECT …)`: as many columns on both sides. */
function walkCondition(run: Run, node: SyntaxNode, scope: Scope, found: Attribute[]): void {
  const [value, predicate] = nodesIn(node);
  const query = predicate && nodesOf(predicate, "query")[0];
  for (const part of node.parts) {
    if (!isNode(part)) continue;
    if (part === predicate && query !== undefined && value !== undefined)
      subQuery(run, query, scope, found, widthOf(value));
    else if (part.rule === "query") found.push(...run.query(part, scope.ctes, scope).attributes);
    else walk(run, part, scope, found);
  }
}

/** A sub-query that gives so many columns. */
function subQuery(run: Run, node: SyntaxNode, scope: Scope, found: Attribute[], wanted: number): void {
  const { attributes, isOpen } = run.query(node, scope.ctes, scope);
  found.push(...attributes);
  if (isOpen || attributes.length === wanted) return;
  reportCount(run, listOf(node), { what: "sub-query", has: attributes.length, wanted, first: undefined });
}
function walkWindow(run: Run, node: SyntaxNode, scope: Scope, found: Attribute[]): void {
  const [name] = nodesOf(node, "name");
  if (name !== undefined) {
    scope.windows?.add(nameOf(name).toLowerCase());
    return;
  }
  walkParts(run, node.parts, scope, found);
}
