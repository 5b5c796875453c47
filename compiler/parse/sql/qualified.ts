/**
 * Names of tables with a database. The views that a query reads have plain names, so `db.t` becomes one name,
 * `` `db.t` ``, with the alias that it has in Spark: `t`. Where the query has something else of that name, the table has no
 * alias, and its columns are qualified by its whole name.
 */

import type { SqlEdit, TableUse } from "./facts.ts";
import { fullName, tableOf } from "./tables.ts";
import { chainOf, firstOf, isNode, nameOf, nodesBelow, nodesIn, nodesOf, quotedName, type SyntaxNode } from "./tree.ts";

/** What a table is called before a column: in the text, in lower case → after the edits. Undefined: as in the text. */
interface Scope {
  readonly qualifiers: ReadonlyMap<string, string | undefined>;
  readonly outer: Scope | undefined;
}

/** What a query reads. `name`: what it is called there. */
interface Source {
  readonly node: SyntaxNode;
  readonly name: string | undefined;
  /** Set for a table with a database that has no alias. */
  readonly table: TableUse | undefined;
}

/** Edits after which a query names no table with a database, in the order of the text. */
export function qualifiedNames(query: SyntaxNode): SqlEdit[] {
  const names = [...nodesBelow(query)].flatMap((node) => sourceOf(node)?.name?.toLowerCase() ?? []);
  const once = new Set<string>();
  const edits = new Editor(new Set(names.filter((name) => once.size === once.add(name).size)));
  edits.query(query, { qualifiers: new Map(), outer: undefined });
  return edits.made.sort((a, b) => a.offset - b.offset);
}

class Editor {
  readonly made: SqlEdit[] = [];
  /** Names that the query gives to several of its sources. */
  readonly #shared: ReadonlySet<string>;

  constructor(shared: ReadonlySet<string>) {
    this.#shared = shared;
  }

  /** Each operand of a UNION has its own sources; a pipe has those of the steps before it. `ORDER BY` may use all. */
  query(query: SyntaxNode, outer: Scope): void {
    const [term] = nodesOf(query, "term");
    const parts = term ? nodesIn(term).filter(({ rule }) => rule === "operand" || rule === "pipe") : [];
    const isPiped = parts.some(({ rule }) => rule === "pipe");
    const scopes = (isPiped ? [parts] : parts.map((part) => [part])).map((group) => this.#scope(group, outer));
    const all = { qualifiers: new Map(scopes.flatMap(({ qualifiers }) => [...qualifiers]).reverse()), outer };
    for (const [index, part] of parts.entries()) this.#below(part, scopes[isPiped ? 0 : index] ?? all);
    for (const child of nodesIn(query)) if (child !== term) this.#visit(child, child.rule === "cte" ? outer : all);
  }

  #below(node: SyntaxNode, scope: Scope): void {
    for (const child of nodesIn(node)) this.#visit(child, scope);
  }

  #visit(node: SyntaxNode, scope: Scope): void {
    if (node.rule === "query") {
      this.query(node, scope);
      return;
    }
    if (node.rule === "operand") {
      this.#below(node, this.#scope([node], scope));
      return;
    }
    if (node.rule === "hintItem") {
      for (const table of nodesOf(node, "primary")) this.#qualify(chainOf(table), 0, scope);
      return;
    }
    if (node.rule === "reference") this.#replace(tableOf(node));
    else if (node.rule === "primary") this.#qualify(chainOf(node), 1, scope);
    else if (node.rule === "qualified") this.#qualify(nodesIn(node), 1, scope);
    if (node.rule === "reference" || node.rule === "function") return;
    const [first] = node.parts;
    // In `db.t.*` all names are the table's.
    const star = node.rule === "operandValue" && isNode(first) && first.rule === "qualified" ? first : undefined;
    if (star) this.#qualify(nodesIn(star), 0, scope);
    for (const child of nodesIn(node)) if (child !== star) this.#visit(child, scope);
  }

  #scope(parts: readonly SyntaxNode[], outer: Scope): Scope {
    const sources = parts.flatMap((part) => [sourceOf(part) ?? [], sourcesIn(part)].flat());
    const qualifiers = new Map<string, string | undefined>();
    for (const { node, name, table } of sources) {
      const key = name?.toLowerCase();
      if (key !== undefined) qualifiers.set(key, undefined);
      if (key === undefined || table === undefined) continue;
      const hasAlias = node.rule === "source" && !this.#shared.has(key);
      const text = quotedName(hasAlias ? table.name : fullName(table));
      qualifiers.set(fullName(table).toLowerCase(), text);
      if (hasAlias) this.made.push({ offset: endOf(node), length: 0, text: ` AS ${text}` });
      else if (sources.filter((each) => each.name?.toLowerCase() === key).length === 1) qualifiers.set(key, text);
    }
    return { qualifiers, outer };
  }

  #replace(table: TableUse): void {
    if (table.kind !== "table" || table.qualifier === undefined) return;
    this.made.push({ offset: table.offset, length: table.length, text: quotedName(fullName(table)) });
  }

  /** Replaces the names of a table at the beginning of names of which the last `columns` are a column: as the innermost query reads it. */
  #qualify(names: readonly SyntaxNode[], columns: 0 | 1, scope: Scope): void {
    const written = names.map((name) => nameOf(name).toLowerCase());
    for (let at: Scope | undefined = scope; at !== undefined; at = at.outer)
      for (let count = names.length - columns; count > 0; count = columns === 0 ? 0 : count - 1) {
        const key = written.slice(0, count).join(".");
        const [first, last] = [names[0], names[count - 1]];
        if (!at.qualifiers.has(key) || first === undefined || last === undefined) continue;
        const text = at.qualifiers.get(key);
        const offset = firstOf(first)?.start ?? 0;
        if (text !== undefined) this.made.push({ offset, length: endOf(last) - offset, text });
        return;
      }
  }
}

const LEADS_TO_SOURCES = new Set(["clauses", "from", "join", "pipe", "relation", "source"]);

/** What a part of a query reads itself: not in its sub-queries, nor in another operand. */
function sourcesIn(part: SyntaxNode): Source[] {
  return nodesIn(part).flatMap((child) => {
    const source = sourceOf(child) ?? [];
    return LEADS_TO_SOURCES.has(child.rule) ? [source, ...sourcesIn(child)].flat() : source;
  });
}

/** What a node reads, or makes: a table, a sub-query, VALUES, the view of LATERAL VIEW. `TABLE t` is a reference alone. */
function sourceOf(node: SyntaxNode): Source | undefined {
  const [reference] = nodesOf(node, "reference");
  if (node.rule === "operand") return reference && named(reference, reference);
  if (node.rule !== "source" && node.rule !== "view" && node.rule !== "unpivot") return undefined;
  const [values] = nodesOf(node, "values");
  const [alias] = [...nodesOf(values ?? node, "alias"), ...nodesOf(node, "newName"), node];
  const [written] = alias ? [...nodesOf(alias, "tableName"), ...nodesOf(alias, "name")] : [];
  const name = written && nameOf(written);
  return name === undefined && reference ? named(node, reference) : { node, name, table: undefined };
}

function named(node: SyntaxNode, reference: SyntaxNode): Source {
  const table = tableOf(reference);
  const isQualified = table.kind === "table" && table.qualifier !== undefined;
  return { node, name: table.name, table: isQualified ? table : undefined };
}

/** Where its last token ends; a rule at the end may cover none. */
function endOf({ parts }: SyntaxNode): number {
  for (const part of parts.toReversed()) {
    const end = isNode(part) ? endOf(part) : part.end;
    if (end > 0) return end;
  }
  return 0;
}
