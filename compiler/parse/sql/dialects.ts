/** What analysts of other databases write and Spark's grammar takes, for something else: a table's new name, a function of its own. */

import { WITH_UNIT } from "../../functions/functions.ts";
import { each, type Find, mistake } from "./finders.ts";
import { closingOf, endsOperand } from "./grammar.ts";
import type { Token } from "./lexer.ts";

const words = (text: string) => new Set(text.split(" "));

/** Words before JOIN that Spark takes for the new name of the table in front. */
const BEFORE_JOIN = words("ANY ASOF GLOBAL HASH LOOP OUTER POSITIONAL");

/** `FROM t OUTER JOIN u`, `FROM t ASOF JOIN u`. */
const join = each((tokens, at) => {
  const [previous, word, next] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (word?.kind !== "word" || next?.upper !== "JOIN" || !BEFORE_JOIN.has(word.upper)) return undefined;
  if (!endsOperand(previous) || /^(AS|LEFT|RIGHT|FULL|FROM|JOIN)$/.test(previous?.upper ?? "")) return undefined;
  return word.upper === "OUTER"
    ? mistake(
        word,
        next,
        "`OUTER JOIN` lacks its side",
        "write `LEFT OUTER JOIN`, `RIGHT OUTER JOIN` or `FULL OUTER JOIN`",
      )
    : mistake(
        word,
        next,
        `Spark has no \`${word.upper} JOIN\``,
        "write `JOIN … ON …`; number rows by `row_number()` to keep one of several",
      );
});

/** Functions of other databases, and what Spark has. */
const CALLS: Readonly<Record<string, string>> = {
  UNNEST: "write `LATERAL VIEW explode(…) v AS c` behind the table",
  SAFE_CAST: "write `TRY_CAST(…)`",
  IIF: "write `if(…)`",
  GROUP_CONCAT: "write `array_join(collect_list(…), ',')`",
  CONVERT: "write `CAST(… AS …)`",
};

const call = each((tokens, at) => {
  const [word, open] = [tokens[at], tokens[at + 1]];
  if (open?.text !== "(") return undefined;
  const help = word?.kind === "word" ? CALLS[word.upper] : undefined;
  if (word === undefined || help === undefined || tokens[at - 1]?.text === ".") return undefined;
  return mistake(word, word, `Spark has no function \`${word.text}\``, help);
});

/** `SELECT DISTINCT ON (a) …`: Spark calls a function `ON`. */
const distinctOn = each((tokens, at) => {
  const [distinct, on, open] = [tokens[at], tokens[at + 1], tokens[at + 2]];
  if (distinct?.upper !== "DISTINCT" || on?.upper !== "ON" || open?.text !== "(" || tokens[at - 1]?.upper !== "SELECT")
    return undefined;
  return mistake(
    distinct,
    on,
    "Spark has no `DISTINCT ON`",
    "keep the rows of which `row_number() OVER (PARTITION BY …)` is 1",
  );
});

/** `DATEADD('day', 1, a)`. */
const unitInQuotes = each((tokens, at) => {
  if (tokens[at + 2]?.kind !== "text") return undefined;
  const [name, open, unit, comma] = tokens.slice(at, at + 4);
  if (
    name === undefined ||
    !WITH_UNIT.has(name.upper) ||
    open?.text !== "(" ||
    unit?.kind !== "text" ||
    comma?.text !== ","
  )
    return undefined;
  if (tokens[at - 1]?.text === "." || argumentsOf(tokens, at + 1) !== 3) return undefined;
  const inside = unit.text.slice(1, -1);
  return mistake(unit, unit, `\`${name.text}\` takes a unit without quotes`, `write \`${inside.toUpperCase()}\``);
});

function argumentsOf(tokens: readonly Token[], open: number): number {
  const end = closingOf(tokens, open);
  let count = 1;
  for (let at = open + 1; at < end; at += 1) {
    if (/^[([{]$/.test(tokens[at]?.text ?? "")) at = closingOf(tokens, at);
    else if (tokens[at]?.text === ",") count += 1;
  }
  return count;
}

export const DIALECTS: readonly Find[] = [join, call, distinctOn, unitInQuotes];
