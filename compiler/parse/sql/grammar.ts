/** What separates the parts of a query without a tree: which tokens begin, join and end expressions. */

import type { Token } from "./lexer.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** A part of a query begins, so an expression has ended. */
export const CLAUSES = words(`
  FROM WHERE GROUP HAVING ORDER SORT CLUSTER DISTRIBUTE LIMIT OFFSET UNION EXCEPT INTERSECT MINUS JOIN INNER LEFT RIGHT
  FULL CROSS NATURAL ANTI SEMI LATERAL ON USING WINDOW PIVOT UNPIVOT TABLESAMPLE AS WHEN THEN ELSE END ASC DESC NULLS
`);

/** An operand must follow. */
const OPENERS = words(`
  SELECT DISTINCT BY WHERE HAVING ON AND OR NOT IN LIKE ILIKE RLIKE REGEXP BETWEEN IS ESCAPE CASE WHEN THEN ELSE FROM
  JOIN SET
`);

/** Operators that are words. */
const OPERATORS = words("AND OR IN LIKE ILIKE RLIKE REGEXP BETWEEN IS DIV ESCAPE OVER WITHIN FILTER");

/** Tables and columns have these names, too, and the words behind them show which it is. */
const SOFT = words("MINUS SEMI SET SORT");

/** Words that are never a name where a part of a query can be as well: clauses, operators, and what goes before them. */
export const STRUCTURE: ReadonlySet<string> = new Set(
  [...CLAUSES, ...OPENERS, ...OPERATORS, "OUTER", "WITH"].filter((word) => !SOFT.has(word)),
);

/** Words that Spark never takes as a table's new name without backticks. */
export const STRICT: ReadonlySet<string> = words(
  "ANTI CROSS EXCEPT FULL INNER INTERSECT JOIN LATERAL LEFT MINUS NATURAL ON RIGHT SEMI UNION USING",
);

/** True where the token may be the last one of an operand: a name, a value, a closing bracket. */
export function endsOperand(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === "word") return !OPENERS.has(token.upper);
  return token.kind !== "symbol" || /^[)\]*]$/.test(token.text);
}

/** True where the token may be the first one of an expression. */
export function beginsExpression(token: Token | undefined): boolean {
  if (token === undefined || token.kind === "hint") return false;
  if (token.kind === "word") return !CLAUSES.has(token.upper) && !OPERATORS.has(token.upper);
  return token.kind !== "symbol" || /^[(:?+\-~!*@]$/.test(token.text);
}

/** Index of the bracket that closes the one at `open`; the number of tokens where none does. */
export function closingOf(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token?.kind !== "symbol") continue;
    if (/^[([{]$/.test(token.text)) depth += 1;
    else if (/^[)\]}]$/.test(token.text)) depth -= 1;
    if (depth === 0) return index;
  }
  return tokens.length;
}

/** Index of the bracket that a token is in, or that it closes; -1 for none. */
export function openingOf(tokens: readonly Token[], at: number): number {
  let depth = 0;
  for (let index = at - 1; index >= 0; index -= 1) {
    const text = tokens[index]?.text ?? "";
    if (/^[)\]}]$/.test(text)) depth += 1;
    if (/^[([{]$/.test(text) && depth-- === 0) return index;
  }
  return -1;
}
