/**
 * What Spark's grammar takes for something else than its author means, and literals apart, what Spark refuses later. Each function looks
 * for one kind and answers the first place.
 */

import { DIALECTS } from "./dialects.ts";
import type { SyntaxMistake } from "./facts.ts";
import { each, type Find, mistake } from "./finders.ts";
import { closingOf, endsOperand } from "./grammar.ts";
import type { Token } from "./lexer.ts";
import { REFUSED } from "./refused.ts";

const selectTop = each((tokens, at) => {
  const [select, top, number, close, next] = [0, 1, 2, 4, 5].map((step) => tokens[at + step]);
  if (select?.upper !== "SELECT" || top?.upper !== "TOP" || number === undefined) return undefined;
  const isBracketed =
    number.text === "(" &&
    tokens[at + 3]?.kind === "number" &&
    close?.text === ")" &&
    endsOperand(next) &&
    next?.upper !== "FROM";
  if (number.kind !== "number" && !isBracketed) return undefined;
  return mistake(top, top, "Spark has no `TOP`", "write `LIMIT` and the number at the end of the query");
});

/** `ELSE IF c THEN …`; `ELSE if(c, a, b)` is a function. */
const elseIf = each((tokens, at) => {
  const [first, second, next] = [tokens[at], tokens[at + 1], tokens[at + 2]];
  if (first?.upper !== "ELSE" || second?.upper !== "IF" || next === undefined) return undefined;
  const isCondition =
    next.text === "("
      ? tokens[closingOf(tokens, at + 2) + 1]?.upper === "THEN"
      : (next.kind !== "symbol" || next.text === ":") && next.upper !== "END";
  if (!isCondition) return undefined;
  return mistake(
    first,
    second,
    "Spark has no `ELSE IF`",
    "write `WHEN … THEN …` for each condition, and `ELSE` once, at the end",
  );
});

/** `a ISNULL`: Spark sees a new name of `a`. */
const nullTest = each((tokens, at) => {
  const [previous, word, next] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (word?.kind !== "word" || !/^(ISNULL|NOTNULL)$/.test(word.upper) || !endsOperand(previous)) return undefined;
  if (previous?.upper === "AS" || (next !== undefined && !/^(AND|OR|\)|;)$/.test(next.upper))) return undefined;
  return mistake(word, word, `Spark has no \`${word.text}\` here`, "write `IS NULL` or `IS NOT NULL`");
});

/** `t. IS NULL`: Spark sees a column called `IS`. */
const nothingBehindPoint = each((tokens, at) => {
  const [point, next] = [tokens[at], tokens[at + 1]];
  if (point?.text !== "." || next?.kind !== "word" || next.start === point.end || !endsOperand(tokens[at - 1]))
    return undefined;
  return /^(IS|AND|OR|IN|LIKE|BETWEEN)$/.test(next.upper)
    ? mistake(point, point, "no name is behind `.`", "write the column's name")
    : undefined;
});

const FINDERS: readonly Find[] = [selectTop, elseIf, nullTest, nothingBehindPoint, ...DIALECTS, ...REFUSED];

/** The first mistake of each kind. */
export function habits(tokens: readonly Token[]): (SyntaxMistake | undefined)[] {
  return FINDERS.map((find) => find(tokens));
}
