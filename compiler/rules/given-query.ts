/**
 * A query that somebody gives to `strata query`: the rules of a dataset's SQL, told from its tokens, without the parser, which takes
 * 0.3 s to load. What tokens do not show, such as a column that is not there, the engine says.
 */

import type { Extent } from "../parse/sql/extent.ts";
import { lex, type Token } from "../parse/sql/lexer.ts";
import { literalMistake } from "../parse/sql/literals.ts";
import { lexicalMistake, structuralMistake } from "../parse/sql/mistakes.ts";
import { type Reach, reachesOf } from "../parse/sql/reach.ts";
import { rewritten } from "../parse/sql/rewrite.ts";
import { grammarMistake, kindOf, startsOf, statementsOf } from "../parse/sql/statements.ts";
import { locate } from "../parse/text.ts";
import { reachWords } from "./reaches-out.ts";

/** What is wrong with a query; line and column count from 1. */
export interface QueryMistake {
  readonly message: string;
  readonly help: string | undefined;
  readonly line: number;
  readonly column: number;
}

/** A table, as a query spells it. */
export interface NamedTable {
  readonly database: string | undefined;
  readonly name: string;
}

/** The first mistake; undefined for a query that may be put to an engine. */
export function mistakeOfQuery(sql: string): QueryMistake | undefined {
  const found = mistakeOf(sql);
  if (found === undefined) return undefined;
  const { line, column } = locate("", sql).place(found.offset);
  const help = /\bparameters?\b/.test(found.help ?? "") ? WITHOUT_PARAMETERS : found.help;
  return { message: found.message, help, line, column };
}

const WITHOUT_PARAMETERS = "write the value itself";

type Found = Pick<Extent, "offset"> & Pick<QueryMistake, "message" | "help">;

function mistakeOf(sql: string): Found | undefined {
  const lexed = lex(sql);
  const { tokens } = lexed;
  const written = lexicalMistake(lexed) ?? statementMistake(tokens);
  return (
    written ??
    reachMistake(reachesOf(tokens)) ??
    structuralMistake(rewritten(tokens)) ??
    literalMistake(tokens) ??
    grammarMistake(tokens) ??
    parameterMistake(tokens)
  );
}

function statementMistake(tokens: readonly Token[]): Found | undefined {
  const kinds = statementsOf(tokens).map(kindOf);
  const help = "give exactly one SELECT";
  const other = kinds.findIndex((kind) => kind !== "query");
  const place = startsOf(tokens)[other < 0 ? 1 : other] ?? { offset: 0 };
  if (kinds.length === 0) return { ...place, message: "the query is empty", help };
  const kind = kinds[other];
  if (kind !== undefined)
    return {
      ...place,
      message: `\`${kind}\` is not a query`,
      help: "give one SELECT: `strata query` only reads; data is changed by running the pipeline",
    };
  return kinds.length === 1 ? undefined : { ...place, message: `there are ${kinds.length} queries`, help };
}

function reachMistake([first]: readonly Reach[]): Found | undefined {
  if (first === undefined) return undefined;
  const [message, help] = reachWords(first);
  return { offset: first.offset, message, help: first.kind === "file" ? "read a table by its name" : help };
}

/** `:name` and `?`, which a run has values for. A `:` inside brackets or behind a name may be something else. */
function parameterMistake(tokens: readonly Token[]): Found | undefined {
  const at = tokens.findIndex(
    ({ text, start }, index) =>
      text === "?" || (text === ":" && tokens[index + 1]?.start === start + 1 && tokens[index - 1]?.end !== start),
  );
  const token = tokens[at];
  if (token === undefined) return undefined;
  return { offset: token.start, message: "a query has no parameters", help: WITHOUT_PARAMETERS };
}

/** The tables that a query may read: wherever it has the name of one, in any case, with its database before it or without. */
export function tablesNamed<T extends { readonly database: string; readonly name: string }>(
  sql: string,
  tables: readonly T[],
  database: string,
): (NamedTable & { readonly table: T })[] {
  const names = lex(sql).tokens.map(nameOf);
  const byName = Map.groupBy(tables, ({ name }) => name.toLowerCase());
  const found = names.flatMap((name, index): (NamedTable & { readonly table: T })[] => {
    const alike = name === undefined ? undefined : byName.get(name.toLowerCase());
    if (name === undefined || alike === undefined) return [];
    const before = names[index - 1] === "." ? names[index - 2] : undefined;
    const of = (wanted: string) => alike.filter((table) => table.database.toLowerCase() === wanted.toLowerCase());
    const qualified = before === undefined ? [] : of(before).map((table) => ({ database: before, name, table }));
    // Behind a dot it may be a column of that name, and its table stand elsewhere.
    return qualified.length > 0 ? qualified : of(database).map((table) => ({ database: undefined, name, table }));
  });
  return [...new Map(found.map((each) => [JSON.stringify([each.database, each.name]), each])).values()];
}

/** A name as it is meant; a dot is itself, and undefined anything else. */
function nameOf({ kind, text }: Token): string | undefined {
  if (kind === "quoted") return text.slice(1, -1).replaceAll("``", "`");
  return kind === "word" || text === "." ? text : undefined;
}
