/** Which parts of a query decide on its rows, beside those that make its columns. */

import type { Extent } from "../parse/sql/extent.ts";
import { extentOf, firstOf, has, isNode, nodesIn, type SyntaxNode } from "../parse/sql/tree.ts";

/** How a column decides on rows, in OpenLineage's words. */
export type RowUse = "filter" | "group_by" | "join" | "sort" | "window";

/** A clause and its place. */
export interface Clause extends Extent {
  readonly use: RowUse;
}

const USES: Readonly<Record<string, RowUse>> = {
  where: "filter",
  having: "filter",
  group: "group_by",
  pipeGroup: "group_by",
  order: "sort",
  window: "window",
  partitions: "window",
};

/** The clauses of a query, in order; what is inside another clause belongs to that one. */
export function clausesOf(query: SyntaxNode): Clause[] {
  const found: Clause[] = [];
  for (const open = [query]; open.length > 0; ) {
    const node = open.pop() as SyntaxNode;
    const use = USES[node.rule];
    if (use !== undefined) {
      if (firstOf(node) !== undefined) found.push({ use, ...extentOf(node) });
      continue;
    }
    const below = nodesIn(node);
    // `ON a = b` and `USING (a)`, but not the sub-query that is joined.
    const conditions = node.rule === "join" && (has(node, "ON") || has(node, "USING")) ? below.slice(-1) : [];
    found.push(...conditions.map((each) => ({ use: "join" as const, ...extentOf(each) })));
    open.push(...below.filter((each) => !conditions.includes(each) && isNode(each)).reverse());
  }
  return found.sort((a, b) => a.offset - b.offset);
}
