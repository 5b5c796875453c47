/**
 * Words of SQL that are names. Spark takes nearly every word as one; here a word that begins a part of a query, or is an operator, is one only
 * where nothing else can be meant: in `SELECT a FROM t ORDER BY order`, and not in `FROM t WHERE`. So a forgotten part remains a mistake.
 */

import { beginsExpression, endsOperand, STRICT, STRUCTURE } from "./grammar.ts";
import type { Token } from "./lexer.ts";

const isSymbol = (token: Token | undefined, pattern: RegExp) => token?.kind === "symbol" && pattern.test(token.text);

/** One rule: true where the word at `at` can be nothing but a name. */
type Rule = (tokens: readonly Token[], at: number, token: Token) => boolean;

/** `SELECT to, from FROM t`: between what begins a column and what ends one. */
const inList: Rule = (tokens, at, { upper }) => {
  const [previous, next] = [tokens[at - 1], tokens[at + 1]];
  if (previous === undefined) return false;
  // `GROUP BY ALL`; `SELECT DISTINCT, a` has the word as a column, `SELECT DISTINCT FROM` has no column.
  if (upper === "DISTINCT" && next?.text !== "," && previous.text !== ",") return false;
  if (/^(HAVING|JOIN|NOT|UNION|WHERE)$/.test(upper) && previous.upper === "SELECT" && next?.text !== ",") return false;
  if (upper === "ALL" && next?.text !== "," && previous.upper === "BY") return false;
  const begins = /^(SELECT|,|AS|\(|BY)$/.test(previous.upper);
  const ends = next === undefined || /^(,|\)|;|FROM|=|<>|<|>|<=|>=|AS|ASC|DESC|NULLS)$/.test(next.upper);
  // `(UNION)`, `(WITH`: a bracket begins a column where the word is alone in it.
  return begins && ends && (previous.text !== "(" || next?.text === ")" || next?.text === ",");
};

const BEGINS = /^(SELECT|DISTINCT|BY|WHERE|HAVING|ON|AND|OR|NOT|BETWEEN|CASE|WHEN|THEN|ELSE)$/;
const COMPARISON = /^(=|==|<=>|<>|!=|<|<=|>|>=)$/;

/** `WHERE order = 1 AND a = group`: an operand. */
const operand: Rule = (tokens, at, { upper }) => {
  const [previous, next, then] = [tokens[at - 1], tokens[at + 1], tokens[at + 2]];
  const begins =
    previous?.kind === "word"
      ? BEGINS.test(previous.upper)
      : isSymbol(previous, /^([(,+\-*/%=<>]|==|<=|>=|<>|!=|\|\||->)$/);
  if (!begins || /^(AND|OR|CASE|DISTINCT|NOT|SELECT|WHERE|WITH|ON)$/.test(upper)) return false;
  if (next?.upper === "IN") return then?.text === "(";
  if (isSymbol(next, COMPARISON)) return endsOperand(then) || beginsExpression(then);
  return (
    isSymbol(previous, COMPARISON) && (next === undefined || isSymbol(next, /^[);,]$/) || /^(AND|OR)$/.test(next.upper))
  );
};

/** `FROM left`, `FROM order JOIN u`. */
const table: Rule = (tokens, at, { upper }) =>
  /^(FROM|JOIN)$/.test(tokens[at - 1]?.upper ?? "") &&
  (STRICT.has(upper) ? tokens[at + 1]?.upper !== "JOIN" : /^(UNPIVOT|ORDER|GROUP|LIMIT|OFFSET)$/.test(upper)) &&
  tokens[at + 1]?.upper !== "BY" &&
  !beginsExpression(tokens[at + 1]);

/** `order.id`: nothing else is before a point without a blank. */
const qualifier: Rule = (tokens, at, { end }) => {
  const [point, next] = [tokens[at + 1], tokens[at + 2]];
  return point?.text === "." && point.start === end && next?.start === point.end;
};

/** `a AS between`. */
const newName: Rule = (tokens, at, { upper }) =>
  tokens[at - 1]?.upper === "AS" &&
  !STRICT.has(upper) &&
  /^(,|\)|;|FROM|JOIN|ON|WHERE|GROUP|)$/.test(tokens[at + 1]?.upper ?? "");

/** `a is, b`: a new name without AS. */
const bareName: Rule = (tokens, at, { upper }) =>
  upper === "IS" && endsOperand(tokens[at - 1]) && /^(,|FROM)$/.test(tokens[at + 1]?.upper ?? "");

/** `WITH offset AS (SELECT …)`. */
const commonTable: Rule = (tokens, at) =>
  /^(WITH|RECURSIVE|,)$/.test(tokens[at - 1]?.upper ?? "") &&
  tokens[at + 1]?.upper === "AS" &&
  tokens[at + 2]?.text === "(" &&
  /^(SELECT|WITH|VALUES|FROM|TABLE|\()$/.test(tokens[at + 3]?.upper ?? "");

/** `STRUCT<from: INT>`. */
const field: Rule = (tokens, at) => isSymbol(tokens[at - 1], /^[<,]$/) && tokens[at + 1]?.text === ":";

/** `:from`. */
const parameter: Rule = (tokens, at, { start }) => {
  const [value, colon] = [tokens[at - 2], tokens[at - 1]];
  return colon?.text === ":" && colon.end === start && !(value?.end === colon.start && endsOperand(value));
};

const RULES: readonly Rule[] = [inList, operand, table, qualifier, newName, bareName, commonTable, field, parameter];

/** The tokens with backticks around words that can be nothing but names. */
export function withNames(tokens: readonly Token[]): Token[] {
  return tokens.map((token, at) => {
    if (token.kind !== "word" || (!STRUCTURE.has(token.upper) && token.upper !== "ALL")) return token;
    if (!RULES.some((rule) => rule(tokens, at, token))) return token;
    const text = `\`${token.text}\``;
    return { ...token, kind: "quoted", text, upper: text };
  });
}
