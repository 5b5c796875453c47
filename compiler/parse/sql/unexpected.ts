/** What Spark's grammar refuses → a mistake in the user's words: other databases' forms by what Spark has, the rest by its place. */

import { explain } from "./explain.ts";
import type { SyntaxMistake } from "./facts.ts";
import { aroundOf, mistake } from "./finders.ts";
import { openingOf, STRUCTURE } from "./grammar.ts";
import type { Token } from "./lexer.ts";
import type { Refusal } from "./parser.ts";
import { phraseMistake } from "./phrases.ts";
import { quotedName, wordOf } from "./tree.ts";
import { castMistake } from "./types.ts";

const ORDER = "SELECT, FROM, WHERE, GROUP BY, HAVING, WINDOW, ORDER BY, LIMIT, OFFSET";

/** Explains why the grammar stops at a token. */
export function unexpected(tokens: readonly Token[], refusal: Refusal): SyntaxMistake {
  const call = aroundOf(tokens.slice(0, refusal.at + 1)).at(-1)?.call ?? "";
  for (const find of [castMistake, argument, text, partOfName, viewWithoutName, naturalJoin, phraseMistake]) {
    const found = find(tokens, refusal.at, call);
    if (found !== undefined) return found;
  }
  const token = tokens[refusal.at];
  const found = explain(refusal, tokens);
  const isPart = token?.kind === "word" && /^(FROM|WHERE|GROUP|HAVING|WINDOW|ORDER|LIMIT|OFFSET)$/.test(token.upper);
  if (!isPart || found.help !== undefined) return found;
  return { ...found, help: `the parts of a query come once each, in this order: ${ORDER}` };
}

/** `string_agg(a, ',' ORDER BY b)`, `lag(a IGNORE NULLS)`, `group_concat(a SEPARATOR ',')`. */
function argument(tokens: readonly Token[], at: number, name: string): SyntaxMistake | undefined {
  const [word, next] = [tokens[at], tokens[at + 1]];
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

const NOT_A_NAME = "these quotes make a text, not a name";

/** `db."t"`, `"t"."a"`. */
function partOfName(tokens: readonly Token[], at: number): SyntaxMistake | undefined {
  if (tokens[at - 1]?.text !== "." || tokens[at]?.kind !== "text") return undefined;
  let first = at;
  while (tokens[first - 1]?.text === "." && isPart(tokens[first - 2])) first -= 2;
  return first === at ? undefined : inBackticks(partsFrom(tokens, first), NOT_A_NAME);
}

/** The parts of a name, quoted in any way. */
function partsFrom(tokens: readonly Token[], first: number): Token[] {
  const more = tokens.slice(first + 1);
  const end = more.findIndex((token, index) => (index % 2 === 0 ? token.text !== "." : !isPart(token)));
  return [tokens[first], ...(end < 0 ? more : more.slice(0, end))].filter((token) => isPart(token));
}

function isPart(token: Token | undefined): token is Token {
  return token?.kind === "word" || token?.kind === "quoted" || token?.kind === "text";
}

function inBackticks(parts: readonly Token[], message: string): SyntaxMistake {
  const name = parts.map(({ kind, text }) => (kind === "text" ? quotedName(text.slice(1, -1)) : text)).join(".");
  const [first, last] = [parts[0], parts.at(-1)] as [Token, Token];
  return mistake(first, last, message, `write backticks: \`\`\` ${name} \`\`\``, name);
}

/** `FROM "t"`, `model '$.en'`, `N'x'`: Spark takes both kinds of quotes for text. */
function text(tokens: readonly Token[], at: number): SyntaxMistake | undefined {
  const [word, found] = [tokens[at - 1], tokens[at]];
  if (word?.kind !== "word" || found?.kind !== "text") return undefined;
  if (/^(FROM|JOIN)$/.test(word.upper)) {
    const parts = partsFrom(tokens, at);
    return {
      ...inBackticks(parts, "these quotes make a text, not a table's name"),
      table: parts.map((part) => (part.kind === "text" ? part.text.slice(1, -1) : wordOf(part))),
    };
  }
  if (word.upper === "AS" && found.text.startsWith('"')) return inBackticks([found], NOT_A_NAME);
  if (STRUCTURE.has(word.upper)) return undefined;
  if (word.end === found.start && /^(N|E|B|_\w+)$/i.test(word.text))
    return mistake(
      word,
      found,
      `Spark has no texts with \`${word.text}\` in front`,
      /^b$/i.test(word.text) ? "write bytes as `X'1F'`, and a text without the letter" : "write the quotes alone",
    );
  return mistake(
    found,
    found,
    `a string follows \`${word.text}\`, which is not a literal's type`,
    "add the comma or operator between them; a column's new name is in backticks, not in quotes",
  );
}

/** `LATERAL VIEW explode(a) WHERE`. */
function viewWithoutName(tokens: readonly Token[], at: number): SyntaxMistake | undefined {
  if (tokens[at - 1]?.text !== ")") return undefined;
  const name = openingOf(tokens, at - 1) - 1;
  const [call, view] = [tokens[name], tokens.slice(0, name).findLast(({ upper }) => upper !== "OUTER")];
  const lateral = view?.upper === "VIEW" ? tokens[tokens.indexOf(view) - 1] : undefined;
  return call && lateral?.upper === "LATERAL"
    ? mistake(lateral, call, "`LATERAL VIEW` has no name", `write it behind the call: \`${call.text}(…) v AS c\``)
    : undefined;
}

/** `FROM a NATURAL JOIN b ON …`. */
function naturalJoin(tokens: readonly Token[], at: number): SyntaxMistake | undefined {
  const condition = tokens[at];
  if (condition === undefined || !/^(ON|USING)$/.test(condition.upper)) return undefined;
  const start = tokens.slice(0, at).findLastIndex(({ upper }) => upper === "NATURAL");
  const natural = tokens[start];
  if (natural === undefined || tokens.slice(start, at).filter(({ upper }) => upper === "JOIN").length !== 1)
    return undefined;
  return mistake(
    natural,
    condition,
    `\`NATURAL JOIN\` takes no \`${condition.upper}\``,
    "it joins by all columns of the same name; delete `NATURAL`, or the condition",
  );
}
