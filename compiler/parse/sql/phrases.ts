/** Forms that Spark's grammar refuses, and what to write in their place. */

import type { SyntaxMistake } from "./facts.ts";
import { mistake } from "./finders.ts";
import { STRICT } from "./grammar.ts";
import type { Token } from "./lexer.ts";

/**
 * What is written around the place where the grammar stops: words in upper case and signs with a blank behind each, `''` for any text. The
 * group `at` is the place to show, by default all that matches. `$1` in the message and the help is the author's text of a group.
 */
type Phrase = readonly [written: RegExp, message: string, help: string];

const HERE = "Spark has no `$1` here";
const OPERAND_MISSING = "AND|OR|LIKE|ILIKE|RLIKE|BETWEEN|ON|WHERE|HAVING|=|==|<|<=|>|>=|<>|!=|<=>|\\|\\||\\/|%|\\+|-";
const NO_OPERAND =
  "AND|OR|WHERE|GROUP|HAVING|ORDER|UNION|INTERSECT|LIMIT|THEN|ELSE|FROM|JOIN|\\)|\\]|,|=|==|<|>|<=|>=|<>|!=|\\/|%";
const UNITS = "YEARS?|QUARTERS?|MONTHS?|WEEKS?|DAYS?|HOURS?|MINUTES?|SECONDS?|MILLISECONDS?|MICROSECONDS?";

const PHRASES: readonly Phrase[] = [
  [
    /(?<at>SELECT) (DISTINCT |ALL |NOT )?(FROM |WHERE |HAVING |UNION |JOIN |\) |; |$)/,
    "`SELECT` has no columns",
    "name them, or write `*`",
  ],
  [
    /(CONTAINS|STARTS WITH|STARTSWITH|ENDSWITH) /,
    "Spark has no such operator",
    "write `contains(…)`, `startswith(…)` or `endswith(…)`",
  ],
  [/(SIMILAR TO) /, HERE, "write `RLIKE` and a regular expression"],
  [/(GLOB) '' /, HERE, "write `LIKE`"],
  [/(NOT NULL) /, HERE, "write `IS NOT NULL`"],
  [/(ISNULL|NOTNULL) /, HERE, "write `IS NULL` or `IS NOT NULL`"],
  [/(AT TIME ZONE) /, HERE, "write `from_utc_timestamp(…)` or `to_utc_timestamp(…)`"],
  [/(FOR UPDATE) /, HERE, "delete it: a query locks nothing"],
  [/(WITH \( NOLOCK) /, HERE, "delete it: a query locks nothing"],
  [/(USE INDEX|FORCE INDEX) /, HERE, "delete it: Spark has no indexes"],
  [/(CROSS APPLY|OUTER APPLY) /, HERE, "write `CROSS JOIN LATERAL (…)` or `LEFT JOIN LATERAL (…)`"],
  [/(CONNECT BY|START WITH) /, HERE, "write `WITH RECURSIVE`"],
  [/(LIMIT \d+ PERCENT) /, HERE, "write `TABLESAMPLE (… PERCENT)` behind the table"],
  [/(OFFSET|LIMIT) \d+ ROWS? /, HERE, "write the number alone"],
  [/(?<at>BETWEEN (SYMMETRIC|ASYMMETRIC)) /, "Spark has no `$2` here", "write the smaller value first"],
  [
    /(?<at>[=<>!]+ (ANY|ALL|SOME) \( SELECT) /,
    "Spark has no `$2` here",
    "write `IN (SELECT …)`, or compare with `(SELECT max(…) …)`",
  ],
  [/((LEFT|RIGHT|FULL) INNER) JOIN /, HERE, "write `LEFT JOIN`, or `INNER JOIN`"],
  [/(:=) /, HERE, "write `=`"],
  [/(-> >) /, HERE, "write `get_json_object(…, '$.name')`"],
  [/([~?]) [^,)]/, HERE, "write `RLIKE` for a pattern; `?` is not an operator"],
  [/(STRAIGHT_JOIN) /, HERE, "write `JOIN`"],
  [/(I?LIKE (ANY|ALL|SOME)) '' /, HERE, "write the texts in brackets"],
  [/(?<at>(OFFSET \S+) LIMIT) /, "Spark has no `$2` here", "write `LIMIT` in front of `OFFSET`"],
  [/BY NAME /, "Spark SQL has no `BY NAME`", "list the columns of both queries in the same order"],
  [/CORRESPONDING /, "Spark has no `CORRESPONDING`", "list the columns of both queries in the same order"],
  [/(NOT )?MATERIALIZED /, "Spark has no `MATERIALIZED`", "delete it"],
  [
    /\* (?<at>EXCLUDE|RENAME|REPLACE) \( /,
    "Spark has no `* $1`",
    "write `* EXCEPT (…)`, and the columns that differ behind it",
  ],
  [/DOUBLE PRECISION /, "Spark has no type `DOUBLE PRECISION`", "write `DOUBLE`"],
  [/WITH (LOCAL )?TIME ZONE /, "Spark has no type `WITH TIME ZONE`", "write `TIMESTAMP`, which is a moment in time"],
  [/(VAR)?CHAR \( MAX /, "Spark has no length `MAX`", "write `STRING`"],
  [/FOR (JSON|XML) /, "a query has no `FOR JSON` and no `FOR XML`", "write `to_json(struct(*))`"],
  [/OPTION \( /, "a query has no `OPTION`", "delete it"],
  [/SETTINGS \S+ = /, "a query has no `SETTINGS`", "delete it"],
  [/\$ /, "Strata has no parameters with `$`", "write `:name`, declared under `params` in `pipeline.yaml`"],
  [/ARRAY \[ (\S+ , )?/, "Spark SQL has no square brackets around lists", "write `array(…)`"],
  [/(MAP |STRUCT )?\{ /, "Spark SQL has no braces", "write `map(key, value)` or `struct(… AS name)`"],
  [
    /(XOR|MOD|OVERLAPS) /,
    "Spark has no such operator",
    "write `!=` of two conditions for XOR, `%` for MOD, comparisons for OVERLAPS",
  ],
  [
    /WITH (ORDINALITY|OFFSET) /,
    "Spark has no `WITH ORDINALITY`",
    "write `posexplode(…)`, which gives the position, too",
  ],
  [/WITH TOTALS /, "Spark has no `WITH TOTALS`", "write `WITH ROLLUP`"],
  [/(SYSTEM|BERNOULLI) \( /, "a sample has no method", "write `TABLESAMPLE (10 PERCENT)`"],
  [/SAMPLE \( /, "Spark has no `SAMPLE`", "write `TABLESAMPLE (10 PERCENT)`"],
  [/INTERVAL \S+ (?<at>(QUARTER|DECADE|CENTURY)S?) /, "an interval has no such unit", "write 3 months, or years"],
  [/GROUPS /, "Spark has no frame of `GROUPS`", "write `ROWS` or `RANGE`"],
  [/EXCLUDE (CURRENT|TIES|GROUP|NO) /, "a frame has no `EXCLUDE`", "delete it"],
  [/KEEP \( /, "Spark has no `KEEP`", "write `max_by(…)` or `min_by(…)`"],
  [/QUALIFY /, "Spark has no `QUALIFY`", "filter in a query around this one"],
  [
    /INSERT (INTO|OVERWRITE) /,
    "a query has no `INSERT`",
    "write the SELECT alone; Strata writes its result to the target",
  ],
  [/INTO /, "a query has no `INTO`", "delete it; Strata writes the result to the target"],
  [
    /NULLS \) OVER /,
    "a call with `IGNORE NULLS` inside of its brackets takes no `OVER`",
    "write it behind the bracket: `first(…) IGNORE NULLS OVER (…)`",
  ],
  [/=> /, "`=>` gives a function's argument its name, and a value follows it", "write `>=` to compare"],
  [/LAMBDA /, "Spark has no `lambda`", "write `x -> …`"],
  [/IIF .* THEN |IF .* THEN /, "Spark has no `IF … THEN`", "write `CASE WHEN … THEN … END`, or `if(…, …, …)`"],
  [/(= = =|\^ =|\*\*|\/ \/) /, "Spark has no such operator", "write `=`, `!=`, `power(…)` or `div`"],
  [/& & /, "Spark has no `&&`", "write `AND`"],
  [/# /, "`#` is not part of SQL", "write `--` in front of a comment, and backticks around a name"],
  [/@ /, "`@` is not part of SQL", "write a parameter as `:name`, declared under `params` in `pipeline.yaml`"],
  [/\\ /, "`\\` is not part of SQL", "delete it, or put the name that it belongs to into backticks"],
  [/LIMIT (?<at>(\d+) , (\d+)) /, "Spark has no `LIMIT` of two numbers", "write `LIMIT $3 OFFSET $2`"],
  [/FETCH (FIRST|NEXT) /, "Spark has no `FETCH FIRST`", "write `LIMIT` and the number at the end of the query"],
  [/IN (?<at>\( \)) /, "the list of `IN` is empty", "write its values, or `false` for a condition that never holds"],
  [/(?<at>IN) [^( ]/, "`IN` is not followed by a list in brackets", "write `IN (…)`"],
  [/\[ \] /, "nothing is between `[` and `]`", "write the number or the key of the element"],
  [
    /(SELECT|BY|WHERE|AND|OR|=|\+|\/) (?<at>\( \)) /,
    "nothing is between `(` and `)`",
    "add what is missing, or delete them",
  ],
  [
    /\[ /,
    "Spark SQL has no square brackets around names or lists",
    "write backticks around a name, and `array(…)` for a list",
  ],
  [/CASE (?!WHEN )(\S+ ){1,4}?(END|ELSE) /, "`CASE` has no `WHEN`", "write `WHEN … THEN …` for each condition"],
  [/(?<at>LATERAL VIEW (OUTER )?[\w`]+) [^(.]/, "`LATERAL VIEW` calls no function", "write one, such as `explode(…)`"],
  [
    new RegExp(`(?<at>INTERVAL (\\w+)) (${UNITS}) `),
    "the number of an interval is a column",
    "write `make_interval(…)`, or `$2 * INTERVAL 1 $3`",
  ],
  [/(?<at>(INTERVAL [\d.]+)) /, "an interval has no unit", "write `$2 DAY`, or another unit"],
  [
    /(?<at>AS) [\w`]+ \) /,
    "a value in brackets has no name",
    "write `CAST(…)` for another type; a column's name goes behind the bracket",
  ],
  [/FILTER \( /, "`FILTER` has no `WHERE` with a condition", "write `FILTER (WHERE …)`"],
  [/\) (?<at>OVER) \( /, "`OVER` must follow a function", "write it directly behind the call, inside the brackets"],
  [
    /(?<at>ROWS|RANGE) (BETWEEN )?(\S+ ){1,4}\) /,
    "the bounds of `$1` are not complete",
    "write `BETWEEN … PRECEDING AND CURRENT ROW`, or as many `PRECEDING`",
  ],
  [/(?<at>USING [\w`]+) /, "`USING` is not followed by columns in brackets", "write `USING (…)`"],
  [/(?<at>IS (\d\S*|''|[\w`]+)) /, "`IS` is followed by a value", "write `=`, or `IS NULL`"],
  [/(?<at>\.\d+) /, "`$1` is not part of a name or number", "put a name that begins with a digit into backticks"],
  [
    new RegExp(`AS (?<at>${[...STRICT].join("|")}) `),
    "`$1` cannot be a table alias",
    "write it in backticks, or another name",
  ],
  [
    new RegExp(`(?<at>(${OPERAND_MISSING})) (${NO_OPERAND}) `),
    "something is missing between `$2` and `$3`",
    "add what `$2` needs after it, or delete it",
  ],
  [
    new RegExp(`(?<at>(${OPERAND_MISSING})) (; )?$`),
    "something is missing between `$2` and the end",
    "add what `$2` needs after it, or delete it",
  ],
];

const FORMS = PHRASES.map(([written, ...said]) => [new RegExp(`(?<= )(?:${written.source})`, "dg"), ...said] as const);

/** Tokens in front of the place and behind it that a phrase may have. */
const BEFORE = 7;
const BEHIND = 5;

/** The form that has the token where the grammar stops, or ends before it. */
export function phraseMistake(tokens: readonly Token[], at: number): SyntaxMistake | undefined {
  const first = Math.max(at - BEFORE, 0);
  const window = tokens.slice(first, at + BEHIND);
  let text = " ";
  const starts = window.map(({ kind, upper }) => {
    const start = text.length;
    text += kind === "text" ? "'' " : `${upper} `;
    return start;
  });
  if (at + BEHIND < tokens.length) text += "…";
  const covered = ([from, to]: readonly [number, number] = [0, 0]) =>
    window.filter((_, index) => (starts[index] ?? 0) >= from && (starts[index] ?? 0) < to);
  for (const [written, message, help] of FORMS) {
    for (const { indices = [] as never } of text.matchAll(written)) {
      const all = covered(indices[0]);
      const [start, end] = [all[0], all.at(-1)].map((token) => tokens.indexOf(token as Token)) as [number, number];
      if (start < 0 || start > at || end < at - 1) continue;
      const shown = indices.groups?.at ? covered(indices.groups.at) : all;
      const filled = (words: string) =>
        words.replace(/\$(\d)/g, (_, group) => asWritten(covered(indices[Number(group)])));
      return mistake(shown[0] as Token, shown.at(-1) as Token, filled(message), filled(help));
    }
  }
  return undefined;
}

/** Tokens as the author wrote them, with one blank where there was any. */
function asWritten(tokens: readonly Token[]): string {
  return tokens.map(({ text, start }, at) => (at === 0 || tokens[at - 1]?.end === start ? text : ` ${text}`)).join("");
}
