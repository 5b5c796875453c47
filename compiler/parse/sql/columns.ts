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

/** Kinds of nodes that are aggregates or windows; of others the tree says `aggregate_function`. */
const AGGREGATES = new Set(
  `aggregate_function window_function count count_if sum avg min max first last any_value approx_count_distinct
  approx_distinct array_agg bit_and_agg bit_or_agg bit_xor_agg corr covar_pop covar_samp group_concat list_agg
  logical_and logical_or max_by median min_by mode percentile percentile_cont percentile_disc stddev stddev_pop
  stddev_samp string_agg sum_if variance var_pop var_samp`.split(/\s+/),
);

/** True where a statement has an aggregate or window function. */
export function hasAggregates(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasAggregates);
  if (!isNode(value)) return false;
  for (const key in value) {
    const child = value[key];
    if (typeof child !== "object" || child === null) continue;
    if (AGGREGATES.has(key) && (isNode(child) || (Array.isArray(child) && child.some(isNode)))) return true;
    if (hasAggregates(child)) return true;
  }
  return false;
}

function addNames(names: Set<string>, nodes: readonly unknown[]): void {
  for (const node of nodes) if (isIdentifier(node)) names.add(node.name.toLowerCase());
}

function walk(value: unknown, see: (key: string, node: SyntaxNode) => void, key = ""): void {
  if (Array.isArray(value)) for (const item of value) walk(item, see, key);
  else if (isNode(value)) {
    see(key, value);
    for (const inner in value) {
      const child = value[inner];
      if (typeof child === "object" && child !== null) walk(child, see, inner);
    }
  }
}
