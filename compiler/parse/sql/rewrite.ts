/**
 * What Spark reads and the parser (0.12.1) does not, written as the parser reads it, before it sees the text.
 *
 * Each entry replaces some tokens by others that have the same tables, columns and parameters; the places stay those of the author's
 * text. `npm run truth` tells what is missing here. What cannot be replaced is in `gaps.ts`.
 */

import { beginsExpression, CLAUSES, closingOf, endsOperand, INTERVAL_UNIT, openingOf } from "./grammar.ts";
import type { Token } from "./lexer.ts";
import { nameInBackticks, plainName } from "./names.ts";
import { before, instead, quoted, type Rewrite } from "./written.ts";

/** `TIMESTAMP_NTZ '…'` is `TIMESTAMP '…'`. */
const typedTimestamp: Rewrite = (tokens, at, out) => {
  const token = tokens[at];
  if (token === undefined || tokens[at + 1]?.kind !== "text") return undefined;
  out.push(instead(token, "TIMESTAMP"));
  return at + 1;
};

/** `X 'F0'` is `X'F0'`. */
const spacedBytes: Rewrite = (tokens, at, out) => {
  const [token, text] = [tokens[at], tokens[at + 1]];
  if (token === undefined || text?.kind !== "text" || text.start === token.end) return undefined;
  out.push({ ...instead(token, `X${text.text}`), end: text.end });
  return at + 2;
};

/** `LIMIT :n` is `LIMIT 0 + :n`. */
const limitExpression: Rewrite = (tokens, at, out) => {
  const [token, next] = [tokens[at], tokens[at + 1]];
  if (token === undefined || next === undefined || next.upper === "ALL" || next.kind === "number") return undefined;
  if (!endsOperand(tokens[at - 1]) || !beginsExpression(next)) return undefined;
  out.push(token, before(next, "0"), before(next, "+"));
  return at + 1;
};

/** `VALUES 1, 2` is `VALUES (1), (2)`. */
const bareValues: Rewrite = (tokens, at, out) => {
  const [token, next] = [tokens[at], tokens[at + 1]];
  if (token === undefined || next === undefined || next.text === "(" || !beginsExpression(next)) return undefined;
  // `STRUCT<values: INT>`; a parameter has a blank before it.
  if (next.text === ":" && next.start === token.end) return undefined;
  const previous = tokens[at - 1];
  // `FROM values v JOIN …` is a table.
  if (
    next.kind === "word" &&
    /^(FROM|JOIN)$/.test(previous?.upper ?? "") &&
    CLAUSES.has(tokens[at + 2]?.upper ?? "WHERE")
  )
    return undefined;
  if (
    previous !== undefined &&
    !/^(\(|,|=>|;|FROM|JOIN|UNION|ALL|EXCEPT|INTERSECT|MINUS|DISTINCT)$/.test(previous.upper)
  )
    return undefined;
  out.push(token);
  let index = at + 1;
  for (let first = true; first || tokens[index]?.text === ","; first = false) {
    if (!first) out.push(tokens[index++] as Token);
    const end = valueEnd(tokens, index);
    const [start, last] = [tokens[index], tokens[end - 1]];
    if (start === undefined || last === undefined || end <= index) return undefined;
    out.push(before(start, "("), ...rewritten(tokens.slice(index, end)), { ...instead(last, ")"), start: last.end });
    index = end;
  }
  return index;
};

/** Where one value of a list ends: at a comma, a closing bracket, a clause or an alias. */
function valueEnd(tokens: readonly Token[], start: number): number {
  let index = start;
  while (index < tokens.length) {
    const token = tokens[index] as Token;
    if (/^[,;)\]]$/.test(token.text) || (token.kind === "word" && CLAUSES.has(token.upper))) break;
    const isName = token.kind === "word" || token.kind === "quoted";
    const previous = index > start ? tokens[index - 1] : undefined;
    if (
      isName &&
      endsOperand(previous) &&
      previous?.kind !== "word" &&
      !/^(AND|OR|NOT|DIV|IS|IN|LIKE|BETWEEN|OVER)$/.test(token.upper)
    )
      break;
    index = /^[([]$/.test(token.text) ? closingOf(tokens, index) + 1 : index + 1;
  }
  return index;
}

/** `div(a, b)` is a function like `mod`. */
const divFunction: Rewrite = (tokens, at, out) => {
  const token = tokens[at];
  if (token === undefined || tokens[at + 1]?.text !== "(" || endsOperand(tokens[at - 1])) return undefined;
  out.push(instead(token, "mod"));
  return at + 1;
};

/** `! x` is `NOT x`. */
const exclamation: Rewrite = (tokens, at, out) => {
  const token = tokens[at];
  if (token === undefined) return undefined;
  out.push(before(token, " NOT "));
  return at + 1;
};

/** `a >>> b` shifts as `a >> b` does; in `array<array<array<int>>>` it is three brackets. */
const unsignedShift: Rewrite = (tokens, at, out) => {
  const [first, second, third, next] = tokens.slice(at, at + 4);
  if (first?.end !== second?.start || third?.text !== ">" || second?.end !== third.start || second?.text !== ">")
    return undefined;
  if (first === undefined || second === undefined || !beginsExpression(next)) return undefined;
  out.push(first, second);
  return at + 3;
};

/** `WITH RECURSIVE t MAX RECURSION LEVEL 100 AS …`: the bound changes no fact. */
const recursionLevel: Rewrite = (tokens, at) =>
  tokens[at + 1]?.upper === "RECURSION" && tokens[at + 2]?.upper === "LEVEL" && tokens[at + 3]?.kind === "number"
    ? at + 4
    : undefined;

/** `GEOMETRY(ANY)` is a type. */
const geographicType: Rewrite = (tokens, at, out) => {
  const [token, open, , close] = tokens.slice(at, at + 4);
  if (token === undefined || open?.text !== "(" || close?.text !== ")") return undefined;
  const inside = tokens[at + 2];
  if (inside?.upper !== "ANY" && inside?.kind !== "number") return undefined;
  out.push(instead(token, "BINARY"));
  return at + 4;
};

/** `TABLE t` is the query `SELECT * FROM t`; as an argument (`TABLE(t)`, `TABLE(SELECT …)`, `PARTITION BY …` behind it) it is a subquery. */
const tableQuery: Rewrite = (tokens, at, out) => {
  const [previous, token, next] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (token === undefined || next === undefined) return undefined;
  if (!/^(\(|,|=>|;|UNION|ALL|DISTINCT|EXCEPT|INTERSECT|MINUS|)$/.test(previous?.upper ?? "")) return undefined;
  const isArgument = /^(,|=>)$/.test(previous?.text ?? "") || (previous?.text === "(" && isCall(tokens, at - 1));
  if (isArgument && next.text === "(") {
    const close = closingOf(tokens, at + 1);
    const inside = tokens.slice(at + 2, close);
    const isQuery = /^(SELECT|WITH|VALUES|FROM|TABLE|\()$/.test(inside[0]?.upper ?? "");
    out.push(next, ...(isQuery ? [] : selectFrom(token)), ...rewritten(inside), ...tokens.slice(close, close + 1));
    return argumentEnd(tokens, close + 1);
  }
  if (next.kind !== "quoted" && (next.kind !== "word" || CLAUSES.has(next.upper))) return undefined;
  if (!isArgument) {
    out.push(...selectFrom(token));
    return at + 1;
  }
  if (!/^(\)|,|WITH|PARTITION|DISTRIBUTE)$/.test(tokens[at + 2]?.upper ?? "")) return undefined;
  out.push(before(token, "("), ...selectFrom(token), next, { ...instead(next, ")"), start: next.end });
  return argumentEnd(tokens, at + 2);
};

function selectFrom(token: Token): Token[] {
  return ["SELECT", "*", "FROM"].map((text) => instead(token, text));
}

/** True where the bracket follows a function's name. */
function isCall(tokens: readonly Token[], open: number): boolean {
  const name = tokens[open - 1];
  return (
    name !== undefined &&
    (name.kind === "quoted" ||
      (name.kind === "word" &&
        endsOperand(name) &&
        !/^(AS|EXISTS|USING|VALUES|ALL|UNION|EXCEPT|INTERSECT|LATERAL|ANY|SOME)$/.test(name.upper)))
  );
}

/** Where a table argument ends: its partitions and order are left out. */
function argumentEnd(tokens: readonly Token[], start: number): number {
  let index = start;
  if (!/^(WITH|PARTITION|DISTRIBUTE|ORDER|SORT)$/.test(tokens[index]?.upper ?? "")) return index;
  while (index < tokens.length && !/^[,)]$/.test(tokens[index]?.text ?? "")) {
    const text = tokens[index]?.text ?? "";
    index = text === "(" ? closingOf(tokens, index) + 1 : index + 1;
    const names = /^(PARTITION|DISTRIBUTE|ORDER|SORT)$/;
    // `PARTITION BY a, b` has commas of its own.
    if (
      tokens[index]?.text === "," &&
      tokens.slice(start, index).some(({ upper }) => names.test(upper)) &&
      tokens[index + 2]?.text !== "(" &&
      /^(,|\)|ASC|DESC|ORDER|SORT)$/.test(tokens[index + 2]?.upper ?? "")
    )
      index += 1;
  }
  return index;
}

/** `AS (null, all)`: reserved words are names here. */
const aliasList: Rewrite = (tokens, at, out) => {
  const [token, open] = [tokens[at], tokens[at + 1]];
  if (token === undefined || open?.text !== "(") return undefined;
  const close = closingOf(tokens, at + 1);
  const inside = tokens.slice(at + 2, close);
  const isList =
    inside.length > 0 && inside.every((each, index) => (index % 2 === 0 ? each.kind === "word" : each.text === ","));
  if (!isList || !inside.some(({ upper }) => /^(NULL|COLUMN|ALL|TRUE|FALSE|DIV)$/.test(upper))) return undefined;
  out.push(
    token,
    open,
    ...inside.map((each) => (each.kind === "word" ? quoted(each) : each)),
    ...tokens.slice(close, close + 1),
  );
  return close + 1;
};

/** `* EXCEPT (a.b.c)` leaves out a field. */
const exceptField: Rewrite = (tokens, at, out) => {
  const [previous, token, open] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (previous?.text !== "*" || token === undefined || open?.text !== "(") return undefined;
  const close = closingOf(tokens, at + 1);
  const inside = tokens
    .slice(at + 2, close)
    .filter((each, index, all) => each.text !== "." && all[index - 1]?.text !== ".");
  if (inside[0]?.upper === "SELECT") return undefined;
  out.push(token, open, ...inside, ...tokens.slice(close, close + 1));
  return close + 1;
};

/** `INTERVAL -1 DAY 2 HOURS`: signs change no fact. */
const signedInterval: Rewrite = (tokens, at, out) => {
  const token = tokens[at];
  let index = at + 1;
  if (token === undefined || !/^[+-]$/.test(tokens[index]?.text ?? "")) return undefined;
  out.push(token);
  while (
    /^[+-]?$/.test(tokens[index]?.text ?? "x") &&
    tokens[index + 1]?.kind === "number" &&
    INTERVAL_UNIT.test(tokens[index + 2]?.upper ?? "")
  ) {
    out.push(tokens[index + 1] as Token, tokens[index + 2] as Token);
    index += 3;
    while (tokens[index]?.kind === "number" && tokens[index + 1]?.kind === "word") {
      out.push(tokens[index] as Token, tokens[index + 1] as Token);
      index += 2;
    }
  }
  return index;
};

/** `PIVOT (… FOR y IN (2012 first, 2013 second))`: AS may be left out. */
const pivotAlias: Rewrite = (tokens, at, out) => {
  const [token, open] = [tokens[at], tokens[at + 1]];
  if (token === undefined || open?.text !== "(") return undefined;
  const close = closingOf(tokens, at + 1);
  const list = tokens.findIndex(
    (each, index) => index > at && index < close && each.upper === "IN" && tokens[index + 1]?.text === "(",
  );
  if (list < 0) return undefined;
  const end = closingOf(tokens, list + 1);
  out.push(
    ...rewritten(tokens.slice(at + 1, list + 2)).flatMap((each, index) => (index === 0 ? [token, each] : [each])),
  );
  for (let index = list + 2; index < end; index += 1) {
    const [previous, each, next] = [tokens[index - 1], tokens[index] as Token, tokens[index + 1]];
    const isAlias =
      (each.kind === "word" || each.kind === "quoted") &&
      /^[,)]$/.test(next?.text ?? "") &&
      previous?.kind !== "symbol" &&
      previous?.upper !== "AS";
    if (isAlias || (each.kind === "word" && previous?.text === ")" && /^[,)]$/.test(next?.text ?? "")))
      out.push(before(each, "AS"));
    out.push(each);
  }
  return end;
};

/** `f(name => value)`: which argument it is changes no fact. */
const namedArgument: Rewrite = (tokens, at) => {
  if (tokens[at + 1]?.text !== "=>" || !/^[(,]$/.test(tokens[at - 1]?.text ?? "")) return undefined;
  const isValue = beginsExpression(tokens[at + 2]) || tokens[at + 2]?.upper === "TABLE";
  return isValue && isCall(tokens, openingOf(tokens, at)) ? at + 2 : undefined;
};

/** Of `WITH a AS (…) (SELECT … FROM a) LIMIT 2` the parser forgets the WITH clause: the brackets become a subquery. */
const bracketedQuery: Rewrite = (tokens, at, out) => {
  let index = at + (tokens[at + 1]?.upper === "RECURSIVE" ? 2 : 1);
  for (;;) {
    index += 1;
    if (tokens[index]?.text === "(") index = closingOf(tokens, index) + 1;
    if (tokens[index]?.upper === "MAX") index += 4;
    if (tokens[index]?.upper === "AS") index += 1;
    if (tokens[index]?.text !== "(") return undefined;
    index = closingOf(tokens, index) + 1;
    if (tokens[index]?.text !== ",") break;
    index += 1;
  }
  const query = tokens[index];
  if (query === undefined || (query.text !== "(" && query.upper !== "TABLE")) return undefined;
  // Its WITH is written here, so that the inner call sees the clause without it.
  out.push(tokens[at] as Token, ...rewritten(tokens.slice(at + 1, index)), ...selectFrom(before(query, "")));
  return query.text === "(" ? index : index + 1;
};

const REWRITES: ReadonlyMap<string, Rewrite> = new Map([
  ["TIMESTAMP_NTZ", typedTimestamp],
  ["TIMESTAMP_LTZ", typedTimestamp],
  ["X", spacedBytes],
  ["LIMIT", limitExpression],
  ["OFFSET", limitExpression],
  ["VALUES", bareValues],
  ["DIV", divFunction],
  ["!", exclamation],
  [">", unsignedShift],
  ["WITH", bracketedQuery],
  ["MAX", recursionLevel],
  ["GEOGRAPHY", geographicType],
  ["GEOMETRY", geographicType],
  ["TABLE", tableQuery],
  ["AS", aliasList],
  ["EXCEPT", exceptField],
  ["INTERVAL", signedInterval],
  ["PIVOT", pivotAlias],
]);

/** The tokens as the parser reads them: without hints, which change no fact. */
export function rewritten(tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at] as Token;
    const written: Token[] = [];
    const rewrites =
      token.kind === "hint" ? [hint] : [namedArgument, plainName, REWRITES.get(token.upper), nameInBackticks];
    let next: number | undefined;
    for (const rewrite of rewrites) next ??= rewrite?.(tokens, at, written);
    out.push(...(next === undefined ? [token] : written));
    at = next ?? at + 1;
  }
  return out;
}

/** `/*+ BROADCAST(t) …`. */
const hint: Rewrite = (tokens, at) => {
  const end = tokens.findIndex(({ text }, index) => index > at && text === "*/");
  return tokens[at]?.text === "/*+" && end >= 0 ? end + 1 : undefined;
};
