/**
 * Words of SQL that are names: Spark takes nearly every word as one, the parser (0.12.1) does not. A word where only a name can be gets
 * backticks before the parser sees it.
 *
 * A word that begins a clause or is an operator stays what it is where Spark would take it as a name and nobody means one:
 * `FROM t WHERE`, `a AND b`. So a forgotten part of a query remains a mistake.
 */

import { beginsExpression, closingOf, endsOperand, openingOf, STRICT, STRUCTURE } from "./grammar.ts";
import type { Token } from "./lexer.ts";
import { before, instead, quoted, type Rewrite } from "./written.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Words that are columns and tables in Spark, and not in the parser; they begin no part of a query. */
const SOFT = words(`
  ALTER BINARY BOTH CAST COLLATE CREATE CUBE DELETE DROP EXISTS FETCH INSERT INTO LEADING MINUS MSCK QUALIFY REPAIR ROLLUP SET
  TRAILING TRY_CAST
`);

/** Words that begin a part of a query, and that are columns, too, between what begins a column and what ends one. */
const CLAUSE_WORDS = words(`
  ALL ANY CASE CROSS DISTINCT DIV EXCEPT FROM GROUP HAVING INNER INTERSECT JOIN LATERAL LIMIT NATURAL NOT ON ORDER SELECT UNION USING
  WHERE WITH
`);

/** Words that are a type or a literal before a bracket or a point. */
const BEFORE_PART = words(`
  ARRAY DATE DATETIME INTERVAL JSON STRUCT TIME TIMESTAMP TIMESTAMP_LTZ TIMESTAMP_NTZ
`);

/** Operators, which a new name behind AS may be called. */
const AFTER_AS = words("AND BETWEEN ILIKE IN LIKE OR");

const TYPES = /^(BINARY|BOOLEAN|BYTE|DATE|DEC|DOUBLE|FLOAT|INT|INTEGER|LONG|SHORT|STRING|TIME|TIMESTAMP|VARIANT|VOID)$/;

const isName = (token: Token | undefined) => token?.kind === "word" || token?.kind === "quoted";
const isSymbol = (token: Token | undefined, pattern: RegExp) => token?.kind === "symbol" && pattern.test(token.text);

/** One rule: true where the word at `at` can be nothing but a name. */
type Rule = (tokens: readonly Token[], at: number, token: Token) => boolean;

/** `SELECT to, from FROM t`: between what begins a column and what ends one. */
const inList: Rule = (tokens, at, { upper }) => {
  const [previous, next] = [tokens[at - 1], tokens[at + 1]];
  if (previous === undefined || (!SOFT.has(upper) && !CLAUSE_WORDS.has(upper))) return false;
  if (previous.text === "." && next?.text !== "(") return true;
  // `GROUP BY ALL`; `SELECT DISTINCT, a` has the word as a column, `SELECT DISTINCT FROM` has no column.
  if (upper === "DISTINCT" && next?.text !== ",") return false;
  const begins =
    /^(SELECT|,|AS|\()$/.test(previous.upper) || (previous.upper === "BY" && (upper !== "ALL" || next?.text === ","));
  const ends = next === undefined || /^(,|\)|;|FROM|=|<>|<|>|<=|>=|AS)$/.test(next.upper);
  // `(ALL)`, `(WITH`: a bracket begins a column where the word is alone in it.
  return begins && ends && (previous.text !== "(" || next?.text === ")" || next?.text === ",");
};

const BEGINS = /^(SELECT|DISTINCT|BY|WHERE|HAVING|ON|AND|OR|NOT|BETWEEN|CASE|WHEN|THEN|ELSE)$/;
const COMPARISON = /^(=|==|<=>|<>|!=|<|<=|>|>=)$/;

/** `WHERE drop > 1`, `WHERE order = 1 AND a = group`: an operand. */
const operand: Rule = (tokens, at, { upper }) => {
  const [previous, next, then] = [tokens[at - 1], tokens[at + 1], tokens[at + 2]];
  const begins =
    previous?.kind === "word"
      ? BEGINS.test(previous.upper)
      : isSymbol(previous, /^([(,+\-*/%=<>]|==|<=|>=|<>|!=|\|\||->)$/);
  if (!begins || next?.text === "(") return false;
  if (SOFT.has(upper)) {
    // `ARRAY<BINARY>`, `trim(BOTH FROM a)`, `(DELETE FROM t)`.
    if (upper === "BINARY" && (isSymbol(previous, /^<$/) || isSymbol(next, /^>/))) return false;
    if (previous?.text === "(" && next?.kind === "word")
      return /^(IS|IN|AND|OR|NOT|LIKE|BETWEEN|DIV|AS)$/.test(next.upper);
    return !beginsExpression(next) || isSymbol(next, /^[+\-*]$/) || next?.upper === "NOT";
  }
  if (!CLAUSE_WORDS.has(upper) || /^(CASE|DISTINCT|NOT|SELECT|WHERE|WITH|ON|ALL|ANY|DIV)$/.test(upper)) return false;
  if (isSymbol(next, COMPARISON)) return endsOperand(then) || beginsExpression(then);
  return (
    isSymbol(previous, COMPARISON) && (next === undefined || isSymbol(next, /^[);,]$/) || /^(AND|OR)$/.test(next.upper))
  );
};

/** `FROM drop`, `JOIN set s`. */
const table: Rule = (tokens, at, { upper }) =>
  /^(FROM|JOIN)$/.test(tokens[at - 1]?.upper ?? "") &&
  (SOFT.has(upper) || /^(ONLY|UNPIVOT|VALUES)$/.test(upper)) &&
  tokens[at + 1]?.text !== "(";

/** `order.id`, `date.year`: nothing else is before a point without a blank. */
const qualifier: Rule = (tokens, at, { upper, end }) => {
  const [previous, point, next] = [tokens[at - 1], tokens[at + 1], tokens[at + 2]];
  if (point?.text !== "." || point.start !== end || next?.start !== point.end || previous?.text === ".") return false;
  return isKnown(upper) && !STRICT.has(upper) && (isName(next) || next.text === "*");
};

/** `date[0]`: the parser sees a type. */
const subscript: Rule = (tokens, at, { upper }) =>
  tokens[at + 1]?.text === "[" &&
  (BEFORE_PART.has(upper) || SOFT.has(upper)) &&
  !/^(AS|::|<)$/.test(tokens[at - 1]?.upper ?? "");

/** `a AS between`. */
const newName: Rule = (tokens, at, { upper }) =>
  tokens[at - 1]?.upper === "AS" &&
  (AFTER_AS.has(upper) || (SOFT.has(upper) && !STRICT.has(upper))) &&
  upper !== "BINARY" &&
  /^(,|\)|;|FROM|JOIN|ON|WHERE|GROUP|)$/.test(tokens[at + 1]?.upper ?? "");

/** `a percent, b`: a new name without AS. */
const bareName: Rule = (tokens, at, { upper }) =>
  (/^(MATCH|PERCENT|FILTER)$/.test(upper) || (SOFT.has(upper) && !/^(INTO|MINUS|QUALIFY)$/.test(upper))) &&
  endsOperand(tokens[at - 1]) &&
  tokens[at - 1]?.text !== "." &&
  tokens[at - 1]?.text !== "*" &&
  /^(,|FROM)$/.test(tokens[at + 1]?.upper ?? "");

/** `AS date(a, b)` gives a table's columns names; in `AS decimal(3, 1)` numbers follow. */
const namedColumns: Rule = (tokens, at, { upper }) => {
  if (
    tokens[at - 1]?.upper !== "AS" ||
    tokens[at + 1]?.text !== "(" ||
    STRICT.has(upper) ||
    /^(GEO|IDENTIFIER)/.test(upper)
  )
    return false;
  const inside = tokens.slice(at + 2, closingOf(tokens, at + 1));
  return inside.length % 2 === 1 && inside.every((each, index) => (index % 2 === 0 ? isName(each) : each.text === ","));
};

/** `WITH after AS (SELECT …)`. */
const commonTable: Rule = (tokens, at) =>
  /^(WITH|RECURSIVE|,)$/.test(tokens[at - 1]?.upper ?? "") &&
  tokens[at + 1]?.upper === "AS" &&
  tokens[at + 2]?.text === "(" &&
  /^(SELECT|WITH|VALUES|FROM|TABLE|\()$/.test(tokens[at + 3]?.upper ?? "");

/** `STRUCT<from: INT>`. */
const field: Rule = (tokens, at, { upper }) =>
  isSymbol(tokens[at - 1], /^[<,]$/) && tokens[at + 1]?.text === ":" && isKnown(upper);

/** `:from`. */
const parameter: Rule = (tokens, at, { upper, start }) => {
  const [value, colon] = [tokens[at - 2], tokens[at - 1]];
  if (colon?.text !== ":" || colon.end !== start || !isKnown(upper)) return false;
  return !(value?.end === colon.start && endsOperand(value));
};

const ENDS_TABLE =
  /^(,|\)|;|ON|USING|WHERE|GROUP|HAVING|ORDER|LIMIT|JOIN|INNER|LEFT|RIGHT|FULL|CROSS|NATURAL|LATERAL|UNION|)$/;

/** `FROM lineorder date WHERE …`, `FROM (SELECT …) after`: a table's new name without AS. */
const tableAlias: Rule = (tokens, at, { upper }) => {
  const [previous, next] = [tokens[at - 1], tokens[at + 1]];
  if (STRUCTURE.has(upper) || !ENDS_TABLE.test(next?.upper ?? "")) return false;
  // Words that people of other databases put before JOIN.
  if (next?.upper === "JOIN" && /^(OUTER|ASOF|ANY|ALL|GLOBAL|POSITIONAL|STRAIGHT|HASH|LOOP|MERGE)$/.test(upper))
    return false;
  let first = at - 1;
  if (previous?.text === ")") first = openingOf(tokens, first);
  else if (!isName(previous) || !endsOperand(previous)) return false;
  else while (tokens[first - 1]?.text === ".") first -= 2;
  const opener = tokens[first - 1]?.upper ?? "";
  if (previous?.text === ")")
    return /^(FROM|JOIN|LATERAL)$/.test(opener) || (opener === "," && isQuery(tokens[first + 1]));
  return /^(FROM|JOIN)$/.test(opener) || (opener === "," && !(TYPES.test(upper) && isInType(tokens, first)));
};

const isQuery = (token: Token | undefined) => /^(SELECT|WITH|VALUES|FROM|TABLE)$/.test(token?.upper ?? "");

/** In the brackets of `STRUCT<…>`. */
function isInType(tokens: readonly Token[], at: number): boolean {
  let depth = 0;
  for (let index = at - 1; index >= 0; index -= 1) {
    const token = tokens[index];
    if (isSymbol(token, /^>$/)) depth += 1;
    if (isSymbol(token, /^<$/) && depth-- === 0) return /^(STRUCT|MAP|ARRAY)$/.test(tokens[index - 1]?.upper ?? "");
    if (isSymbol(token, /^[();]$/) || token?.upper === "FROM") return false;
  }
  return false;
}

/** All of the words that are handled here. */
const isKnown = (upper: string) =>
  SOFT.has(upper) ||
  CLAUSE_WORDS.has(upper) ||
  BEFORE_PART.has(upper) ||
  AFTER_AS.has(upper) ||
  STRUCTURE.has(upper) ||
  /^(FALSE|TRUE|NULL|IF|ONLY|TOP|UNPIVOT|MSCK|REPAIR|VALUES|TABLE|VIEW|ROW|ROWS|RANGE|TYPE|INPUT|CACHE|UPDATE|MERGE|SHOW|USE)$/.test(
    upper,
  );

/** `top` is a name, where no number is behind it (habits.ts). */
const notTop: Rule = (tokens, at, { upper }) =>
  upper === "TOP" && tokens[at + 1]?.kind !== "number" && tokens[at + 1]?.text !== "(";

/** `if` is a name, where neither a bracket nor a condition is behind it. */
const notIf: Rule = (tokens, at, { upper }) => upper === "IF" && !beginsExpression(tokens[at + 1]);

const RULES: readonly Rule[] = [
  inList,
  operand,
  table,
  qualifier,
  subscript,
  newName,
  bareName,
  namedColumns,
  commonTable,
  field,
  parameter,
  tableAlias,
  notTop,
  notIf,
];

/** A word that can be nothing but a name gets backticks. */
export const nameInBackticks: Rewrite = (tokens, at, out) => {
  const token = tokens[at];
  if (token?.kind !== "word" || !RULES.some((rule) => rule(tokens, at, token))) return undefined;
  out.push(quoted(token));
  return at + 1;
};

/**
 * `LATERAL VIEW explode(a) date AS x`, `OVER range`: the parser takes plain names only, without backticks. No fact has them.
 *
 * The parser wants AS before a view's columns; Spark does not.
 */
export const plainName: Rewrite = (tokens, at, out) => {
  const [previous, token] = [tokens[at - 1], tokens[at]];
  if (token === undefined || !isName(token)) return undefined;
  if (previous?.text === ")" && isViewName(tokens, at)) out.push(...plain(token));
  else if (
    isName(previous) &&
    tokens[at - 2]?.text === ")" &&
    !STRUCTURE.has(token.upper) &&
    isViewName(tokens, at - 1)
  )
    out.push(before(token, "AS"), token.kind === "word" ? quoted(token) : token);
  else if (isWindowName(tokens, at)) out.push(...plain(token));
  else return undefined;
  return at + 1;
};

const plain = (token: Token) => [instead(token, `n_${token.text.replace(/\W/g, "_")}`)];

/** The name behind the call of LATERAL VIEW; in `LATERAL VIEW explode(a) AS x` the parser sees to it. */
function isViewName(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  if (!isName(token) || (STRUCTURE.has(token?.upper ?? "") && tokens[at + 1]?.upper !== "AS") || token?.upper === "AS")
    return false;
  let index = openingOf(tokens, at - 1) - 1;
  while (tokens[index - 1]?.text === ".") index -= 2;
  if (tokens[index - 1]?.upper === "OUTER") index -= 1;
  return tokens[index - 1]?.upper === "VIEW" && tokens[index - 2]?.upper === "LATERAL";
}

/** `OVER w`, `OVER (w)`, `WINDOW w AS (…), v AS (w)`. */
function isWindowName(tokens: readonly Token[], at: number): boolean {
  const [earlier, previous, next, open, inside] = [at - 2, at - 1, at + 1, at + 2, at + 3].map(
    (index) => tokens[index],
  );
  if (previous?.kind === "word" && previous.upper === "OVER" && endsOperand(tokens[at - 2]))
    return next?.text !== "(" && next?.upper !== "BY";
  if (previous?.text === "(" && next?.text === ")" && earlier?.upper === "OVER") return true;
  if (next?.upper !== "AS" || open?.text !== "(") return false;
  if (previous?.upper === "WINDOW") return true;
  return (
    previous?.text === "," &&
    earlier?.text === ")" &&
    /^(PARTITION|ORDER|DISTRIBUTE|SORT|CLUSTER)$/.test(inside?.upper ?? "")
  );
}
