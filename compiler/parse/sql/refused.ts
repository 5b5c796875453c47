/** What Spark's grammar takes, and its parser refuses all the same. */

import { each, type Find, mistake } from "./finders.ts";
import { closingOf, endsOperand } from "./grammar.ts";
import { insideOf, type Token } from "./lexer.ts";

const nameOf = (token: Token) => (token.kind === "quoted" ? token.text.slice(1, -1) : token.text).toLowerCase();

/** Two tables of one WITH, or two windows of one WINDOW, with the same name. */
const sameName = each((tokens, at) => {
  const word = tokens[at];
  if (word?.kind !== "word" || !/^(WITH|WINDOW)$/.test(word.upper) || tokens[at - 1]?.text === ".") return undefined;
  const what = word.upper === "WITH" ? "tables of a `WITH`" : "windows of a `WINDOW`";
  const seen = new Set<string>();
  let name = tokens[at + 1]?.upper === "RECURSIVE" && tokens[at + 2]?.kind !== "symbol" ? at + 2 : at + 1;
  for (;;) {
    const token = tokens[name];
    if (token?.kind !== "word" && token?.kind !== "quoted") return undefined;
    if (seen.has(nameOf(token)))
      return mistake(token, token, `two ${what} have the name \`${nameOf(token)}\``, "give one of them another name");
    seen.add(nameOf(token));
    const end = definitionEnd(tokens, name + 1);
    if (end === undefined || tokens[end + 1]?.text !== ",") return undefined;
    name = end + 2;
  }
});

/** The bracket that ends `(columns) AS (…)`. */
function definitionEnd(tokens: readonly Token[], start: number): number | undefined {
  let at = start;
  if (tokens[at]?.text === "(") at = closingOf(tokens, at) + 1;
  if (tokens[at]?.upper === "MAX") at += 4;
  if (tokens[at]?.upper === "AS") at += 1;
  return tokens[at]?.text === "(" ? closingOf(tokens, at) : undefined;
}

/** `LIKE ANY ()`, `ESCAPE 'ab'`. */
const pattern = each((tokens, at) => {
  const [previous, word, next, close] = [tokens[at - 1], tokens[at], tokens[at + 1], tokens[at + 2]];
  if (word?.kind !== "word" || next === undefined) return undefined;
  if (/^I?LIKE$/.test(previous?.upper ?? "") && /^(ANY|ALL|SOME)$/.test(word.upper) && next.text === "(")
    return close?.text === ")"
      ? mistake(next, close, `the list of \`LIKE ${word.upper}\` is empty`, "write its patterns")
      : undefined;
  if (word.upper !== "ESCAPE" || next.kind !== "text" || !endsOperand(previous)) return undefined;
  const inside = insideOf(next);
  return inside === undefined || [...next.text.replace(/^r/i, "").slice(1, -1)].length === 1
    ? undefined
    : mistake(next, next, "`ESCAPE` takes one character", "write one, such as `'!'`");
});

/** `DECIMAL(39)`, `DECIMAL(3, 4)`. */
const decimal = each((tokens, at) => {
  if (tokens[at + 2]?.kind !== "number" || tokens[at + 1]?.text !== "(") return undefined;
  const [word, open, digits, comma, scale] = tokens.slice(at, at + 5);
  if (word?.kind !== "word" || !/^(DECIMAL|DEC|NUMERIC)$/.test(word.upper) || open?.text !== "(") return undefined;
  if (!/^(AS|::|<|:|,)$/.test(tokens[at - 1]?.upper ?? "") && tokens[at - 1]?.kind !== "word") return undefined;
  if (digits?.kind !== "number" || !/^[,)]$/.test(comma?.text ?? "")) return undefined;
  if (Number(digits.text) > 38)
    return mistake(digits, digits, `a DECIMAL of ${digits.text} digits does not exist`, "write 38 or less");
  return comma?.text === "," && scale?.kind === "number" && Number(scale.text) > Number(digits.text)
    ? mistake(scale, scale, "a DECIMAL has more digits behind the point than in all", `write ${digits.text} or less`)
    : undefined;
});

/** `TABLESAMPLE (200 PERCENT)`. */
const sample = each((tokens, at) => {
  if (tokens[at]?.upper !== "TABLESAMPLE") return undefined;
  const [, open, number, unit] = tokens.slice(at, at + 4);
  if (open?.text !== "(" || number?.kind !== "number") return undefined;
  return unit?.upper === "PERCENT" && Number(number.text) > 100
    ? mistake(number, number, "a sample is larger than 100 percent", "write 100 or less")
    : undefined;
});

export const REFUSED: readonly Find[] = [sameName, pattern, decimal, sample];
