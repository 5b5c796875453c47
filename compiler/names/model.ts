/** What the resolver works with: attributes, the relations that have them, and what a name can mean at a place. */

import type { Extent } from "../parse/sql/extent.ts";
import type { TableUse } from "../parse/sql/facts.ts";
import { nameOf, nodesIn, type SyntaxNode } from "../parse/sql/tree.ts";
import type { Column, NameMistake, Origin, Reference } from "./types.ts";

/** A column inside a query. */
export interface Attribute extends Column {
  /** Equal for a value that is passed on unchanged and not renamed: two of them are not ambiguous (Spark's expression id). */
  readonly id: object;
  /** Attributes that its value is made of; those of a table have none. */
  readonly from: readonly Attribute[];
  /** The column of a table that it is unchanged. */
  readonly plain: Origin | undefined;
  /** Set for a field of a struct. */
  readonly isField?: true;
  /** The item of a select list that made it, or what is nearest to one. */
  readonly at: SyntaxNode | undefined;
}

/** Something that has columns: a table, a sub-query, a view. */
export interface Relation {
  /** What qualifies its columns, in lower case: `a` of `db.t AS a`, `db` and `t` of `db.t`; empty without a name. */
  readonly names: readonly string[];
  readonly attributes: readonly Attribute[];
  /** True where it may have more columns than these. */
  readonly isOpen: boolean;
  /** True where a name that is not among these may be there: it is open, or a column's name is not sure. */
  readonly mayHave: boolean;
  /** By the name in lower case. */
  readonly byName: ReadonlyMap<string, readonly Attribute[]>;
  /** The table that it is; undefined for anything else. */
  readonly table: TableUse | undefined;
}

/** What FROM gives. */
export interface From {
  readonly relations: readonly Relation[];
  /** The columns of `*`, in order. */
  readonly star: readonly Attribute[];
  /** Key columns of JOIN … USING that only a qualified name reaches. */
  readonly hidden: ReadonlySet<Attribute>;
  readonly isOpen: boolean;
}

/** Names of a select list: a new name may be given twice. */
export type NewNames = ReadonlyMap<string, readonly Attribute[]>;

/** A common table expression in reach. */
export interface Cte {
  readonly name: string;
  result: Result;
  readonly before: Cte | undefined;
}

/** Where a new name of the select list is not seen, though its column has been made. */
export type Clause = "WHERE" | "ON" | "GROUP BY" | "aggregate" | "window" | "generator" | "sub-query";

/** Where an expression is. */
export interface Scope {
  readonly from: From;
  /** Looked through before FROM: the result, in ORDER BY. */
  readonly first?: Relation | undefined;
  /** Looked through behind FROM: earlier items in a select list, all of them in GROUP BY and HAVING. */
  readonly newNames?: NewNames | undefined;
  /** True where Spark does not mind that a new name is given twice, and takes the first. */
  readonly takesFirst?: boolean | undefined;
  readonly isHaving?: boolean | undefined;
  /** Items of the select list by their new names in lower case: what an unknown name may mean. */
  readonly aliases?: ReadonlyMap<string, SyntaxNode> | undefined;
  /** Set where `aliases`, or `newNames`, are not seen. */
  readonly clause?: Clause | undefined;
  /** What is behind a result that hides it, as DISTINCT does: only why a name is unknown. */
  readonly behind?: From | undefined;
  /** Names of windows that were used. */
  readonly windows?: Set<string> | undefined;
  /** Parameters of the lambda functions around. */
  readonly variables?: ReadonlySet<string> | undefined;
  readonly ctes: Cte | undefined;
  /** Of the query around a sub-query: Spark looks through its FROM, and no further out. */
  readonly outer: Scope | undefined;
}

/** The columns of a query. */
export interface Result {
  readonly attributes: readonly Attribute[];
  /** True where there may be more, or in another order. */
  readonly isOpen: boolean;
  /** What its ORDER BY also sees. */
  readonly scope?: Scope | undefined;
}

/** One query in work. */
export interface Run {
  readonly sources: (table: TableUse) => readonly Column[] | undefined;
  readonly references: Reference[];
  readonly mistakes: NameMistake[];
  /** How many columns its relations and results have had so far. */
  columns: number;
  /** Mistakes by what they are about: where else the query has each. */
  readonly reported: Map<object, Map<string, Extent[]>>;
  /** What each column reference (a node `primary`) means, where it is known. */
  readonly attributes: Map<SyntaxNode, Attribute>;
  /** Column references that mean nothing that is known; those among them that are mistakes. */
  readonly unclear: Set<SyntaxNode>;
  readonly wrong: Set<SyntaxNode>;
  /** What each SELECT (a node `select`) sees. */
  readonly scopes: Map<SyntaxNode, Scope>;
  /** The columns of a query inside this one; here, because queries contain expressions and expressions queries. */
  readonly query: (node: SyntaxNode, ctes: Cte | undefined, outer: Scope | undefined) => Result;
}

/** Most columns that relations and results of a query have together: `SELECT * FROM c x, c y` doubles them each time. */
const MOST_COLUMNS = 50_000;

/** A query that has more columns is not known, as one that is nested too deeply. */
export function countColumns(run: Run, { length }: readonly Attribute[]): void {
  run.columns += length;
  if (run.columns > MOST_COLUMNS) throw new RangeError("too many columns");
}

export const OPEN: Result = { attributes: [], isOpen: true };

export const NO_FROM: From = { relations: [], star: [], hidden: new Set(), isOpen: false };

const NOTHING: readonly Attribute[] = [];

/** A new value. */
export function computed(
  name: string,
  from: readonly Attribute[],
  at: SyntaxNode | undefined,
  type?: string,
): Attribute {
  return { id: {}, name, type, from, plain: undefined, at };
}

/** These columns and no others. */
export function closed(attributes: readonly Attribute[]): Result {
  return { attributes, isOpen: false };
}

/** Columns under a name. */
export function relationOf(
  names: readonly string[],
  { attributes, isOpen }: Result,
  table: TableUse | undefined = undefined,
): Relation {
  const byName = new Map<string, Attribute[]>();
  for (const each of attributes) {
    const key = each.name.toLowerCase();
    const same = byName.get(key);
    if (same) same.push(each);
    else byName.set(key, [each]);
  }
  return { names, attributes, isOpen, mayHave: isOpen || byName.has(""), byName, table };
}

/** One relation as FROM. */
export function fromOf(relation: Relation): From {
  return { relations: [relation], star: relation.attributes, hidden: NO_FROM.hidden, isOpen: relation.isOpen };
}

/** Two next to each other, as a comma or JOIN puts them. */
export function beside(left: From, right: From): From {
  if (left === NO_FROM) return right;
  return {
    relations: [...left.relations, ...right.relations],
    star: [...left.star, ...right.star],
    hidden: left.hidden.size + right.hidden.size === 0 ? left.hidden : new Set([...left.hidden, ...right.hidden]),
    isOpen: left.isOpen || right.isOpen,
  };
}

/** The columns of a FROM that a result has, under their tables' names. */
export function keptOf({ relations, hidden }: From, { attributes }: Pick<Result, "attributes">): From {
  const kept = new Set(attributes.map(({ id }) => id));
  const some = relations.map(({ names, attributes: all, isOpen, table }) =>
    relationOf(names, { attributes: all.filter(({ id }) => kept.has(id)), isOpen }, table),
  );
  return { relations: some, star: [], hidden, isOpen: false };
}

/** A query's columns once more: each use of a table or common table expression has its own. */
export function instanceOf({ attributes, isOpen }: Result): Result {
  const ids = new Map<object, object>();
  const idOf = (id: object) => ids.get(id) ?? ids.set(id, {}).get(id) ?? id;
  return { attributes: attributes.map((each) => ({ ...each, id: idOf(each.id) })), isOpen };
}

/** The columns with other names, in order; undefined where the numbers differ. */
export function renamed({ attributes, isOpen }: Result, names: readonly SyntaxNode[]): Result | undefined {
  if (isOpen) return { attributes: names.map((each) => computed(nameOf(each), NOTHING, each)), isOpen: false };
  if (attributes.length !== names.length) return undefined;
  return {
    attributes: attributes.map((each, index) => ({ ...each, id: {}, name: nameOf(names[index] as SyntaxNode) })),
    isOpen,
  };
}

/** The parts of `a.b.c`; undefined where one is made at run time. */
export function partsOf(qualified: SyntaxNode): string[] | undefined {
  const names = nodesIn(qualified);
  return names.some(isMade) ? undefined : names.map(nameOf);
}

/** True for `IDENTIFIER('a')`. */
export function isMade({ parts: [first] }: SyntaxNode): boolean {
  return first !== undefined && "rule" in first;
}

/** What the value of an attribute is made of: sorted, each once. */
export function originsOf(attribute: Attribute, known: Map<Attribute, ReadonlyMap<string, Origin>>): Origin[] {
  return [...collect(attribute, known)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, origin]) => origin);
}

function collect(
  attribute: Attribute,
  known: Map<Attribute, ReadonlyMap<string, Origin>>,
): ReadonlyMap<string, Origin> {
  const before = known.get(attribute);
  if (before !== undefined) return before;
  const { plain, from } = attribute;
  const found = new Map<string, Origin>(plain ? [[`${plain.table}\0${plain.column}`, plain]] : []);
  if (!plain) for (const each of from) for (const [key, origin] of collect(each, known)) found.set(key, origin);
  known.set(attribute, found);
  return found;
}
