/** Words and signs of other databases that the parser reads and Spark does not. */

import { each, type Find, mistake, phraseAt } from "./finders.ts";
import { CLAUSES, endsOperand } from "./grammar.ts";

/** What stands behind an operand, as words and signs; what Spark has in its place. */
const PHRASES: readonly (readonly [written: RegExp, help: string])[] = [
  [/^SIMILAR TO /, "write `RLIKE` and a regular expression"],
  [/^GLOB ''/, "write `LIKE`"],
  [/^NOT NULL( |$)/, "write `IS NOT NULL`"],
  [/^(ISNULL|NOTNULL)( (AND|OR|\)|;)|$)/, "write `IS NULL` or `IS NOT NULL`"],
  [/^AT TIME ZONE /, "write `from_utc_timestamp(…)` or `to_utc_timestamp(…)`"],
  [/^FOR UPDATE( |$)/, "delete it: a query locks nothing"],
  [/^WITH \( NOLOCK/, "delete it: a query locks nothing"],
  [/^USE INDEX /, "delete it: Spark has no indexes"],
  [/^(CROSS|OUTER) APPLY /, "write `CROSS JOIN LATERAL (…)` or `LEFT JOIN LATERAL (…)`"],
  [/^(CONNECT BY|START WITH) /, "write `WITH RECURSIVE`"],
  [/^LIMIT \d+ PERCENT/, "write `TABLESAMPLE (… PERCENT)` behind the table"],
  [/^(OFFSET|LIMIT) \d+ ROWS?( |$)/, "write the number alone"],
  [/^BETWEEN (SYMMETRIC|ASYMMETRIC) [^A]/, "write the smaller value first"],
  [/^(=|<|>|<>|!=|<=|>=) (ANY|ALL|SOME) \( SELECT/, "write `IN (SELECT …)`, or compare with `(SELECT max(…) …)`"],
  [/^(LEFT|RIGHT|FULL) INNER JOIN /, "write `LEFT JOIN`, or `INNER JOIN`"],
  [/^:= /, "write `=`"],
  [/^-> > /, "write `get_json_object(…, '$.name')`"],
  [/^[~?] [^,)]/, "write `RLIKE` for a pattern; `?` is not an operator"],
  [/^STRAIGHT_JOIN [^OW,]/, "write `JOIN`"],
  [/^(ILIKE|LIKE) (ANY|ALL|SOME) ''/, "write the texts in brackets"],
  [/^OFFSET \S+ LIMIT /, "write `LIMIT` in front of `OFFSET`"],
];

/** What phrases begin with: most tokens begin none. */
const BEGINS = new Set(
  "SIMILAR GLOB NOT ISNULL NOTNULL AT FOR WITH USE CROSS OUTER CONNECT START LIMIT OFFSET BETWEEN = < > <> != <= >= LEFT RIGHT FULL := -> ~ ? STRAIGHT_JOIN ILIKE LIKE".split(
    " ",
  ),
);

const phrase: Find = each((tokens, at) => {
  const [first, previous] = [tokens[at], tokens[at - 1]];
  if (
    first === undefined ||
    !BEGINS.has(first.upper) ||
    !/^(word|symbol)$/.test(first.kind) ||
    !endsOperand(previous) ||
    previous?.text === "." ||
    previous?.text === "*"
  )
    return undefined;
  const found = phraseAt(tokens, at, PHRASES);
  if (found === undefined) return undefined;
  // `STRUCT<a: INT NOT NULL>` is a type.
  if (found.text.startsWith("NOT NULL") && tokens.slice(0, at).some(({ upper }) => upper === "STRUCT"))
    return undefined;
  const last = tokens[at + found.count - 1] ?? first;
  const shown = tokens.slice(at, at + Math.min(found.count, 2)).filter(({ kind }) => kind !== "text");
  const isGlued = shown[0]?.end === shown[1]?.start;
  return mistake(
    first,
    last,
    `Spark has no \`${shown.map(({ upper }) => upper).join(isGlued ? "" : " ")}\` here`,
    found.phrase[1],
  );
});

/** `QUALIFY c`, `SELECT a INTO t`, `* EXCLUDE (a)`. */
const clause: Find = each((tokens, at) => {
  const [previous, word, next] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (word?.kind !== "word" || next === undefined) return undefined;
  const isNamed = next.kind === "quoted" || (next.kind === "word" && !CLAUSES.has(next.upper));
  if (word.upper === "QUALIFY" && endsOperand(previous) && isNamed && previous?.upper !== "AS")
    return mistake(word, word, "Spark has no `QUALIFY`", "filter in a query around this one");
  if (
    word.upper === "INTO" &&
    endsOperand(previous) &&
    isNamed &&
    !/^(INSERT|MERGE|OVERWRITE)$/.test(previous?.upper ?? "")
  )
    return mistake(word, word, "a query has no `INTO`", "delete it; Strata writes the result to the target");
  const isStar = previous?.text === "*" && /^(SELECT|DISTINCT|,|\.)$/.test(tokens[at - 2]?.upper ?? "");
  if (isStar && /^(REPLACE|EXCLUDE|RENAME)$/.test(word.upper) && next.text === "(")
    return mistake(
      word,
      word,
      `Spark has no \`* ${word.upper}\``,
      "write `* EXCEPT (…)`, and the columns that differ behind it",
    );
  return undefined;
});

/** Signs that no part of Spark SQL has. */
const sign: Find = each((tokens, at) => {
  const token = tokens[at];
  if (token?.kind !== "symbol" || !/^[#@\\]$/.test(token.text)) return undefined;
  const help = {
    "#": "write `--` in front of a comment, and backticks around a name",
    "@": "write a parameter as `:name`, declared under `params` in `pipeline.yaml`",
  }[token.text];
  const other = "delete it, or put the name that it belongs to into backticks";
  return mistake(token, token, `\`${token.text}\` is not part of SQL`, help ?? other);
});

/** Behind these a text is no value of a type. */
const BEFORE_TEXT =
  /^(DATE|TIMESTAMP|TIMESTAMP_NTZ|TIMESTAMP_LTZ|TIME|INTERVAL|X|VALUES|ANY|SOME|ALL|BOTH|LEADING|TRAILING|PLACING|FOR|USING|LIMIT|OFFSET|OF|DIV|COLLATE|COMMENT|AS|TIMESTAMP|CALL|END|RETURN|TO|SET|DEFAULT|(YEAR|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND|MILLISECOND|MICROSECOND)S?)$/;

/** `model '$.en'`, `a "Alias"`: Spark sees a type and its value. */
const typedText: Find = each((tokens, at) => {
  const [word, text] = [tokens[at], tokens[at + 1]];
  if (word?.kind !== "word" || text?.kind !== "text" || /^[rR]['"]/.test(text.text)) return undefined;
  if (/^(CONTAINS|STARTSWITH|ENDSWITH|FORMAT|WITH)$/.test(word.upper)) return undefined;
  if (!endsOperand(word) || !/^\w/.test(word.text) || BEFORE_TEXT.test(word.upper) || CLAUSES.has(word.upper))
    return undefined;
  if (word.end === text.start && /^(N|E|B|_\w+)$/i.test(word.text))
    return mistake(
      word,
      text,
      `Spark has no texts with \`${word.text}\` in front`,
      /^b$/i.test(word.text) ? "write bytes as `X'1F'`, and a text without the letter" : "write the quotes alone",
    );
  return mistake(
    text,
    text,
    `a string follows \`${word.text}\`, which is not a literal's type`,
    "add the comma or operator between them; a column's new name is in backticks, not in quotes",
  );
});

export const FOREIGN: readonly Find[] = [phrase, clause, sign, typedText];
