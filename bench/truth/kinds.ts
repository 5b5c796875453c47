/** Kinds of broken SQL: what people leave out, double, misspell, paste, or bring from other databases. */

import { lex, type Token } from "../../compiler/parse/sql/lexer.ts";

/** Makes one mistake in a query; undefined where the query has no place for it. `pick` chooses one of several places. */
export type Break = (
  sql: string,
  tokens: readonly Token[],
  pick: <T>(of: readonly T[]) => T | undefined,
) => string | undefined;

type IsPlace = (token: Token, at: number, tokens: readonly Token[]) => boolean;

const cut = (sql: string, { start, end }: { start: number; end: number }, text = "") =>
  sql.slice(0, start) + text + sql.slice(end);
const isWord =
  (...words: readonly string[]): IsPlace =>
  (token) =>
    token.kind === "word" && words.includes(token.upper);
const isSign =
  (sign: string): IsPlace =>
  (token) =>
    token.kind === "symbol" && token.text === sign;

/** Replaces one token that `is` a place. */
function replace(is: IsPlace, text: string | ((written: string) => string)): Break {
  return (sql, tokens, pick) => {
    const token = pick(tokens.filter(is));
    return token && cut(sql, token, typeof text === "string" ? text : text(token.text));
  };
}

/** Writes something behind one token that `is` a place. */
const behind = (is: IsPlace, text: string): Break => replace(is, (written) => written + text);
const inFront = (is: IsPlace, text: string): Break => replace(is, (written) => text + written);

/** Writes something at the end. */
const atEnd =
  (text: string): Break =>
  (sql) =>
    `${withoutEnd(sql)}${text}`;
const withoutEnd = (sql: string) => {
  const last = lex(sql).tokens.findLast(({ text }) => text !== ";");
  return last ? sql.slice(0, last.end) : sql;
};

/** Replaces what a pattern finds outside of comments and texts, once. */
function rewrite(pattern: RegExp, by: string): Break {
  return (sql, tokens, pick) => {
    const match = pick(
      [...sql.matchAll(new RegExp(pattern, "gi"))].filter(({ index }) =>
        tokens.some(({ start, kind }) => start === index && kind !== "text"),
      ),
    );
    return (
      match &&
      cut(
        sql,
        { start: match.index, end: match.index + match[0].length },
        match[0].replace(new RegExp(pattern, "i"), by),
      )
    );
  };
}

const isText: IsPlace = ({ kind, text }) => kind === "text" && text.startsWith("'") && text.length > 2;
const isOperand: IsPlace = (token, at, tokens) =>
  token.kind === "number" && /^[=<>+*]$/.test(tokens[at - 1]?.text ?? "") && tokens[at - 1]?.kind === "symbol";
const isFirstItem: IsPlace = (_, at, tokens) => tokens[at - 1]?.upper === "SELECT";
/** The first of a list of columns, where another one can be put in front of it. */
const isPlainItem: IsPlace = (token, at, tokens) =>
  isFirstItem(token, at, tokens) && !/^(DISTINCT|ALL|TRANSFORM|\/\*\+)$/.test(token.upper);
const item = (text: string): Break => inFront(isPlainItem, `${text}, `);
/** A word with a comma before it and FROM behind it: the last of a list of columns. */
const isLastItem: IsPlace = (token, at, tokens) =>
  token.kind === "word" && tokens[at + 1]?.upper === "FROM" && tokens[at + 2]?.kind === "word";
const isArgumentComma: IsPlace = (token, at, tokens) =>
  isSign(",")(token, at, tokens) &&
  tokens[at - 2]?.text === "(" &&
  tokens[at - 3]?.kind === "word" &&
  tokens[at - 1]?.kind === "word" &&
  tokens[at + 1]?.kind === "number";

/** Kinds that Spark's parser takes, with another meaning, and its analysis refuses: in `SELECT a, FROM t` a column is called `FROM`. */
export const TAKEN_KINDS: ReadonlySet<string> = new Set(["comma before FROM"]);

/** Every kind, by its name. */
export const KINDS: Readonly<Record<string, Break>> = {
  "comma before FROM": behind(isLastItem, ","),
  "comma before a closing bracket": inFront(isSign(")"), ","),
  "comma twice": behind(isSign(","), " ,"),
  "comma left out of arguments": replace(isArgumentComma, " "),
  "comma behind the last of GROUP BY": rewrite(/GROUP\s+BY\s+(\w+)\s+ORDER\b/, "GROUP BY $1, ORDER"),
  "opening bracket left out": replace(isSign("("), " "),
  "closing bracket left out": replace(isSign(")"), " "),
  "closing bracket too many": atEnd(")"),
  "text not closed": replace(isText, (text) => text.slice(0, -1)),
  "typographic quotes around a text": replace(isText, (text) => `‘${text.slice(1, -1)}’`),
  "typographic quotes around a name": rewrite(/\bAS\s+(\w+)/, "AS “$1”"),
  "zero-width space": inFront(isWord("FROM", "WHERE", "AND"), "\u200b"),
  "byte order mark inside": inFront(isWord("SELECT", "JOIN", "GROUP"), "\ufeff"),
  "dash as minus": behind(isOperand, " – 1"),
  "comment not closed": inFront(isWord("WHERE", "GROUP", "ORDER"), "/* "),
  "ELSE IF": rewrite(/\bELSE\b/, "ELSE IF 1 = 1 THEN"),
  "SELECT TOP": behind(isWord("SELECT"), " TOP 10"),
  "FORM for FROM": replace(isWord("FROM"), "FORM"),
  "SELECT misspelt": replace(isWord("SELECT"), "SELCT"),
  "WHERE misspelt": replace(isWord("WHERE"), "WEHRE"),
  "GROUP misspelt": rewrite(/\bGROUP\s+BY\b/, "GROPU BY"),
  "BY left out": rewrite(/\b(GROUP|ORDER)\s+BY\b/, "$1"),
  "END left out": replace(isWord("END"), " "),
  "THEN left out": replace(isWord("THEN"), " "),
  "WHEN left out": replace(isWord("WHEN"), " "),
  "AND twice": replace(isWord("AND"), "AND AND"),
  "operator without operand": replace(isOperand, " "),
  "operator twice": replace(
    (token, at, tokens) => isSign("=")(token, at, tokens) && tokens[at + 1]?.kind === "word",
    "= =",
  ),
  "WHERE without condition": rewrite(/\bWHERE\b/, "WHERE AND"),
  "WHERE twice": rewrite(/\bGROUP\s+BY\b/, "WHERE 1 = 1 WHERE 2 = 2 GROUP BY"),
  "GROUP BY twice": rewrite(/\bGROUP\s+BY\b/, "GROUP BY 1 GROUP BY"),
  "backtick not closed": inFront(isFirstItem, "`"),
  "BETWEEN with a comma": rewrite(/\bBETWEEN\s+(\d+)\s+AND\b/, "BETWEEN $1,"),
  "IN without brackets": rewrite(/\bIN\s*\(\s*([\w']+)\s*,/, "IN $1, ("),
  "empty IN": rewrite(/\bIN\s*\(\s*'[^']*'(?:\s*,\s*'[^']*')*\s*\)/, "IN ()"),
  "left-over ref()": replace(
    (token, at, tokens) => token.kind === "word" && tokens[at - 1]?.upper === "FROM",
    (name) => `{{ ref('${name}') }}`,
  ),
  "left-over if block": inFront(isWord("WHERE", "GROUP"), "{% if full %} "),
  "&& for AND": replace(isWord("AND"), "&&"),
  "ORDER BY before GROUP BY": rewrite(/\bGROUP\s+BY\b/, "ORDER BY 1 GROUP BY"),
  "LIMIT with an offset": atEnd("\nLIMIT 10, 20"),
  "table in double quotes": replace(
    (token, at, tokens) =>
      token.kind === "word" && tokens[at - 1]?.upper === "FROM" && tokens[at + 1]?.upper === "WHERE",
    (name) => `"${name}"`,
  ),
  "name in square brackets": replace(isFirstItem, (name) => `[${name}]`),
  "CAST without AS": rewrite(/\bCAST\s*\((.{1,60}?)\s+AS\s+(\w+)/, "CAST($1 $2"),
  "OVER without brackets": rewrite(/\bOVER\s*\(\s*PARTITION\s+BY\s+(\w+)/, "OVER PARTITION BY $1 ("),
  "second query": atEnd(";\nSELECT 1"),
  "day that does not exist": item("DATE '2026-02-30'"),
  "hour that does not exist": item("TIMESTAMP '2026-01-01 25:00:00'"),
  "date in another order": item("DATE '31.01.2026'"),
  "no hexadecimal digit": item("X'GG'"),
  "number beyond TINYINT": item("300Y"),
  "number beyond BIGINT": item("99999999999999999999L"),
  "number beyond DOUBLE": item("1e400D"),
  "number beyond DECIMAL": item("1e40BD"),
  "13 months in an interval": item("INTERVAL '1-13' YEAR TO MONTH"),
  "interval of no number": item("INTERVAL 'x' DAY"),
  "unit that does not exist": item("INTERVAL 1 foo"),
  "interval of months and days": item("INTERVAL 1 MONTH 2 DAY"),
  "type that does not exist": item("FOO 'x'"),
  "parameter with a dollar": item("$1"),
  "number with two points": item("1.2.3"),
  "JSON of PostgreSQL": item("a ->> 'b'"),
  "list in square brackets": item("ARRAY[1, 2]"),
  "IF THEN": item("IF 1 = 1 THEN 2"),
  "ORDER BY inside of a call": item("string_agg('a', ',' ORDER BY 1)"),
  "unit in quotes": item("dateadd('day', 1, '2026-01-01')"),
  "no name behind a point": rewrite(/\bSELECT\s+(\w+)\.\w+\s*,/, "SELECT $1. ,"),
  "two points": rewrite(/\bFROM\s+(\w+)\s/, "FROM db..$1 "),
  "QUALIFY at the end": atEnd("\nQUALIFY 1 = 1"),
  "pipe misspelt": atEnd("\n|> SELEC 1"),
  "pipe without condition": atEnd("\n|> WHERE"),
  "pipe with GROUP BY": atEnd("\n|> GROUP BY 1"),
  "name twice in WITH": rewrite(/\bWITH\s+(\w+)\s+AS\s*\(/, "WITH $1 AS (SELECT 1), $1 AS ("),
  "WITH without brackets": rewrite(/\bWITH\s+(\w+)\s+AS\s*\(/, "WITH $1 AS SELECT 1 ("),
  "comma behind WITH": rewrite(/\)\s*SELECT\b/, "), SELECT"),
  "WHERE behind ORDER BY": atEnd("\nORDER BY 1 WHERE 1 = 1"),
  "GROUP BY behind LIMIT": atEnd("\nLIMIT 1 GROUP BY 1"),
  "HAVING in front of WHERE": rewrite(/\bWHERE\b/, "HAVING 1 = 1 WHERE"),
  "LIMIT in front of ORDER BY": rewrite(/\bORDER\s+BY\b/, "LIMIT 1 ORDER BY"),
  "LIMIT twice": atEnd("\nLIMIT 1 LIMIT 2"),
  "FROM twice": rewrite(/\bFROM\s+(\w+)/, "FROM $1 FROM $1"),
  "JOIN without a table": rewrite(/\bJOIN\s+\w+\s+ON\b/, "JOIN ON"),
  "ON left out": replace(isWord("ON"), " "),
  "OVER without BY": rewrite(/\bPARTITION\s+BY\b/, "PARTITION"),
  "square bracket for a round one": replace(isSign("("), "["),
  "brace for a round bracket": replace(isSign(")"), "}"),
  "UNION without a query": atEnd("\nUNION ALL"),
  "UNION BY NAME": rewrite(/\bUNION\s+ALL\b/, "UNION ALL BY NAME"),
  "semicolon inside": inFront(isWord("FROM", "WHERE", "GROUP"), "; "),
  "hint not closed": rewrite(/\bSELECT\b/, "SELECT /*+ BROADCAST(t)"),
  "new name twice": rewrite(/\bAS\s+(\w+)\s*,/, "AS $1 $1,"),
  "new name in quotes": rewrite(/\bAS\s+(\w+)\s*,/, "AS '$1',"),
  "CASE without END": rewrite(/\bEND\s+AS\b/, "AS"),
  "three signs of equality": rewrite(/ = /, " === "),
};
