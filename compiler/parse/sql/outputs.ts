/** Names of the columns of a query's result. */

import { cteName } from "./tables.ts";
import { has, isNode, listedIn, nameOf, nodesIn, nodesOf, type SyntaxNode, soleOf } from "./tree.ts";

type Names = readonly string[] | undefined;
type Scope = ReadonlyMap<string, Names>;

/** In order; undefined where the text alone does not show all: `SELECT *` of a table, or a column that Spark names itself. */
export function outputsOf(query: SyntaxNode): Names {
  return queryNames(query, new Map());
}

function queryNames(query: SyntaxNode, outer: Scope): Names {
  const scope = new Map(outer);
  for (const cte of nodesOf(query, "cte")) {
    if (has(query, "RECURSIVE")) scope.delete(cteName(cte));
    scope.set(cteName(cte), listedIn(cte) ?? inBrackets(cte, scope));
  }
  const [term] = nodesOf(query, "term");
  const [operand] = term === undefined || has(term, "|>") ? [] : nodesOf(term, "operand");
  if (operand === undefined) return undefined;
  const [select, more] = nodesOf(operand, "select");
  if (select !== undefined) return more === undefined ? selectNames(select, operand, scope) : undefined;
  if (nodesOf(operand, "script").length > 0 || nodesOf(operand, "values").length > 0) return undefined;
  return inBrackets(operand, scope) ?? starNames(undefined, operand, scope);
}

/** Of the query in a node's brackets. */
function inBrackets(node: SyntaxNode, scope: Scope): Names {
  const [query] = nodesOf(node, "query");
  return query && queryNames(query, scope);
}

function selectNames(select: SyntaxNode, operand: SyntaxNode, scope: Scope): Names {
  const names = nodesOf(select, "named").map((named) => columnNames(named, operand, scope));
  return names.some((each) => each === undefined) ? undefined : names.flatMap((each) => each ?? []);
}

function columnNames(named: SyntaxNode, operand: SyntaxNode, scope: Scope): Names {
  const [name] = nodesOf(named, "name");
  if (name !== undefined) return [nameOf(name)];
  const columns = listedIn(named);
  if (columns !== undefined) return columns;
  const value = soleOf(named);
  const [field, point] = value.parts.toReversed();
  if (
    isNode(field) &&
    field.rule === "name" &&
    (value.parts.length === 1 || (point && !isNode(point) && point.text === "."))
  )
    return [nameOf(field)];
  if (value.rule !== "operandValue" || !has(value, "*") || has(value, "EXCEPT")) return undefined;
  return starNames(nodesOf(value, "qualified")[0], operand, scope);
}

/** `x.*` of a subquery or a common table expression; `*` where it is the only source. */
function starNames(qualified: SyntaxNode | undefined, operand: SyntaxNode, scope: Scope): Names {
  const sources = sourcesOf(operand, scope);
  if (qualified === undefined) return sources?.length === 1 ? sources[0]?.names : undefined;
  const wanted = nodesIn(qualified).map(nameOf).join(".").toLowerCase();
  const found = sources?.filter(({ name }) => name === wanted) ?? [];
  return found.length === 1 ? found[0]?.names : undefined;
}

interface Source {
  readonly name: string | undefined;
  readonly names: Names;
}

/** Undefined where a view or a pivot changes the columns. */
function sourcesOf(operand: SyntaxNode, scope: Scope): Source[] | undefined {
  const changes = /^(view|pivot|unpivot)$/;
  const [from] = nodesOf(operand, "from");
  const relations = from === undefined ? [] : nodesOf(from, "relation");
  const joins = relations.flatMap((relation) => nodesOf(relation, "join"));
  const parts = [operand, ...nodesOf(operand, "clauses"), ...(from ? [from] : []), ...relations].flatMap(nodesIn);
  if (parts.some(({ rule }) => changes.test(rule))) return undefined;
  if (from === undefined)
    return nodesOf(operand, "reference").map((reference) => tableSource(reference, undefined, scope));
  return [...relations, ...joins].flatMap((each) => nodesOf(each, "source")).map((source) => sourceOf(source, scope));
}

function sourceOf(source: SyntaxNode, scope: Scope): Source {
  const [alias] = nodesOf(source, "alias");
  const [reference] = nodesOf(source, "reference");
  if (reference !== undefined) return tableSource(reference, alias, scope);
  return { name: aliasName(alias), names: (alias && listedIn(alias)) ?? inBrackets(source, scope) };
}

function tableSource(reference: SyntaxNode, alias: SyntaxNode | undefined, scope: Scope): Source {
  const names = nodesOf(reference, "qualified").flatMap(nodesIn).map(nameOf);
  const name = names.at(-1)?.toLowerCase();
  const own = names.length === 1 && name !== undefined ? scope.get(name) : undefined;
  return { name: aliasName(alias) ?? name, names: own && ((alias && listedIn(alias)) ?? own) };
}

/** A new name of a table, as names are compared. */
export function aliasName(alias: SyntaxNode | undefined): string | undefined {
  const [name] = alias ? nodesOf(alias, "tableName") : [];
  return name && nameOf(name).toLowerCase();
}
