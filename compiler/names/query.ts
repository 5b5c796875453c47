/** A whole query: common table expressions, set operations, pipes, order. */

import { cteName } from "../parse/sql/tables.ts";
import { has, isNode, listedIn, nodesOf, type SyntaxNode } from "../parse/sql/tree.ts";
import { type Cte, computed, fromOf, OPEN, type Result, type Run, relationOf, type Scope } from "./model.ts";
import { piped } from "./pipes.ts";
import { reportCount } from "./report.ts";
import { fromClause, orderBy, type Place, selectFrom } from "./select.ts";
import { listOf } from "./shapes.ts";
import { tableOf, valuesOf, withNames } from "./sources.ts";
import { united } from "./union.ts";

/** The columns of a query (a node `query`). */
export function queryColumns(run: Run, query: SyntaxNode, ctes: Cte | undefined, outer: Scope | undefined): Result {
  return withCtes(run, query, { ctes, outer }, undefined);
}

/** `self`: the common table expression that it is, if it may read itself. */
function withCtes(run: Run, query: SyntaxNode, place: Place, self: Cte | undefined): Result {
  let { ctes } = place;
  for (const cte of nodesOf(query, "cte")) ctes = cteOf(run, cte, { ...place, ctes }, has(query, "RECURSIVE"));
  const here = { ...place, ctes };
  const [term] = nodesOf(query, "term");
  if (term === undefined) return OPEN;
  const result = termColumns(run, term, here, self);
  const [order] = nodesOf(query, "order");
  if (order !== undefined) orderBy(run, order, result, here);
  return result;
}

function cteOf(run: Run, node: SyntaxNode, place: Place, isRecursive: boolean): Cte {
  const [query] = nodesOf(node, "query");
  const [columns] = nodesOf(node, "columns");
  const names = columns && nodesOf(columns, "name");
  const own: Cte = { name: cteName(node), result: OPEN, before: place.ctes };
  if (query === undefined) return own;
  if (isRecursive && names !== undefined) {
    const attributes = (listedIn(node) ?? []).map((name) => computed(name, [], node));
    own.result = { attributes, isOpen: false };
  }
  const inside = isRecursive ? { ...place, ctes: own } : place;
  const result = withCtes(run, query, inside, isRecursive && names === undefined ? own : undefined);
  own.result = names && columns ? withNames(run, result, names, columns) : result;
  return own;
}

/** Operands with set operators between them, and pipes. */
function termColumns(run: Run, term: SyntaxNode, place: Place, self: Cte | undefined): Result {
  let result: Result | undefined;
  let operator: SyntaxNode | undefined;
  let branches: { readonly node: SyntaxNode; readonly result: Result }[] = [];
  const flush = (): Result => {
    const [first, ...others] = branches;
    if (first === undefined) return result ?? OPEN;
    return others.length === 0 ? first.result : united(branches.map((each) => each.result));
  };
  for (const part of term.parts) {
    if (!isNode(part)) continue;
    if (part.rule === "setOperator") operator = part;
    else if (part.rule === "operand") {
      const found = operandColumns(run, part, place);
      if (self !== undefined && branches.length === 0) self.result = found;
      const [first] = branches;
      if (first !== undefined && operator !== undefined) compare(run, first, { node: part, result: found });
      // Rows of EXCEPT and INTERSECT are those of the first.
      if (operator === undefined || has(operator, "UNION")) branches.push({ node: part, result: found });
    } else {
      result = piped(
        run,
        part,
        flush(),
        place,
        (operand) => operandColumns(run, operand, place),
        compareOperands(run, part),
      );
      branches = [{ node: part, result }];
    }
  }
  return flush();
}

interface Branch {
  readonly node: SyntaxNode;
  readonly result: Result;
}

const compareOperands = (run: Run, pipe: SyntaxNode) => (before: Result, operand: SyntaxNode, result: Result) =>
  compare(run, { node: pipe, result: before }, { node: operand, result });

function compare(run: Run, first: Branch, other: Branch): void {
  if (first.result.isOpen || other.result.isOpen) return;
  const [wanted, count] = [first.result.attributes.length, other.result.attributes.length];
  if (wanted === count) return;
  reportCount(run, listOf(other.node), { what: "set operation", has: count, wanted, first: listOf(first.node) });
}

function operandColumns(run: Run, operand: SyntaxNode, place: Place): Result {
  const [from] = nodesOf(operand, "from");
  const [clauses] = nodesOf(operand, "clauses");
  const selects = nodesOf(operand, "select");
  const [select] = selects;
  if (select !== undefined) {
    if (operand.parts[0] === select) return selectFrom(run, select, from, clauses, place);
    return selectsBehind(run, operand, place);
  }
  if (nodesOf(operand, "script").length > 0) return OPEN;
  const scope: Scope = { ...place, from: fromOf(relationOf([], OPEN)) };
  const [values] = nodesOf(operand, "values");
  const [query] = nodesOf(operand, "query");
  const [reference] = nodesOf(operand, "reference");
  if (query !== undefined) return run.query(query, place.ctes, place.outer);
  const given = from
    ? fromClause(run, from, place)
    : values
      ? fromOf(valuesOf(run, values, scope))
      : reference
        ? fromOf(tableOf(run, reference, place.ctes))
        : undefined;
  if (given === undefined) return OPEN;
  const attributes = given.star.map((each) => ({ ...each, at: each.at ?? operand }));
  return { attributes, isOpen: given.isOpen, scope: { ...place, from: given } };
}

/** `FROM t SELECT a SELECT b`: one FROM for each. */
function selectsBehind(run: Run, operand: SyntaxNode, place: Place): Result {
  const [from] = nodesOf(operand, "from");
  const results = operand.parts.flatMap((part, index): Result[] => {
    if (!isNode(part) || part.rule !== "select") return [];
    const [clauses, order] = operand.parts.slice(index + 1);
    const given = from && index === 1 ? fromClause(run, from, place) : undefined;
    const isOf = (node: typeof clauses, rule: string): node is SyntaxNode => isNode(node) && node.rule === rule;
    const result = selectFrom(run, part, from, isOf(clauses, "clauses") ? clauses : undefined, place, given);
    if (isOf(order, "order")) orderBy(run, order, result, place);
    return [result];
  });
  return results.length === 1 ? (results[0] ?? OPEN) : united(results);
}
