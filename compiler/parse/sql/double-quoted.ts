/** Texts in double quotes that may be meant as names, as other databases read them. */

import type { DoubleQuoted } from "./facts.ts";
import { endsOperand } from "./grammar.ts";
import type { Token } from "./lexer.ts";

/** Functions whose arguments are formats, units, keys or paths: a text there is meant as one. */
const TEXT_ARGUMENTS = new Set(
  `DATE_TRUNC TRUNC DATE_PART DATEPART EXTRACT DATE_FORMAT TO_DATE TO_TIMESTAMP TO_CHAR TO_NUMBER TO_BINARY FROM_UNIXTIME UNIX_TIMESTAMP
  TO_UNIX_TIMESTAMP NAMED_STRUCT MAP JSON_TUPLE GET_JSON_OBJECT FROM_JSON FROM_CSV TO_JSON TO_CSV XPATH ENCODE DECODE
  CONVERT_TIMEZONE FROM_UTC_TIMESTAMP TO_UTC_TIMESTAMP PARSE_URL`.split(/\s+/),
);

/** Behind these a column is expected, or what it is compared with. */
const BEFORE_NAME = /^(SELECT|DISTINCT|ALL|WHERE|ON|HAVING|BY|AND|OR|NOT|WHEN|AS|,|\.|=|==|<=>|<>|!=|<|>|<=|>=)$/;
const COMPARISON = /^(=|==|<=>|<>|!=|<|>|<=|>=|LIKE|ILIKE|RLIKE|IS|IN|BETWEEN)$/;

/** Functions in which `AS` has a type behind it. */
const CASTS = new Set(["CAST", "TRY_CAST"]);
/** Between these a text is alone. */
const BEFORE_ITEM = /^(SELECT|DISTINCT|BY|,)$/;
const AFTER_ITEM = /^(,|FROM|AS|\)|;|ASC|DESC|NULLS|WHERE|GROUP|HAVING|ORDER|LIMIT|UNION|)$/;

/** Each such text that could be an identifier; keys (`m["a"]`) and arguments that are texts by nature are left out. */
export function doubleQuotedOf(tokens: readonly Token[]): DoubleQuoted[] {
  const calls: string[] = [];
  return tokens.flatMap((token, at) => {
    const [before, after] = [tokens[at - 1], tokens[at + 1]];
    if (token.text === "(") calls.push(callOf(before));
    else if (token.text === ")") calls.pop();
    if (token.kind !== "text" || !/^"[\p{L}_][\p{L}\p{N}_]*"$/u.test(token.text)) return [];
    const call = calls.at(-1) ?? "";
    // Of `"db"."t"` the whole is a mistake.
    if (before?.text === "." && tokens[at - 2]?.kind === "text") return [];
    if (before?.text === "[" || TEXT_ARGUMENTS.has(call)) return [];
    const isBehindOperator = /^[=<>!]/.test(before?.text ?? "");
    const isBeforeOperator = COMPARISON.test(after?.upper ?? "");
    const isBare =
      isBeforeOperator ||
      isBehindOperator ||
      (call === "" && (before?.text === "(" || BEFORE_NAME.test(before?.upper ?? "")));
    // On the right of an operator, and among other arguments, a string makes as much sense.
    const isColumn = isAlone(before, after, call) || (isBeforeOperator && !isBehindOperator);
    const isName = before?.text === "." || (before?.upper === "AS" && !CASTS.has(call));
    const extent = { offset: token.start, length: token.end - token.start };
    return [{ name: token.text.slice(1, -1), isBare, isName, isColumn, ...extent }];
  });
}

/** An item of a list of columns, or the one argument of a function. */
function isAlone(before: Token | undefined, after: Token | undefined, call: string): boolean {
  if (call !== "") return before?.text === "(" && after?.text === ")" && call !== "IN" && call !== "VALUES";
  return BEFORE_ITEM.test(before?.upper ?? "") && AFTER_ITEM.test(after?.upper ?? "");
}

/** What brackets belong to: a function's name, `IN` and `VALUES` before their lists, nothing around an expression or a query. */
function callOf(before: Token | undefined): string {
  if (before?.kind === "quoted") return before.text;
  if (before?.kind !== "word") return "";
  return endsOperand(before) || before.upper === "IN" ? before.upper : "";
}
