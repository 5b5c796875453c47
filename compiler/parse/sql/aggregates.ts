/** Whether a query looks at more than one row. */

import { kindOfFunction } from "../../functions/functions.ts";
import { firstOf, has, nodesBelow, type SyntaxNode, wordOf } from "./tree.ts";

/** True where a query has an aggregate or window function. */
export function hasAggregates(query: SyntaxNode): boolean {
  for (const node of nodesBelow(query)) {
    const isCall = node.rule === "call" || (node.rule === "operandValue" && has(node, "IGNORE"));
    if (isCall && (has(node, "OVER") || /aggregate|window/.test(kindOfFunction(wordOf(firstOf(node))) ?? "")))
      return true;
  }
  return false;
}
