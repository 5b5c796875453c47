/** The lints of a query, in order. */

import { isNode, type SyntaxNode } from "../../parse/sql/tree.ts";
import type { Run } from "../model.ts";
import type { Lint } from "../types.ts";
import { acceptedValues } from "./accepted-values.ts";
import { extractedTwice } from "./extracted-twice.ts";
import { joinCondition } from "./join-condition.ts";
import { limitWithoutOrder } from "./limit-without-order.ts";
import { type Find, selectsIn } from "./lint.ts";
import { missingComma } from "./missing-comma.ts";
import { nondeterministic } from "./nondeterministic.ts";
import { notIn } from "./not-in.ts";
import { nullComparison } from "./null-comparison.ts";
import { resultTypes } from "./result-types.ts";

const LINTS: readonly Find[] = [
  missingComma,
  joinCondition,
  acceptedValues,
  notIn,
  nullComparison,
  limitWithoutOrder,
  extractedTwice,
  resultTypes,
  nondeterministic,
];

/** What is legal and wrong in a query. */
export function lintsOf(query: SyntaxNode, run: Pick<Run, "attributes" | "scopes">): Lint[] {
  try {
    const nodes = nodesByRule(query);
    const resolved = { query, run, nodes, selects: selectsIn(nodes("operand"), run) };
    return LINTS.flatMap((find) => find(resolved)).sort((a, b) => a.offset - b.offset || (a.code < b.code ? -1 : 1));
  } catch (problem) {
    // Nested deeper than the stack: not known.
    if (problem instanceof RangeError) return [];
    throw problem;
  }
}

/** Rules whose nodes lints look at; a walk for each lint would take most of their time. */
const KEPT = new Set(["call", "condition", "cte", "expr", "operand", "operandValue"]);

function nodesByRule(query: SyntaxNode): (rule: string) => readonly SyntaxNode[] {
  const found = new Map<string, SyntaxNode[]>([...KEPT].map((rule) => [rule, []]));
  const open = [query];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    found.get(node.rule)?.push(node);
    for (let at = node.parts.length - 1; at >= 0; at -= 1) {
      const part = node.parts[at];
      if (isNode(part)) open.push(part);
    }
  }
  return (rule) => found.get(rule) ?? [];
}
