/** What lints look at. */

import { has, nodesOf, type SyntaxNode } from "../../parse/sql/tree.ts";
import type { Run, Scope } from "../model.ts";
import type { Lint } from "../types.ts";

/** What a lint looks at. */
export interface Resolved {
  readonly query: SyntaxNode;
  /** All nodes of a rule in it, each before those below it. */
  readonly nodes: (rule: string) => readonly SyntaxNode[];
  /** The SELECTs of the query and of those inside it. */
  readonly selects: readonly Select[];
  readonly run: Pick<Run, "attributes" | "scopes">;
}

/** One SELECT with what belongs to it. */
export interface Select {
  readonly node: SyntaxNode;
  readonly from: SyntaxNode | undefined;
  readonly clauses: SyntaxNode | undefined;
  /** What it sees; undefined where that is not known. */
  readonly scope: Scope | undefined;
}

/** A lint: what it finds, in no order. */
export type Find = (resolved: Resolved) => readonly Lint[];

/** The SELECTs of some nodes `operand`. */
export function selectsIn(operands: readonly SyntaxNode[], { scopes }: Resolved["run"]): Select[] {
  return operands.flatMap((operand) => {
    const selects = nodesOf(operand, "select");
    const clauses = nodesOf(operand, "clauses");
    const [from] = nodesOf(operand, "from");
    return selects.map((node, at) => ({ node, from, clauses: clauses[at], scope: scopes.get(node) }));
  });
}

/** Each `CASE a WHEN b …` of a query: `a`, and what it is compared with. */
export function casesIn({
  nodes,
}: Resolved): { readonly operand: SyntaxNode; readonly values: readonly SyntaxNode[] }[] {
  return nodes("operandValue").flatMap((node) => {
    const [, operand] = node.parts;
    if (!has(node, "CASE") || operand === undefined || !("rule" in operand)) return [];
    const values = node.parts.filter((part, at): part is SyntaxNode => {
      const before = node.parts[at - 1];
      return "rule" in part && before !== undefined && !("rule" in before) && before.upper === "WHEN";
    });
    return [{ operand, values }];
  });
}
