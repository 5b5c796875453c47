/**
 * Habits from other languages and databases, and operators without an operand: most of them the parser reads over, since it reads other
 * databases, too. Each function looks for one kind and answers the first place.
 */

import { DIALECTS } from "./dialects.ts";
import type { SyntaxMistake } from "./facts.ts";
import { aroundOf, each, type Find, mistake } from "./finders.ts";
import { FOREIGN } from "./foreign.ts";
import { FORMS } from "./forms.ts";
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

const ampersands = each((tokens, at) => {
  const [first, second] = [tokens[at], tokens[at + 1]];
  if (first?.text !== "&" || second?.text !== "&" || first.end !== second.start) return undefined;
  return mistake(first, second, "Spark has no `&&`", "write `AND`");
});

const squareBrackets = each((tokens, at) => {
  const open = tokens[at];
  if (open?.text !== "[" || tokens[at - 1]?.text === ":" || endsOperand(tokens[at - 1])) return undefined;
  return mistake(
    open,
    open,
    "Spark SQL has no square brackets around names or lists",
    "write backticks around a name, and `array(…)` for a list",
  );
});

const limitOffset = each((tokens, at) => {
  const [limit, first, comma, second] = tokens.slice(at, at + 4);
  if (limit?.upper !== "LIMIT" || first?.kind !== "number" || comma?.text !== "," || second?.kind !== "number")
    return undefined;
  return mistake(
    first,
    second,
    "Spark has no `LIMIT` of two numbers",
    `write \`LIMIT ${second.text} OFFSET ${first.text}\``,
  );
});

const fetchFirst = each((tokens, at) => {
  const [fetch, first, number] = tokens.slice(at, at + 3);
  if (fetch?.upper !== "FETCH" || !/^(FIRST|NEXT)$/.test(first?.upper ?? "") || first === undefined) return undefined;
  if (!endsOperand(tokens[at - 1]) || (number?.kind !== "number" && !/^ROWS?$/.test(number?.upper ?? "")))
    return undefined;
  return mistake(fetch, first, "Spark has no `FETCH FIRST`", "write `LIMIT` and the number at the end of the query");
});

const inList = each((tokens, at, { call }) => {
  const [word, open, close] = tokens.slice(at, at + 3);
  if (
    word?.upper !== "IN" ||
    open === undefined ||
    call === "POSITION" ||
    (!endsOperand(tokens[at - 1]) && tokens[at - 1]?.upper !== "NOT")
  )
    return undefined;
  if (open.text !== "(") return mistake(word, word, "`IN` is not followed by a list in brackets", "write `IN (…)`");
  return close?.text === ")"
    ? mistake(open, close, "the list of `IN` is empty", "write its values, or `false` for a condition that never holds")
    : undefined;
});

/** `FROM "t"`: Spark takes double quotes for text. In `trim(BOTH FROM 'x')` and `IS DISTINCT FROM 'x'` text may follow. */
const quotedTable = each((tokens, at, { isQuery }) => {
  const [word, table] = [tokens[at], tokens[at + 1]];
  if (
    table?.kind !== "text" ||
    (word?.upper !== "JOIN" && (word?.upper !== "FROM" || !isQuery || tokens[at - 1]?.upper === "DISTINCT"))
  )
    return undefined;
  const name = table.text.slice(1, -1);
  const rest = tokens[at + 2]?.text === "." && tokens[at + 3]?.kind === "text" ? tokens[at + 3] : undefined;
  const written = rest ? `\`${name}\`.\`${rest.text.slice(1, -1)}\`` : `\`${name}\``;
  return mistake(
    table,
    rest ?? table,
    "these quotes make a text, not a table's name",
    `write backticks: \`\`\` ${written} \`\`\``,
  );
});

const NEEDS_OPERAND = /^(AND|OR|LIKE|ILIKE|RLIKE|BETWEEN|ON|WHERE|HAVING|=|==|<|<=|>=|<>|!=|<=>|\|\||\/|%|\+|-)$/;
const NO_OPERAND =
  /^(AND|OR|WHERE|GROUP|HAVING|ORDER|UNION|INTERSECT|LIMIT|THEN|ELSE|FROM|JOIN|\)|\]|,|;|=|==|<|>|<=|>=|<>|!=|\/|%|)$/;

/** `WHERE a = AND b`. In `a.left = 1` and the like words are names. */
const missingOperand = each((tokens, at) => {
  const [token, next] = [tokens[at], tokens[at + 1]];
  if (token === undefined || !/^(word|symbol)$/.test(token.kind) || !NEEDS_OPERAND.test(token.upper)) return undefined;
  if (next !== undefined && (!/^(word|symbol)$/.test(next.kind) || !NO_OPERAND.test(next.upper))) return undefined;
  // A word may be a name: `on` in `SELECT on`, `x.and`. The parser decides.
  if (token.kind === "word" && !endsOperand(tokens[at - 1])) return undefined;
  if (tokens[at - 1]?.text === "." || tokens[at + 2]?.text === ".") return undefined;
  if (token.text === "<>" && tokens[at - 1]?.upper === "STRUCT") return undefined;
  if (next?.kind === "word" && tokens[at + 2]?.text === "(" && !/^(AND|OR|WHERE|HAVING)$/.test(next.upper))
    return undefined;
  const before = next === undefined || next.text === ";" ? "the end" : `\`${next.text}\``;
  return mistake(
    token,
    token,
    `something is missing between \`${token.text}\` and ${before}`,
    `add what \`${token.text}\` needs after it, or delete it`,
  );
});

const FINDERS: readonly Find[] = [
  selectTop,
  elseIf,
  ampersands,
  squareBrackets,
  limitOffset,
  fetchFirst,
  inList,
  quotedTable,
  missingOperand,
];

/** The first mistake of each kind. */
export function habits(tokens: readonly Token[]): (SyntaxMistake | undefined)[] {
  const around = aroundOf(tokens);
  return [...FINDERS, ...FOREIGN, ...FORMS, ...DIALECTS, ...REFUSED].map((find) => find(tokens, around));
}
