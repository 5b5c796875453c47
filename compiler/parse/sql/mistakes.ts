/**
 * Mistakes that tokens show by themselves: what the parser reads over, or would say less well.
 *
 * Each function looks for one kind and answers the first place. They hold where the parser cannot read a query, too.
 */

import type { Extent } from "./extent.ts";
import type { SyntaxMistake } from "./facts.ts";
import type { Find } from "./finders.ts";
import { habits } from "./habits.ts";
import type { Lexed, Token } from "./lexer.ts";

const placeOf = ({ start, end }: Token): Extent => ({ offset: start, length: end - start });

const FANCY_QUOTES = /[\u2018-\u201f\u00ab\u00bb\u2039\u203a\u00b4\u2032\u2033\uff02\uff07]/u;
const FANCY_DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/u;
const INVISIBLE = /[\p{Cf}\p{Cc}\u115f\u1160\u3164\uffa0\u2800]/u;

/** A character that no SQL has outside of texts and comments. */
function unknownCharacter(tokens: readonly Token[]): SyntaxMistake | undefined {
  const token = tokens.find(({ kind }) => kind === "unknown");
  if (token === undefined) return undefined;
  const code = `U+${(token.text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  const place = placeOf(token);
  if (FANCY_QUOTES.test(token.text)) {
    const help = "write `'` around text, and backticks around a name; word processors make such quotes";
    return { ...place, message: `\`${token.text}\` (${code}) is not a quote in SQL`, help };
  }
  if (FANCY_DASHES.test(token.text))
    return {
      ...place,
      message: `\`${token.text}\` (${code}) is not a minus sign in SQL`,
      help: "write `-`",
      instead: "-",
    };
  if (INVISIBLE.test(token.text)) {
    return {
      ...place,
      message: `the SQL contains an invisible character (${code})`,
      help: "delete it; text that is copied from web pages often has such characters",
    };
  }
  return {
    ...place,
    message: `unexpected character \`${token.text}\` (${code})`,
    help: "delete it, or put the name that it belongs to into backticks",
  };
}

/** Spark takes letters beyond ASCII in backticks only. */
function foreignName(tokens: readonly Token[]): SyntaxMistake | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
  const token = tokens.find(({ kind, text }) => kind === "word" && /[^\u0000-\u007f]/.test(text));
  return (
    token && {
      ...placeOf(token),
      message: `the name \`${token.text}\` has letters beyond ASCII`,
      help: `write it in backticks: \`\`\` \`${token.text}\` \`\`\``,
      instead: `\`${token.text}\``,
    }
  );
}

function unclosed({ unclosed: found }: Lexed): SyntaxMistake | undefined {
  if (found === undefined) return undefined;
  const { what, ...place } = found;
  const help = {
    comment: "add `*/` where the comment ends",
    text: "add the quote that ends it; a quote inside is `\\'`",
    name: "add the backtick that ends it",
  };
  const article = what === "name" ? "a name in backticks" : `a ${what}`;
  return { ...place, message: `${article} begins here and does not end`, help: help[what] };
}

/** `{{ ref('t') }}`, `{% if %}`, `${x}`: templates of other tools. */
const template: Find = (tokens) => {
  const at = tokens.findIndex(
    ({ text }, index) =>
      (text === "{" || text === "$") &&
      /^[{%#]$/.test(tokens[index + 1]?.text ?? "") &&
      tokens[index + 1]?.start === tokens[index]?.end,
  );
  const token = tokens[at];
  if (token === undefined) return undefined;
  const place = { offset: token.start, length: 2 };
  const call = tokens[at + 2]?.upper;
  if (token.text === "$")
    return {
      ...place,
      message: "Strata puts no variables into SQL",
      help: "use a parameter, `:name`, declared under `params` in `pipeline.yaml`",
    };
  const help =
    call === "REF" || call === "SOURCE"
      ? "write the table's name, and list it under `tables`"
      : call === "CONFIG"
        ? "delete it; settings go to `strata` of the dataset in `sql_queries.json`"
        : "write plain SQL; values that change from run to run are parameters, `:name`";
  return { ...place, message: "Strata has no templates (Jinja)", help };
};

const PAIRS: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** A bracket without its partner. */
const unbalanced: Find = (tokens) => {
  const open: Token[] = [];
  for (const token of tokens) {
    if (token.kind !== "symbol") continue;
    if (/^[([{]$/.test(token.text)) open.push(token);
    const partner = PAIRS[token.text];
    if (partner === undefined) continue;
    const last = open.pop();
    if (last?.text === partner) continue;
    const help =
      last === undefined ? `delete it, or add \`${partner}\` where it begins` : `close \`${last.text}\` first`;
    const message =
      last === undefined ? `\`${token.text}\` closes nothing` : `\`${token.text}\` does not close \`${last.text}\``;
    return { ...placeOf(token), message, help };
  }
  const last = open.at(-1);
  return (
    last && {
      ...placeOf(last),
      message: `\`${last.text}\` is not closed`,
      help: `add \`${Object.keys(PAIRS).find((key) => PAIRS[key] === last.text)}\` where it ends`,
    }
  );
};

const BEHIND_LIST = /^(FROM|WHERE|GROUP|HAVING|ORDER|UNION|INTERSECT|LIMIT|JOIN|,|\)|\]|;|)$/;

/** `SELECT a, FROM t`: Spark reads a column called `FROM`. */
const trailingComma: Find = (tokens) => {
  const at = tokens.findIndex(({ text }, index) => {
    const next = tokens[index + 1];
    if (text !== "," || !BEHIND_LIST.test(next?.upper ?? "")) return false;
    const then = tokens[index + 2];
    if (/^(GROUP|ORDER)$/.test(next?.upper ?? "")) return then?.upper === "BY";
    if (next?.upper === "LIMIT") return then?.kind === "number";
    return next?.kind !== "word" || (then !== undefined && (then.kind !== "symbol" || then.text === "("));
  });
  const [token, next] = [tokens[at], tokens[at + 1]];
  if (token === undefined) return undefined;
  const behind = next === undefined || next.text === ";" ? "the end" : `\`${next.text}\``;
  return {
    ...placeOf(token),
    message: `unexpected comma before ${behind}`,
    help: "delete the comma, or add what is missing after it",
    instead: "",
  };
};

/** The first mistake of what the text is made of; its tokens are then not to be trusted. */
export function lexicalMistake(lexed: Lexed): SyntaxMistake | undefined {
  return firstOf([unclosed(lexed), unknownCharacter(lexed.tokens), foreignName(lexed.tokens)]);
}

/** The first mistake that tokens show; `tokens` are those for the parser, in which reserved words that are names are in backticks. */
export function structuralMistake(tokens: readonly Token[]): SyntaxMistake | undefined {
  return firstOf([...[template, unbalanced, trailingComma].map((find) => find(tokens)), ...habits(tokens)]);
}

function firstOf(found: readonly (SyntaxMistake | undefined)[]): SyntaxMistake | undefined {
  return found.filter((each) => each !== undefined).sort((a, b) => a.offset - b.offset)[0];
}
