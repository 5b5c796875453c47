/** What Spark's grammar refuses → a mistake in the user's words: other databases' forms by what Spark has, the rest by its place. */

import { explain } from "./explain.ts";
import type { SyntaxMistake } from "./facts.ts";
import { aroundOf, mistake, phraseAt } from "./finders.ts";
import type { Token } from "./lexer.ts";
import type { Refusal } from "./parser.ts";

const ORDER = "SELECT, FROM, WHERE, GROUP BY, HAVING, WINDOW, ORDER BY, LIMIT, OFFSET";

/** Explains why the grammar stops at a token. */
export function unexpected(tokens: readonly Token[], refusal: Refusal): SyntaxMistake {
  const known = phrase(tokens, refusal.at) ?? argument(tokens, refusal.at);
  if (known !== undefined) return known;
  const token = tokens[refusal.at];
  const found = explain(refusal, tokens);
  const isPart = token?.kind === "word" && /^(FROM|WHERE|GROUP|HAVING|WINDOW|ORDER|LIMIT|OFFSET)$/.test(token.upper);
  if (!isPart || found.help !== undefined) return found;
  return { ...found, help: `the parts of a query come once each, in this order: ${ORDER}` };
}

/** Forms of other databases, as words and signs: `''` is any text. The place is what `written` matches. */
const PHRASES: readonly (readonly [written: RegExp, message: string, help: string])[] = [
  [/^BY NAME( |$)/, "Spark SQL has no `BY NAME`", "list the columns of both queries in the same order"],
  [/^CORRESPONDING /, "Spark has no `CORRESPONDING`", "list the columns of both queries in the same order"],
  [/^(NOT )?MATERIALIZED /, "Spark has no `MATERIALIZED`", "delete it"],
  [
    /^\* (EXCLUDE|RENAME|REPLACE) /,
    "Spark has no such part of `*`",
    "write `* EXCEPT (…)`, and the columns that differ behind it",
  ],
  [/^DOUBLE PRECISION/, "Spark has no type `DOUBLE PRECISION`", "write `DOUBLE`"],
  [/^WITH (LOCAL )?TIME ZONE/, "Spark has no type `WITH TIME ZONE`", "write `TIMESTAMP`, which is a moment in time"],
  [/^(VAR)?CHAR \( MAX/, "Spark has no length `MAX`", "write `STRING`"],
  [/^FOR (JSON|XML)( |$)/, "a query has no `FOR JSON` and no `FOR XML`", "write `to_json(struct(*))`"],
  [/^FORCE INDEX /, "Spark has no indexes", "delete it"],
  [/^OPTION \( /, "a query has no `OPTION`", "delete it"],
  [/^SETTINGS \S+ =/, "a query has no `SETTINGS`", "delete it"],
  [/^\$ /, "Strata has no parameters with `$`", "write `:name`, declared under `params` in `pipeline.yaml`"],
  [/^ARRAY \[( \S+ ,)?/, "Spark SQL has no square brackets around lists", "write `array(…)`"],
  [/^(MAP |STRUCT )?\{/, "Spark SQL has no braces", "write `map(key, value)` or `struct(… AS name)`"],
  [
    /^(XOR|MOD|OVERLAPS) /,
    "Spark has no such operator",
    "write `!=` of two conditions for XOR, `%` for MOD, comparisons for OVERLAPS",
  ],
  [
    /^WITH (ORDINALITY|OFFSET)/,
    "Spark has no `WITH ORDINALITY`",
    "write `posexplode(…)`, which gives the position, too",
  ],
  [/^WITH TOTALS/, "Spark has no `WITH TOTALS`", "write `WITH ROLLUP`"],
  [/^(SYSTEM|BERNOULLI) \(/, "a sample has no method", "write `TABLESAMPLE (10 PERCENT)`"],
  [/^SAMPLE \(/, "Spark has no `SAMPLE`", "write `TABLESAMPLE (10 PERCENT)`"],
  [/^(QUARTER|DECADE|CENTURY)S?( |$)/, "an interval has no such unit", "write 3 months, or years"],
  [/^(GROUPS) /, "Spark has no frame of `GROUPS`", "write `ROWS` or `RANGE`"],
  [/^EXCLUDE (CURRENT|TIES|GROUP|NO)/, "a frame has no `EXCLUDE`", "delete it"],
  [/^KEEP \(/, "Spark has no `KEEP`", "write `max_by(…)` or `min_by(…)`"],
  [
    /^(CONTAINS|STARTS WITH|STARTSWITH|ENDSWITH) /,
    "Spark has no such operator",
    "write `contains(…)`, `startswith(…)` or `endswith(…)`",
  ],
  [/^(NOT )?SIMILAR TO /, "Spark has no `SIMILAR TO`", "write `RLIKE` and a regular expression"],
  [/^QUALIFY /, "Spark has no `QUALIFY`", "filter in a query around this one"],
  [
    /^INSERT (INTO|OVERWRITE) /,
    "a query has no `INSERT`",
    "write the SELECT alone; Strata writes its result to the target",
  ],
  [
    /^NULLS \) OVER/,
    "a call with `IGNORE NULLS` inside of its brackets takes no `OVER`",
    "write it behind the bracket: `first(…) IGNORE NULLS OVER (…)`",
  ],
  [/^=>/, "`=>` gives a function's argument its name, and a value follows it", "write `>=` to compare"],
  [/^LAMBDA /, "Spark has no `lambda`", "write `x -> …`"],
  [/^(IF|IIF) .* THEN/, "Spark has no `IF … THEN`", "write `CASE WHEN … THEN … END`, or `if(…, …, …)`"],
  [/^(= = =|\^ =|\*\*|\/ \/)/, "Spark has no such operator", "write `=`, `!=`, `power(…)` or `div`"],
];

/** The form that begins at the token, or a little in front of it, and has it or ends before it. */
function phrase(tokens: readonly Token[], at: number): SyntaxMistake | undefined {
  for (let start = at; start >= Math.max(at - 3, 0); start -= 1) {
    const first = tokens[start];
    if (first === undefined || !/^(word|symbol)$/.test(first.kind)) continue;
    const found = phraseAt(tokens, start, PHRASES);
    if (found === undefined || start + found.count < at) continue;
    const [, message, help] = found.phrase;
    return mistake(first, tokens[start + found.count - 1] ?? first, message, help);
  }
  return undefined;
}

/** `string_agg(a, ',' ORDER BY b)`, `lag(a IGNORE NULLS)`, `group_concat(a SEPARATOR ',')`. */
function argument(tokens: readonly Token[], at: number): SyntaxMistake | undefined {
  const [word, next] = [tokens[at], tokens[at + 1]];
  const name = aroundOf(tokens.slice(0, at + 1)).at(-1)?.call ?? "";
  if (word?.kind !== "word" || next === undefined || name === "") return undefined;
  if (word.upper === "ORDER" && next.upper === "BY") {
    const help = /^(STRING_AGG|LISTAGG)$/.test(name)
      ? `write \`${name.toLowerCase()}(…) WITHIN GROUP (ORDER BY …)\``
      : "write `sort_array(…)` around the call";
    return mistake(word, next, `\`${name.toLowerCase()}\` takes no \`ORDER BY\` among its arguments`, help);
  }
  if (/^(IGNORE|RESPECT)$/.test(word.upper) && next.upper === "NULLS")
    return mistake(
      word,
      next,
      `\`${name.toLowerCase()}\` takes no \`${word.upper} NULLS\` among its arguments`,
      "write it behind the bracket, in front of `OVER`",
    );
  return word.upper === "SEPARATOR"
    ? mistake(word, word, "Spark has no `SEPARATOR`", "write `array_join(collect_list(…), ',')`")
    : undefined;
}
