/** What FROM reads: tables, common table expressions, sub-queries, VALUES, functions. */

import { fullName, tableOf as tableUseOf } from "../parse/sql/tables.ts";
import { extentOf, isNode, nameOf, nodesOf, type SyntaxNode } from "../parse/sql/tree.ts";
import { walk, walkAll } from "./expressions.ts";
import { generated } from "./generators.ts";
import {
  type Attribute,
  type Cte,
  closed,
  computed,
  type From,
  fromOf,
  instanceOf,
  isMade,
  NO_FROM,
  OPEN,
  partsOf,
  type Relation,
  type Result,
  type Run,
  relationOf,
  renamed,
  type Scope,
} from "./model.ts";
import { reportCount } from "./report.ts";
import { GENERATORS, widthOf } from "./shapes.ts";

/** One source (a node `source`); `scope.from`: what is to the left of it, for LATERAL. */
export function sourceOf(
  run: Run,
  source: SyntaxNode,
  scope: Scope,
  isLateral: boolean,
  relation: (node: SyntaxNode) => From,
): From {
  const [alias] = nodesOf(source, "alias");
  const [reference] = nodesOf(source, "reference");
  if (reference !== undefined) return fromOf(aliased(run, tableOf(run, reference, scope.ctes), alias));
  const outer = isLateral ? scope : scope.outer;
  const [query] = nodesOf(source, "query");
  if (query !== undefined) return fromOf(aliased(run, relationOf([], run.query(query, scope.ctes, outer)), alias));
  const [inner] = nodesOf(source, "relation");
  if (inner !== undefined) {
    const from = relation(inner);
    if (alias === undefined || alias.parts.length === 0) return from;
    return fromOf(aliased(run, relationOf([], { attributes: from.star, isOpen: from.isOpen }), alias));
  }
  const [values] = nodesOf(source, "values");
  if (values !== undefined) return fromOf(valuesOf(run, values, scope));
  return fromOf(aliased(run, functionTable(run, source, isLateral ? scope : { ...scope, from: NO_FROM }), alias));
}

/** Of `name: new (a, b)`: the relation under its new name, with new names of its columns. */
export function aliased(run: Run, relation: Relation, alias: SyntaxNode | undefined): Relation {
  const [name] = alias ? nodesOf(alias, "tableName") : [];
  const [columns] = alias ? nodesOf(alias, "columns") : [];
  if (name === undefined) return relation;
  if (isMade(name)) return relationOf([], OPEN);
  const list = columns && nodesOf(columns, "name");
  const result = list === undefined ? relation : withNames(run, relation, list, columns as SyntaxNode);
  return relationOf([nameOf(name).toLowerCase()], result, relation.table);
}

/** Columns with the names of a list; a list of another length is a mistake. */
export function withNames(run: Run, result: Result, names: readonly SyntaxNode[], list: SyntaxNode): Result {
  const found = renamed(result, names);
  if (found !== undefined) return found;
  const wanted = result.attributes.length;
  reportCount(run, extentOf(list), { what: "column list", has: names.length, wanted, first: undefined });
  return OPEN;
}

/** A common table expression, or a table. */
export function tableOf(run: Run, reference: SyntaxNode, ctes: Cte | undefined): Relation {
  const use = tableUseOf(reference);
  const lower = use.name.toLowerCase();
  if (use.kind === "table" && use.qualifier === undefined)
    for (let cte = ctes; cte !== undefined; cte = cte.before)
      if (cte.name === lower) return relationOf([lower], instanceOf(cte.result));
  if (use.kind !== "table") return relationOf([], OPEN);
  const columns = run.sources(use);
  const [qualified] = nodesOf(reference, "qualified");
  const names = (qualified && partsOf(qualified)) ?? [use.name];
  const table = fullName(use);
  const attributes = columns?.map(
    ({ name, type }): Attribute => ({
      id: {},
      name,
      type,
      from: [],
      plain: name === "" ? undefined : { table, column: name },
      at: undefined,
    }),
  );
  return relationOf(
    names.map((each) => each.toLowerCase()),
    attributes ? { attributes, isOpen: false } : OPEN,
    use,
  );
}

/** VALUES: `col1`, `col2`, unless it has an alias with names. */
export function valuesOf(run: Run, values: SyntaxNode, scope: Scope): Relation {
  const rows = nodesOf(values, "expr");
  const found = walkAll(run, rows, { ...scope, from: NO_FROM });
  const [first] = rows;
  const width = first === undefined ? 0 : widthOf(first);
  for (const row of rows) {
    const count = widthOf(row);
    if (count === width || first === undefined) continue;
    reportCount(run, extentOf(row), { what: "rows", has: count, wanted: width, first: extentOf(first) });
    break;
  }
  const attributes = Array.from({ length: width }, (_, index) => computed(`col${index + 1}`, found, first));
  return aliased(run, relationOf([], { attributes, isOpen: false }), nodesOf(values, "alias")[0]);
}

/** A function in FROM. */
function functionTable(run: Run, source: SyntaxNode, scope: Scope): Relation {
  const [called] = nodesOf(source, "function");
  const [qualified] = called ? nodesOf(called, "qualified") : [];
  const parts = (qualified && partsOf(qualified)) ?? [];
  const name = parts.length === 1 ? (parts[0] ?? "").toLowerCase() : "";
  const from: Attribute[] = [];
  for (const argument of nodesOf(source, "tableArgument")) walkTableArgument(run, argument, scope, from);
  const args = nodesOf(source, "tableArgument").flatMap((each) => nodesOf(each, "argument"));
  if (name === "range") {
    return relationOf([name], closed([computed("id", [], source, "bigint")]));
  }
  return relationOf([name], GENERATORS.test(name) ? generated(run, name, args, source, from) : OPEN);
}

/** `TABLE(t)`, `TABLE(SELECT …) PARTITION BY a`, or an expression. */
function walkTableArgument(run: Run, argument: SyntaxNode, scope: Scope, found: Attribute[]): void {
  const [query] = nodesOf(argument, "query");
  if (query !== undefined) found.push(...run.query(query, scope.ctes, scope.outer).attributes);
  const [reference] = nodesOf(argument, "reference");
  if (reference !== undefined) found.push(...tableOf(run, reference, scope.ctes).attributes);
  for (const each of nodesOf(argument, "argument")) walk(run, each, scope, found);
}

/** LATERAL VIEW: what FROM gives, and the columns of a generator beside it. */
export function viewOf(run: Run, view: SyntaxNode, scope: Scope): Relation {
  const args = nodesOf(view, "expr");
  const from = walkAll(run, args, scope);
  const [qualified] = nodesOf(view, "qualified");
  const name = ((qualified && partsOf(qualified)) ?? []).join(".").toLowerCase();
  const names = nodesOf(view, "name");
  const isNamed = isNode(view.parts[view.parts.findLastIndex((part) => !isNode(part) && part.text === ")") + 1]);
  const [table, ...columns] = isNamed ? names : [undefined, ...names];
  const under = table === undefined ? [] : [nameOf(table).toLowerCase()];
  if (columns.length > 0) {
    const attributes = columns.map((each) => computed(each ? nameOf(each) : "", from, each));
    const known = GENERATORS.test(name) ? generated(run, name, args, view, from) : OPEN;
    const types = known.isOpen || known.attributes.length !== columns.length ? [] : known.attributes;
    const typed = attributes.map((each, index) => ({ ...each, type: types[index]?.type }));
    return relationOf(under, { attributes: typed, isOpen: false });
  }
  return relationOf(under, GENERATORS.test(name) ? generated(run, name, args, view, from) : OPEN);
}
