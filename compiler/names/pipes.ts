/** Pipes, `FROM t |> WHERE a = 1 |> SELECT b`: each step makes a new FROM of the one before. */

import { has, isNode, nameOf, nodesIn, nodesOf, type SyntaxNode } from "../parse/sql/tree.ts";
import { walkAll } from "./expressions.ts";
import {
  type Attribute,
  computed,
  type From,
  fromOf,
  keptOf,
  NO_FROM,
  type Result,
  type Run,
  relationOf,
  type Scope,
} from "./model.ts";
import { joinedTo, orderBy, type Place, selectFrom, selectList, shaped, walkWindows } from "./select.ts";
import { asExpression, primaryOf } from "./shapes.ts";
import { united } from "./union.ts";

/** The columns behind a step (a node `pipe`). */
export function piped(
  run: Run,
  pipe: SyntaxNode,
  before: Result,
  place: Place,
  operandOf: (operand: SyntaxNode) => Result,
  compare: (before: Result, operand: SyntaxNode, result: Result) => void,
): Result {
  const from = before.scope && before.scope.behind === undefined ? visible(before) : resultFrom(before, NO_FROM);
  const scope: Scope = { ...place, from, windows: new Set() };
  const [step] = nodesIn(pipe);
  const [select] = nodesOf(pipe, "select");
  if (select !== undefined) return selected(run, pipe, select, scope, place);
  const [operand] = nodesOf(pipe, "operand");
  if (operand !== undefined) {
    const result = operandOf(operand);
    compare(before, operand, result);
    const [operator] = nodesOf(pipe, "setOperator");
    return operator && has(operator, "UNION") ? united([before, result]) : before;
  }
  if (has(pipe, "AGGREGATE")) return aggregated(run, pipe, scope);
  if (has(pipe, "EXTEND")) return extended(run, pipe, scope);
  if (has(pipe, "SET")) return replaced(run, pipe, scope);
  if (has(pipe, "DROP")) return dropped(run, pipe, scope);
  if (has(pipe, "AS")) return renamedTo(pipe, scope);
  if (step?.rule === "where") walkAll(run, [step], scope);
  if (step?.rule === "join") return resultOf(joinedTo(run, step, scope), scope);
  if (step && /^(pivot|unpivot)$/.test(step.rule)) return resultOf(shaped(run, step, scope), scope);
  if (step?.rule === "order") orderBy(run, step, { ...resultOf(from, scope), scope }, place);
  return resultOf(from, scope);
}

/** What the next step sees of a result: its columns, under their tables' names, too. */
function resultFrom(result: Result, from: From): From {
  const { relations, hidden } = keptOf(from, { attributes: [...result.attributes, ...from.hidden] });
  return {
    relations: [relationOf([], result), ...relations],
    star: result.attributes,
    hidden,
    isOpen: result.isOpen,
  };
}

function visible(before: Result): From {
  const { from } = before.scope as Scope;
  const isSame =
    from.star.length === before.attributes.length && from.star.every(({ id }, at) => id === before.attributes[at]?.id);
  return isSame && from.isOpen === before.isOpen ? from : resultFrom(before, from);
}

const resultOf = (from: From, scope: Scope): Result => ({
  attributes: from.star,
  isOpen: from.isOpen,
  scope: { ...scope, from },
});

function selected(run: Run, pipe: SyntaxNode, select: SyntaxNode, scope: Scope, place: Place): Result {
  const result = selectFrom(run, select, undefined, undefined, place, scope.from);
  for (const windows of nodesOf(pipe, "windows")) walkWindows(run, windows, run.scopes.get(select) ?? scope);
  return resultOf(resultFrom(result, scope.from), scope);
}

/** EXTEND: more columns. */
function extended(run: Run, pipe: SyntaxNode, scope: Scope): Result {
  const more = selectList(run, nodesOf(pipe, "named"), scope);
  const { from } = scope;
  const relations = [...from.relations, relationOf([], more)];
  const star = [...from.star, ...more.attributes];
  return resultOf({ ...from, relations, star, isOpen: from.isOpen || more.isOpen }, scope);
}

/** SET: other values of columns. */
function replaced(run: Run, pipe: SyntaxNode, scope: Scope): Result {
  const names = nodesOf(pipe, "name").map((name) => nameOf(name).toLowerCase());
  walkAll(run, nodesOf(pipe, "name").map(asExpression), scope);
  const values = nodesOf(pipe, "expr").map((expr) => walkAll(run, [expr], scope));
  const { from } = scope;
  const star = from.star.map((each): Attribute => {
    const at = names.lastIndexOf(each.name.toLowerCase());
    return at < 0 ? each : computed(each.name, values[at] ?? [], pipe);
  });
  return resultOf(resultFrom({ attributes: star, isOpen: from.isOpen }, from), scope);
}

/** DROP: fewer columns. */
function dropped(run: Run, pipe: SyntaxNode, scope: Scope): Result {
  walkAll(run, nodesOf(pipe, "name").map(asExpression), scope);
  const names = new Set(nodesOf(pipe, "name").map((name) => nameOf(name).toLowerCase()));
  const { from } = scope;
  const star = from.star.filter(({ name }) => !names.has(name.toLowerCase()));
  return resultOf(resultFrom({ attributes: star, isOpen: from.isOpen }, from), scope);
}

function renamedTo(pipe: SyntaxNode, scope: Scope): Result {
  const [name] = nodesOf(pipe, "name");
  const { star, isOpen } = scope.from;
  const relation = relationOf(name ? [nameOf(name).toLowerCase()] : [], { attributes: star, isOpen });
  return resultOf(fromOf(relation), scope);
}

/** AGGREGATE: the groups, then the aggregates. */
function aggregated(run: Run, pipe: SyntaxNode, scope: Scope): Result {
  const [group] = nodesOf(pipe, "pipeGroup");
  const plain = group && nodesOf(group, "group")[0];
  const keys = plain ? nodesIn(plain) : group ? nodesOf(group, "named") : [];
  const isSimple = keys.every(({ rule }) => rule === "expr" || rule === "named");
  const items = keys.map((key) => (key.rule === "named" ? key : { rule: "named", parts: [key] }));
  const groups = selectList(run, items, scope);
  const made = selectList(run, nodesOf(pipe, "named"), scope);
  // A number is the place of a column.
  const isOpen = !isSimple || items.some((item) => isNumber(item)) || groups.isOpen || made.isOpen;
  const result = { attributes: [...groups.attributes, ...made.attributes], isOpen };
  return resultOf(resultFrom(result, scope.from), scope);
}

function isNumber(item: SyntaxNode): boolean {
  const expr = item.parts[0];
  if (!isNode(expr) || primaryOf(expr) !== undefined) return false;
  let node = expr;
  for (let [part] = node.parts; isNode(part); [part] = node.parts) node = part;
  return node.rule === "constant";
}
