/** Names of the columns of a query's result, from the parser's tree. */

import { isIdentifier, isNode, type SyntaxNode } from "./tree.ts";

type Names = readonly string[] | undefined;
type Scope = ReadonlyMap<string, Names>;

/** In order; undefined where the text alone does not tell all: `SELECT *` of a table, or a column that Spark names itself. */
export function outputsOf(query: SyntaxNode): Names {
  const names = namesOf(query, new Map());
  return names?.length ? names : undefined;
}

function namesOf(node: unknown, outer: Scope): Names {
  if (!isNode(node)) return undefined;
  const [kind = "", body] = Object.entries(node)[0] ?? [];
  if (!isNode(body)) return undefined;
  const scope = withClause(body, outer);
  if (kind === "select") return selectNames(body, scope);
  if (kind === "union" || kind === "intersect" || kind === "except") return namesOf(body.left, scope);
  return kind === "subquery" || kind === "paren" ? namesOf(body.this, scope) : undefined;
}

function withClause(body: SyntaxNode, outer: Scope): Scope {
  const clause = body.with;
  if (!isNode(clause) || !Array.isArray(clause.ctes)) return outer;
  const scope = new Map(outer);
  for (const cte of clause.ctes as unknown[]) {
    if (!isNode(cte) || !isIdentifier(cte.alias)) continue;
    if (clause.recursive === true) scope.delete(cte.alias.name.toLowerCase());
    scope.set(cte.alias.name.toLowerCase(), listed(cte.columns) ?? namesOf(cte.this, scope));
  }
  return scope;
}

/** `t(a, b)` names the columns itself. */
function listed(columns: unknown): Names {
  if (!Array.isArray(columns) || columns.length === 0) return undefined;
  const names = columns.filter(isIdentifier).map(({ name }) => name);
  return names.length === columns.length ? names : undefined;
}

function selectNames(select: SyntaxNode, scope: Scope): Names {
  if (!Array.isArray(select.expressions)) return undefined;
  const names = select.expressions.map((each) => columnNames(each, select, scope));
  return names.some((each) => each === undefined) ? undefined : names.flatMap((each) => each ?? []);
}

function columnNames(expression: unknown, select: SyntaxNode, scope: Scope): Names {
  if (!isNode(expression)) return undefined;
  const { column, alias, star, dot } = expression;
  if (isNode(column) && isIdentifier(column.name)) return column.name.name === "*" ? undefined : [column.name.name];
  if (isNode(alias))
    return isIdentifier(alias.alias) && alias.alias.name !== "" ? [alias.alias.name] : listed(alias.column_aliases);
  if (isNode(dot) && isIdentifier(dot.field)) return [dot.field.name];
  return isNode(star) ? starNames(star, select, scope) : undefined;
}

/** `x.*` of a subquery or a common table expression; `*` where it is the only source. */
function starNames(star: SyntaxNode, select: SyntaxNode, scope: Scope): Names {
  const changes = [star.except, star.replace, star.rename].some((each) => Array.isArray(each) && each.length > 0);
  const isPlain = !Array.isArray(select.lateral_views) || select.lateral_views.length === 0;
  if (changes || !isPlain) return undefined;
  const sources = sourcesOf(select, scope);
  if (!isIdentifier(star.table)) return sources.length === 1 ? sources[0]?.names : undefined;
  const wanted = star.table.name.toLowerCase();
  const found = sources.filter(({ name }) => name === wanted);
  return found.length === 1 ? found[0]?.names : undefined;
}

interface Source {
  readonly name: string | undefined;
  readonly names: Names;
}

function sourcesOf({ from, joins }: SyntaxNode, scope: Scope): Source[] {
  const first = isNode(from) && Array.isArray(from.expressions) ? (from.expressions as unknown[]) : [];
  const more = Array.isArray(joins) ? joins.map((join) => (isNode(join) ? join.this : undefined)) : [];
  return [...first, ...more].map((each) => sourceOf(each, scope));
}

function sourceOf(node: unknown, scope: Scope): Source {
  if (!isNode(node)) return { name: undefined, names: undefined };
  const { table, subquery } = node;
  const body = isNode(table) ? table : isNode(subquery) ? subquery : undefined;
  const alias = body && isIdentifier(body.alias) ? body.alias.name : undefined;
  const renamed = listed(body?.column_aliases);
  if (isNode(subquery)) return { name: alias?.toLowerCase(), names: renamed ?? namesOf(node, scope) };
  if (!isNode(table) || !isIdentifier(table.name)) return { name: undefined, names: undefined };
  const own =
    table.schema === null || table.schema === undefined ? scope.get(table.name.name.toLowerCase()) : undefined;
  return { name: (alias ?? table.name.name).toLowerCase(), names: own && (renamed ?? own) };
}
