/** Parts of a query that lack something: the parser fills the gap, or takes the next word for it. */

import { nearest } from "../../nearest.ts";
import { each, type Find, mistake } from "./finders.ts";
import { CLAUSES, closingOf, endsOperand, INTERVAL_UNIT, openingOf, STRICT, STRUCTURE } from "./grammar.ts";
import type { Token } from "./lexer.ts";

/** `SELECT FROM t`: Spark sees a column called `FROM`, and `t` as its new name. */
const emptySelect = each((tokens, at) => {
  const select = tokens[at];
  if (select?.kind !== "word" || select.upper !== "SELECT" || tokens[at - 1]?.text === ".") return undefined;
  const next = /^(DISTINCT|ALL|NOT)$/.test(tokens[at + 1]?.upper ?? "") ? at + 2 : at + 1;
  const [from, then] = [tokens[next], tokens[next + 1]];
  const isEnd = from === undefined || (from.kind === "symbol" && /^[);]$/.test(from.text));
  const isFrom = from?.kind === "word" && from.upper === "FROM" && then !== undefined && isSource(then);
  // `SELECT select FROM t` has it in backticks by now; so has `SELECT where FROM t`, where the word is all.
  const isClause =
    /^`(WHERE|HAVING|UNION|JOIN|NOT)`$/i.test(from?.text ?? "") &&
    then?.upper === "FROM" &&
    from?.end !== undefined &&
    from.end - from.start === from.text.length - 2;
  if (!isEnd && !isFrom && !isClause) return undefined;
  return mistake(select, select, "`SELECT` has no columns", "name them, or write `*`");
});

const isSource = ({ kind, text, upper }: Token) =>
  kind === "quoted" || text === "(" || (kind === "word" && !CLAUSES.has(upper));

/** `CASE a END`. */
const caseWithoutWhen = each((tokens, at) => {
  const word = tokens[at];
  if (word?.kind !== "word" || word.upper !== "CASE" || endsOperand(tokens[at - 1])) return undefined;
  for (let index = at + 1; index < tokens.length; index += 1) {
    const token = tokens[index] as Token;
    if (token.kind === "symbol" && /^[([]$/.test(token.text)) index = closingOf(tokens, index);
    else if (/^(WHEN|CASE|,|;|\))$/.test(token.upper)) return undefined;
    else if (/^(END|ELSE)$/.test(token.upper) && token.kind === "word" && tokens[index - 1]?.text !== ".")
      return index === at + 1
        ? undefined
        : mistake(word, token, "`CASE` has no `WHEN`", "write `WHEN … THEN …` for each condition");
  }
  return undefined;
});

const TYPES =
  "ARRAY BIGINT BINARY BOOLEAN BYTE CHAR CHARACTER DATE DEC DECIMAL DOUBLE FLOAT GEOGRAPHY GEOMETRY INT INTEGER INTERVAL LONG MAP NUMERIC REAL SHORT SMALLINT STRING STRUCT TIME TIMESTAMP TIMESTAMP_LTZ TIMESTAMP_NTZ TINYINT VARCHAR VARIANT VOID".split(
    " ",
  );
/** Types of other databases. */
const MEANT: Readonly<Record<string, string>> = {
  TEXT: "STRING",
  NVARCHAR: "STRING",
  VARCHAR2: "STRING",
  CLOB: "STRING",
  UUID: "STRING",
  DATETIME: "TIMESTAMP",
  TIMESTAMPTZ: "TIMESTAMP",
  NUMBER: "DECIMAL",
  BOOL: "BOOLEAN",
  INT8: "BIGINT",
  INT64: "BIGINT",
  INT32: "INT",
  INT4: "INT",
  FLOAT8: "DOUBLE",
  FLOAT64: "DOUBLE",
  SIGNED: "BIGINT",
  UNSIGNED: "BIGINT",
  BLOB: "BINARY",
  JSON: "VARIANT",
};

/** The type of `CAST(a AS …)` and `a::…`. */
const castType: Find = each((tokens, at) => {
  const token = tokens[at];
  if (token?.text === "::" && token.kind === "symbol") return typeMistake(token, tokens[at + 1], tokens[at + 2]);
  if (token?.kind !== "word" || !/^(TRY_)?CAST$/.test(token.upper) || tokens[at + 1]?.text !== "(") return undefined;
  const end = closingOf(tokens, at + 1);
  for (let index = at + 2; index < end; index += 1) {
    if (tokens[index]?.kind === "symbol" && /^[([]$/.test(tokens[index]?.text ?? "")) index = closingOf(tokens, index);
    else if (tokens[index]?.upper === "AS" && tokens[index]?.kind === "word")
      return typeMistake(tokens[index] as Token, tokens[index + 1], tokens[index + 2]);
  }
  return undefined;
});

function typeMistake(before: Token, type: Token | undefined, next: Token | undefined) {
  if (type === undefined || type.kind !== "word" || (CLAUSES.has(type.upper) && type.upper !== "INTERVAL"))
    return type?.kind === "quoted" || type?.text === "("
      ? undefined
      : mistake(before, before, `no type is behind \`${before.text}\``, "write one, such as `STRING`");
  if (!TYPES.includes(type.upper)) {
    const meant = MEANT[type.upper] ?? nearest(type.upper, TYPES);
    const help = meant === undefined ? "write a type of Spark, such as `STRING`" : `write \`${meant}\``;
    return mistake(type, type, `Spark has no type \`${type.text}\``, help);
  }
  if (/^(ARRAY|MAP|STRUCT)$/.test(type.upper) && next?.text !== "<" && next?.text !== "<>")
    return mistake(type, type, `\`${type.text}\` lacks the types of its parts`, "write them, as in `ARRAY<STRING>`");
  if (/^(VARCHAR|CHAR|CHARACTER)$/.test(type.upper) && next?.text !== "(")
    return mistake(type, type, `\`${type.text}\` lacks its length`, "write `STRING`");
  return undefined;
}

const lateralView = each((tokens, at) => {
  const [lateral, view] = [tokens[at], tokens[at + 1]];
  if (lateral?.upper !== "LATERAL" || view?.upper !== "VIEW" || tokens[at - 1]?.text === ".") return undefined;
  let index = tokens[at + 2]?.upper === "OUTER" && tokens[at + 3]?.text !== "(" ? at + 3 : at + 2;
  while (tokens[index + 1]?.text === ".") index += 2;
  const call = tokens[index];
  if (call === undefined || tokens[index + 1]?.text !== "(")
    return mistake(lateral, call ?? view, "`LATERAL VIEW` calls no function", "write one, such as `explode(…)`");
  const name = tokens[closingOf(tokens, index + 1) + 1];
  if (
    name !== undefined &&
    (name.upper === "AS" || name.kind === "quoted" || (name.kind === "word" && !STRUCTURE.has(name.upper)))
  )
    return undefined;
  return mistake(lateral, call, "`LATERAL VIEW` has no name", `write it behind the call: \`${call.text}(…) v AS c\``);
});

/** `INTERVAL 3`, `INTERVAL '3'`, `INTERVAL n DAY`. */
const interval = each((tokens, at) => {
  const word = tokens[at];
  if (word?.kind !== "word" || word.upper !== "INTERVAL" || tokens[at - 1]?.text === ".") return undefined;
  const isSigned = /^[+-]$/.test(tokens[at + 1]?.text ?? "");
  const [value, unit] = isSigned ? [tokens[at + 2], tokens[at + 3]] : [tokens[at + 1], tokens[at + 2]];
  if (value === undefined) return undefined;
  if (INTERVAL_UNIT.test(unit?.upper ?? "")) {
    const isColumn =
      value.kind === "word" &&
      !isSigned &&
      /^[-+,(=]$/.test(tokens[at - 1]?.text ?? "") &&
      !CLAUSES.has(value.upper) &&
      endsOperand(value);
    return isColumn
      ? mistake(
          word,
          value,
          "the number of an interval is a column",
          `write \`make_interval(…)\`, or \`${value.text} * INTERVAL 1 ${unit?.text}\``,
        )
      : undefined;
  }
  const isBare =
    value.kind === "number" ? !isSigned : value.kind === "text" && !/[A-Za-z]/.test(value.text.slice(1, -1));
  return isBare
    ? mistake(word, value, "an interval has no unit", `write \`${word.text} ${value.text} DAY\`, or another unit`)
    : undefined;
});

/** `(a AS b)` in an expression: a CAST without its word, or a name where none can be. */
const aliasInBrackets: Find = (tokens) => {
  const open: { readonly at: number; clause: string; readonly isPlain: boolean }[] = [
    { at: -1, clause: "", isPlain: false },
  ];
  for (let at = 0; at < tokens.length; at += 1) {
    const [previous, token] = [tokens[at - 1], tokens[at] as Token];
    const level = open.at(-1);
    if (level === undefined) return undefined;
    if (token.kind === "symbol" && token.text === "(") {
      const before = previous?.upper ?? "";
      const isOperator =
        previous?.kind === "symbol"
          ? /^(=|==|<|>|<=|>=|<>|!=|\+|-|\*|\/|,|\()$/.test(before)
          : /^(SELECT|WHERE|AND|OR|NOT|BETWEEN|THEN|WHEN|ELSE|ON|HAVING|BY)$/.test(before);
      const isQuery = /^(SELECT|WITH|FROM|VALUES|TABLE|MAP|REDUCE|\()$/.test(tokens[at + 1]?.upper ?? "");
      open.push({
        at,
        clause: level.clause,
        isPlain: isOperator && !isQuery && level.clause !== "FROM" && level.clause !== "",
      });
    } else if (token.kind === "symbol" && token.text === ")") {
      if (open.length > 1) open.pop();
    } else if (token.kind === "word" && previous?.text !== ".") {
      if (/^(SELECT|WHERE|GROUP|HAVING|ORDER|ON)$/.test(token.upper)) level.clause = token.upper;
      else if (/^(FROM|JOIN|PIVOT|UNPIVOT|WINDOW|VALUES|WITH|LATERAL|USING)$/.test(token.upper)) level.clause = "FROM";
      else if (token.upper === "AS" && level.isPlain && !isCallAt(tokens, level.at) && !isRow(tokens, level.at))
        return mistake(
          token,
          token,
          "a value in brackets has no name",
          "write `CAST(…)` for another type; a column's name goes behind the bracket",
        );
    }
  }
  return undefined;
};

/** `(a AS x, b AS y)` is a struct. */
function isRow(tokens: readonly Token[], open: number): boolean {
  const end = closingOf(tokens, open);
  for (let at = open + 1; at < end; at += 1) {
    if (tokens[at]?.text === ",") return true;
    if (tokens[at]?.text === "(") at = closingOf(tokens, at);
  }
  return false;
}

const isCallAt = (tokens: readonly Token[], open: number) =>
  endsOperand(tokens[open - 1]) && tokens[open - 1]?.kind !== "symbol";

/** `(sum(a)) OVER (…)`, `FILTER (a > 1)`. */
const afterCall = each((tokens, at) => {
  const [previous, word, open] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (word?.kind !== "word" || previous?.text !== ")" || open?.text !== "(") return undefined;
  if (word.upper === "FILTER" && (tokens[at + 2]?.upper !== "WHERE" || tokens[at + 3]?.text === ")"))
    return mistake(word, open, "`FILTER` has no `WHERE` with a condition", "write `FILTER (WHERE …)`");
  if (word.upper !== "OVER") return undefined;
  const name = tokens[openingOf(tokens, at - 1) - 1];
  return name === undefined || !/^(word|quoted)$/.test(name.kind) || !endsOperand(name)
    ? mistake(word, word, "`OVER` must follow a function", "write it directly behind the call, inside the brackets")
    : undefined;
});

const BOUND = /^(PRECEDING|FOLLOWING|ROW)$/;

/** `ROWS 1`, `ROWS BETWEEN 1 AND 2`. */
const frame = each((tokens, at) => {
  const word = tokens[at];
  if (
    word?.kind !== "word" ||
    !/^(ROWS|RANGE)$/.test(word.upper) ||
    !(endsOperand(tokens[at - 1]) || /^(ASC|DESC|FIRST|LAST)$/.test(tokens[at - 1]?.upper ?? ""))
  )
    return undefined;
  const isFrame =
    /^(BETWEEN|UNBOUNDED|CURRENT|PRECEDING|FOLLOWING)$/.test(tokens[at + 1]?.upper ?? "") ||
    tokens[at + 1]?.kind === "number";
  if (!isFrame) return undefined;
  const open = openingOf(tokens, at);
  const bounds = tokens.slice(at + 1, open < 0 ? tokens.length : closingOf(tokens, open)).map(({ upper }) => upper);
  const and = bounds.indexOf("AND");
  const sides =
    bounds[0] === "BETWEEN"
      ? [bounds.slice(1, and < 0 ? undefined : and), and < 0 ? [] : bounds.slice(and + 1)]
      : [bounds];
  if (sides.every((side) => side.includes("(") || (side.length > 1 && BOUND.test(side.at(-1) ?? "")))) return undefined;
  return mistake(
    word,
    word,
    `the bounds of \`${word.text}\` are not complete`,
    "write `BETWEEN … PRECEDING AND CURRENT ROW`, or as many `PRECEDING`",
  );
});

/** `JOIN u USING a`, `a IS 1`, `a[]`, `SELECT ()`, `a.1`, `t. IS NULL`, `NATURAL JOIN u ON`. */
const misplaced = each((tokens, at) => {
  const [previous, token, next] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (token === undefined) return undefined;
  if (token.kind === "number")
    return token.text.startsWith(".") && previous?.end === token.start && /^(word|number)$/.test(previous.kind)
      ? mistake(
          token,
          token,
          `\`${token.text}\` is not part of a name or number`,
          "put a name that begins with a digit into backticks",
        )
      : undefined;
  if (token.kind === "word" && endsOperand(previous) && next !== undefined) {
    const isName = next.kind === "quoted" || (next.kind === "word" && !CLAUSES.has(next.upper) && endsOperand(next));
    if (token.upper === "USING" && isName && previous?.text !== ")")
      return mistake(token, next, "`USING` is not followed by columns in brackets", "write `USING (…)`");
    if (
      token.upper === "IS" &&
      (/^(number|text)$/.test(next.kind) ||
        (isName && !/^(NOT|NULL|TRUE|FALSE|UNKNOWN|DISTINCT|!)$/.test(next.upper.trim())))
    )
      return mistake(token, next, "`IS` is followed by a value", "write `=`, or `IS NULL`");
  }
  if (token.text === "[" && next?.text === "]" && endsOperand(previous))
    return mistake(token, next, "nothing is between `[` and `]`", "write the number or the key of the element");
  if (token.text === "(" && next?.text === ")" && /^(SELECT|BY|WHERE|AND|OR|=|\+|\/)$/.test(previous?.upper ?? ""))
    return mistake(token, next, "nothing is between `(` and `)`", "add what is missing, or delete them");
  if (
    token.text === "." &&
    next?.kind === "word" &&
    next.start > token.end &&
    /^(IS|AND|OR|IN|LIKE|BETWEEN)$/.test(next.upper) &&
    endsOperand(previous)
  )
    return mistake(token, token, "no name is behind `.`", "write the column's name");
  return undefined;
});

/** `FROM t AS left`. */
const strictAlias = each((tokens, at) => {
  const [as, word] = [tokens[at], tokens[at + 1]];
  // A word that rewrite.ts put into backticks is as long as without.
  const written = word?.kind === "quoted" ? word.upper.slice(1, -1).toUpperCase() : (word?.upper ?? "");
  if (as?.kind !== "word" || as.upper !== "AS" || word === undefined || !STRICT.has(written)) return undefined;
  if (word.end - word.start !== written.length) return undefined;
  let first = tokens[at - 1]?.text === ")" ? openingOf(tokens, at - 1) : at - 1;
  while (tokens[first - 1]?.text === ".") first -= 2;
  if (/^VALUES$/.test(tokens[first - 1]?.upper ?? "")) first -= 1;
  return /^(FROM|JOIN|LATERAL)$/.test(tokens[first - 1]?.upper ?? "")
    ? mistake(
        word,
        word,
        `\`${written.toLowerCase()}\` cannot be a table alias`,
        "write it in backticks, or another name",
      )
    : undefined;
});

/** `FROM a NATURAL JOIN b ON …`. */
const naturalJoin = each((tokens, at) => {
  const natural = tokens[at];
  if (natural?.kind !== "word" || natural.upper !== "NATURAL") return undefined;
  let join = at + 1;
  while (/^(INNER|LEFT|RIGHT|FULL|OUTER|SEMI|ANTI)$/.test(tokens[join]?.upper ?? "")) join += 1;
  if (tokens[join]?.upper !== "JOIN") return undefined;
  let index = join + 1;
  while (index < tokens.length) {
    const token = tokens[index] as Token;
    if (token.text === "(") index = closingOf(tokens, index);
    else if (token.kind === "word" && /^(ON|USING)$/.test(token.upper) && tokens[index - 1]?.text !== ".")
      return mistake(
        natural,
        token,
        `\`NATURAL JOIN\` takes no \`${token.upper}\``,
        "it joins by all columns of the same name; delete `NATURAL`, or the condition",
      );
    else if (
      token.text === ")" ||
      token.text === "," ||
      (token.kind === "word" && CLAUSES.has(token.upper) && token.upper !== "AS")
    )
      return undefined;
    index += 1;
  }
  return undefined;
});

export const FORMS: readonly Find[] = [
  emptySelect,
  caseWithoutWhen,
  castType,
  lateralView,
  interval,
  aliasInBrackets,
  afterCall,
  frame,
  misplaced,
  strictAlias,
  naturalJoin,
];
