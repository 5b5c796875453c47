import type { Extent } from "../../parse/sql/extent.ts";
import {
  extentOf,
  firstOf,
  has,
  isNode,
  nameOf,
  nodesBelow,
  nodesIn,
  nodesOf,
  type SyntaxNode,
} from "../../parse/sql/tree.ts";
import { isCalled } from "../lookup.ts";
import type { Relation } from "../model.ts";
import { pathOf } from "../shapes.ts";
import type { Lint } from "../types.ts";
import { bracketed } from "./expressions.ts";
import type { Find, Resolved, Select } from "./lint.ts";
import { type Ctes, ctesOf, isSmall, queryOf } from "./sizes.ts";

/** Q051: rows of two tables that nothing connects meet each other all. */
export const joinCondition: Find = (resolved) => {
  const ctes = ctesOf(resolved.nodes("cte"));
  return resolved.selects.flatMap((select) => inSelect(resolved, select, ctes));
};

/** One table, sub-query or view of a FROM. */
interface Part {
  readonly node: SyntaxNode;
  /** What joins it to those before; undefined for the first, and behind a comma. */
  readonly join: SyntaxNode | undefined;
}

function inSelect(resolved: Resolved, { from, clauses, scope }: Select, ctes: Ctes): Lint[] {
  if (from === undefined || scope === undefined) return [];
  const parts = [
    ...partsOf(from),
    ...(clauses ? nodesOf(clauses, "view") : []).map((node) => ({ node, join: undefined })),
  ];
  // A pivot, for one, makes other relations of them; SEMI and ANTI leave their right side out.
  if (parts.length < 2 || scope.from.relations.length !== parts.length || nodesBelowAny(from, /^(pivot|unpivot)$/))
    return [];
  const groups = new Groups(parts.length);
  const refer = references(resolved, scope.from.relations);
  const conditions = [
    ...nodesOf(from, "relation").flatMap(conditionsOf),
    ...(clauses ? nodesOf(clauses, "where") : []).flatMap((each) => nodesOf(each, "expr")),
  ];
  for (const condition of conditions.flatMap(leavesOf)) {
    const found = refer(condition);
    if (found === undefined) return [];
    groups.connect(found);
  }
  for (const [index, { node, join }] of parts.entries()) {
    if (index > 0 && join && (has(join, "NATURAL") || nodesOf(join, "columns").length > 0))
      groups.connect([index - 1, index]);
    if (isLateral(node, join)) groups.connect(parts.map((_, at) => at));
  }
  return report(parts, groups, ctes);
}

function report(parts: readonly Part[], groups: Groups, ctes: Ctes): Lint[] {
  const isWanted = ({ node, join }: Part) => isSmall(node, ctes) || (isCross(join) && isReduced(node, ctes));
  const large = groups.all().filter((members) => members.some((at) => !isWanted(parts[at] as Part)));
  return large.slice(1).flatMap((members) => {
    const part = members.map((at) => parts[at]).find((each) => each !== undefined && !isWanted(each));
    return part === undefined ? [] : [lint(part)];
  });
}

function lint({ node, join }: Part): Lint {
  const [condition] = join ? nodesOf(join, "expr") : [];
  const name = called(node);
  const help = `compare a column of ${name} with one of a table before it, or allow Q051 if every pair is wanted`;
  if (condition !== undefined)
    return {
      code: "Q051",
      ...extentOf(condition),
      message: `the condition of this join does not connect ${name} with the tables before it`,
      help,
    };
  const message = `nothing connects ${name} with the tables before it: each of its rows meets every row there`;
  return { code: "Q051", ...(join ? wordsOf(join) : extentOf(nodesIn(node)[0] ?? node)), message, help };
}

/** `CROSS JOIN`. */
function wordsOf(join: SyntaxNode): Extent {
  const word = join.parts.find((part) => !isNode(part) && part.upper === "JOIN");
  const start =
    (firstOf(nodesOf(join, "joinKind")[0] ?? join) ?? firstOf({ ...join, parts: join.parts.slice(1) }))?.start ?? 0;
  return { offset: start, length: word && !isNode(word) ? word.end - start : 0 };
}

function called(node: SyntaxNode): string {
  const [alias] = nodesOf(node, "alias").flatMap((each) => nodesOf(each, "tableName"));
  const name =
    alias ??
    nodesOf(node, "reference")
      .flatMap((each) => nodesOf(each, "qualified"))
      .flatMap(nodesIn)
      .at(-1);
  return name ? `\`${nameOf(name)}\`` : "the sub-query";
}

/** The sources of a FROM, brackets without a name left out, then its views. */
function partsOf(from: SyntaxNode): Part[] {
  return nodesIn(from).flatMap((node): Part[] => {
    if (node.rule === "relation") return inRelation(node, undefined);
    return node.rule === "view" ? [{ node, join: undefined }] : [];
  });
}

function inRelation(relation: SyntaxNode, outer: SyntaxNode | undefined): Part[] {
  return nodesIn(relation).flatMap((node): Part[] => {
    const join = node.rule === "join" ? node : outer;
    return [node, ...(node.rule === "join" ? nodesOf(node, "source") : [])]
      .filter(({ rule }) => rule === "source")
      .flatMap((source) => {
        const [inner] = nodesOf(source, "relation");
        const hasName = nodesOf(source, "alias").some(({ parts }) => parts.length > 0);
        return inner !== undefined && !hasName
          ? inRelation(inner, join)
          : [{ node: source, join: has(relation, "LATERAL") ? relation : join }];
      });
  });
}

/** What ON says, in brackets, too. */
function conditionsOf(relation: SyntaxNode): SyntaxNode[] {
  const joins = nodesOf(relation, "join");
  const inner = [relation, ...joins]
    .flatMap((each) => nodesOf(each, "source"))
    .flatMap((each) => nodesOf(each, "relation"));
  return [...joins.flatMap((join) => nodesOf(join, "expr")), ...inner.flatMap(conditionsOf)];
}

/** The comparisons that AND and OR join. */
function leavesOf(expr: SyntaxNode): SyntaxNode[] {
  return nodesOf(expr, "condition").flatMap((condition) => {
    const inner = bracketed(condition);
    return inner ? leavesOf(inner) : [condition];
  });
}

/** Which parts of FROM a condition names; undefined where that is not known. */
function references({ run }: Resolved, relations: readonly Relation[]) {
  const owners = new Map<object, number>();
  for (const [at, { attributes }] of relations.entries()) for (const each of attributes) owners.set(each.id, at);
  return (condition: SyntaxNode): number[] | undefined => {
    const found: number[] = [];
    for (const node of nodesBelow(condition)) {
      const path = node.rule === "primary" ? pathOf(node) : undefined;
      if (path === undefined) continue;
      const attribute = run.attributes.get(node);
      const owner = attribute ? owners.get(attribute.id) : qualified(path, relations);
      if (owner !== undefined) found.push(owner);
      else if (attribute === undefined) return undefined;
    }
    return found;
  };
}

/** The only relation that is named in front of a column. */
function qualified(path: readonly SyntaxNode[], relations: readonly Relation[]): number | undefined {
  const lower = path.map((name) => nameOf(name).toLowerCase());
  for (let qualifiers = path.length - 1; qualifiers > 0; qualifiers -= 1) {
    const [one, more] = relations.flatMap((each, at) => (isCalled(each, lower, qualifiers) ? [at] : []));
    if (one !== undefined) return more === undefined ? one : undefined;
  }
  return undefined;
}

function isLateral(node: SyntaxNode, join: SyntaxNode | undefined): boolean {
  return node.rule === "view" || (join !== undefined && has(join, "LATERAL"));
}

const isCross = (join: SyntaxNode | undefined) =>
  join !== undefined && nodesOf(join, "joinKind").some((kind) => has(kind, "CROSS"));

/** True for `(SELECT DISTINCT …)`, `(SELECT … GROUP BY …)`: a list of values, to be combined. */
function isReduced(source: SyntaxNode, ctes: Ctes): boolean {
  const query = queryOf(source, ctes);
  const operands = query ? nodesOf(query, "term").flatMap((term) => nodesOf(term, "operand")) : [];
  return operands.some(
    (operand) =>
      nodesOf(operand, "select")
        .flatMap((select) => nodesOf(select, "quantifier"))
        .some((each) => has(each, "DISTINCT")) ||
      nodesOf(operand, "clauses").some((each) => nodesOf(each, "group").length > 0),
  );
}

function nodesBelowAny(from: SyntaxNode, rule: RegExp): boolean {
  return [from, ...nodesOf(from, "relation")].some((node) => nodesIn(node).some((each) => rule.test(each.rule)));
}

/** Numbers, some of them connected. */
class Groups {
  readonly #of: number[];
  constructor(length: number) {
    this.#of = Array.from({ length }, (_, at) => at);
  }

  connect(some: readonly number[]): void {
    const groups = new Set(some.map((at) => this.#of[at]));
    const [first] = groups;
    if (groups.size > 1 && first !== undefined)
      for (const [at, group] of this.#of.entries()) if (groups.has(group)) this.#of[at] = first;
  }

  all(): number[][] {
    return [...Map.groupBy(this.#of.keys(), (at) => this.#of[at] ?? at).values()];
  }
}
