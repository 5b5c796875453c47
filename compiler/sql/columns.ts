/** Which columns a statement names, from the parser's tree. */

import { isIdentifier, isNode, type SyntaxNode } from "./tree.ts";

/**
 * Names of columns, sorted, each once. Of `a.b` the last part where `a` is a table or an alias of one, else the first:
 * a field of a struct. Parameters of lambda functions are no columns.
 */
export function columnsOf(statements: readonly SyntaxNode[]): string[] {
  const tables = new Set<string>();
  const found: { readonly name: string; readonly table: string | undefined }[] = [];
  const lambdas = new Set<string>();
  walk(statements, (key, node) => {
    if (key === "table" && "schema" in node) addNames(tables, [node.name, node.alias]);
    if (key === "subquery") addNames(tables, [node.alias]);
    if (key === "lambda" && Array.isArray(node.parameters)) addNames(lambdas, node.parameters);
    if (key === "column" && isIdentifier(node.name)) {
      found.push({ name: node.name.name, table: isIdentifier(node.table) ? node.table.name : undefined });
    }
  });
  const names = found.map(({ name, table }) => (table === undefined || tables.has(table.toLowerCase()) ? name : table));
  return [...new Set(names)].filter((name) => !lambdas.has(name.toLowerCase())).sort();
}

function addNames(names: Set<string>, nodes: readonly unknown[]): void {
  for (const node of nodes) if (isIdentifier(node)) names.add(node.name.toLowerCase());
}

function walk(value: unknown, see: (key: string, node: SyntaxNode) => void, key = ""): void {
  if (Array.isArray(value)) for (const item of value) walk(item, see, key);
  else if (isNode(value)) {
    see(key, value);
    for (const [inner, child] of Object.entries(value)) walk(child, see, inner);
  }
}
