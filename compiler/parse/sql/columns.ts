/** Which columns a query names, and whether it looks at more than one row. */

import { kindOfFunction, WITH_UNIT } from "../../functions/functions.ts";
import type { Token } from "./lexer.ts";
import { aliasName } from "./outputs.ts";
import { firstOf, has, isNode, nameOf, nodesBelow, nodesIn, nodesOf, type SyntaxNode, wordOf } from "./tree.ts";

/** Functions of Spark 4.1 without brackets, and `GROUP BY ALL`. */
const CONSTANTS = /^(current_(date|time|timestamp|user)|user|session_user|all)$/i;

/**
 * Names of columns, sorted, each once. Of `a.b` the last part where `a` is a table or an alias of one, else the first:
 * a field of a struct. Parameters of lambda functions are left out.
 */
export function columnsOf(query: SyntaxNode): string[] {
  const tables = new Set<string | undefined>();
  const found: (readonly string[])[] = [];
  const lambdas = new Set<string>();
  const units = new Set<Token | undefined>();
  for (const node of nodesBelow(query)) {
    if (node.rule === "reference") {
      const parts = nodesOf(node, "qualified").flatMap(nodesIn).map(nameOf);
      for (const name of [parts.at(-1), parts.join(".")]) tables.add(name?.toLowerCase());
    }
    if (node.rule === "alias") tables.add(aliasName(node));
    if (node.rule === "operandValue" && has(node, "->"))
      for (const name of nodesOf(node, "name")) lambdas.add(nameOf(name).toLowerCase());
    if (node.rule === "call") units.add(unitOf(node));
    if (node.rule === "primary" && !units.has(firstOf(node))) found.push(chainOf(node).map(nameOf));
  }
  const names = found.flatMap((parts) => {
    const table = parts.slice(0, -1).findIndex((_, at) =>
      tables.has(
        parts
          .slice(0, at + 1)
          .join(".")
          .toLowerCase(),
      ),
    );
    return parts.slice(table + 1, table + 2);
  });
  return [...new Set(names)].filter((name) => !lambdas.has(name.toLowerCase()) && !CONSTANTS.test(name)).sort();
}

/** The names at the beginning of `a.b.c[0].d`; none for what does not begin with a name. */
export function chainOf({ parts: [value, ...more] }: SyntaxNode): SyntaxNode[] {
  if (!isNode(value) || value.parts.length !== 1) return [];
  const [name] = nodesOf(value, "name");
  if (name === undefined || isNode(name.parts[0])) return [];
  const end = more.findIndex((part) => (isNode(part) ? part.rule !== "name" : part.text !== "."));
  return [name, ...(end < 0 ? more : more.slice(0, end)).filter(isNode)];
}

/** `DAY` of `dateadd(DAY, 1, a)`. */
function unitOf(call: SyntaxNode): Token | undefined {
  const [unit, ...others] = nodesOf(call, "argument");
  return unit && others.length === 2 && WITH_UNIT.has(firstOf(call)?.upper ?? "") ? firstOf(unit) : undefined;
}

/** True where a query has an aggregate or window function. */
export function hasAggregates(query: SyntaxNode): boolean {
  for (const node of nodesBelow(query)) {
    const isCall = node.rule === "call" || (node.rule === "operandValue" && has(node, "IGNORE"));
    if (isCall && (has(node, "OVER") || /aggregate|window/.test(kindOfFunction(wordOf(firstOf(node))) ?? "")))
      return true;
  }
  return false;
}
