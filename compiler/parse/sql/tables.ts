/** Which tables a query reads. */

import type { TableUse } from "./facts.ts";
import { FORMATS } from "./reach.ts";
import { extentOf, firstOf, has, isNode, nameOf, nodesIn, nodesOf, type SyntaxNode } from "./tree.ts";

/**
 * Tables that a query reads, in order. A name of a common table expression hides a table of that name in the query that has the WITH
 * clause and below it.
 */
export function tablesOf(query: SyntaxNode): TableUse[] {
  const found: TableUse[] = [];
  visit(query, new Set(), found);
  return found;
}

function visit(node: SyntaxNode, hidden: ReadonlySet<string>, found: TableUse[]): void {
  if (node.rule === "reference") addTable(node, hidden, found);
  let scope = hidden;
  for (const child of nodesIn(node)) {
    if (child.rule !== "cte") {
      visit(child, scope, found);
      continue;
    }
    const after = new Set([...scope, cteName(child)]);
    visit(child, has(node, "RECURSIVE") ? after : scope, found);
    scope = after;
  }
}

/** The name of a common table expression, as names are compared. */
export function cteName(cte: SyntaxNode): string {
  return nameOf(cte).toLowerCase();
}

function addTable(reference: SyntaxNode, hidden: ReadonlySet<string>, found: TableUse[]): void {
  const table = tableOf(reference);
  const isHidden = table.kind === "table" && hidden.has(fullName(table).toLowerCase());
  if (!isHidden) found.push(table);
  // A table that is read as `db.t` gets a view of that name, which the common table expression would hide.
  else if (table.qualifier !== undefined) found.push({ ...table, isHidden });
}

/** The table that a reference names. */
export function tableOf(reference: SyntaxNode): TableUse {
  const [qualified] = nodesOf(reference, "qualified");
  const parts = qualified ? nodesIn(qualified) : [];
  if (parts.length === 0 || parts.some((part) => isNode(part.parts[0]))) {
    const place = { offset: firstOf(reference)?.start ?? 0, length: "IDENTIFIER".length };
    return { name: "IDENTIFIER", qualifier: undefined, kind: "dynamic", ...place };
  }
  const names = parts.map(nameOf);
  const name = names.pop() ?? "";
  const isPath = names.length === 1 && FORMATS.includes(names[0]?.toLowerCase() ?? "") && /[/:\\]/.test(name);
  const qualifier = names.join(".") || undefined;
  return { name, qualifier, kind: isPath ? "path" : "table", ...extentOf(reference) };
}

/** As the query writes it, without quotes. */
export function fullName({ qualifier, name }: Pick<TableUse, "qualifier" | "name">): string {
  return qualifier === undefined ? name : `${qualifier}.${name}`;
}
