/** A query for `strata query`, by the rules of a dataset's SQL. What these do not see, such as a missing column, the engine reports. */

import { analyzeSql } from "../parse/sql/analyze.ts";
import type { WrongCall } from "../parse/sql/calls.ts";
import type { Extent } from "../parse/sql/extent.ts";
import { lex, type Token } from "../parse/sql/lexer.ts";
import { lexicalMistake } from "../parse/sql/mistakes.ts";
import type { Reach } from "../parse/sql/reach.ts";
import { kindOf, startsOf, statementsOf } from "../parse/sql/statements.ts";
import { locate } from "../parse/text.ts";
import { reachWords } from "./reaches-out.ts";
import { unknownFunctionWords } from "./unknown-function.ts";
import { wrongArgumentsWords } from "./wrong-arguments.ts";

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
  const { reaches, syntaxError, notAnalyzed, params, positional, wrongCalls } = analyzeSql(sql);
  const deep = notAnalyzed && {
    ...notAnalyzed,
    message: "the query is nested too deeply",
    help: "name inner parts in a `WITH` clause",
  };
  const [parameter] = [...params, ...positional].sort((a, b) => a.offset - b.offset);
  return (
    lexicalMistake(lexed) ??
    statementMistake(lexed.tokens) ??
    reachMistake(reaches) ??
    syntaxError ??
    deep ??
    (parameter && { offset: parameter.offset, message: "a query has no parameters", help: WITHOUT_PARAMETERS }) ??
    callMistake(wrongCalls)
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

function callMistake(calls: readonly WrongCall[]): Found | undefined {
  const [first] = [...calls].sort((a, b) => a.offset - b.offset);
  if (first === undefined) return undefined;
  const words = first.kind === "arguments" ? wrongArgumentsWords(first) : unknownFunctionWords(first);
  return { offset: first.offset, ...words };
}

/** Those of the catalog's tables that a query reads, in any case, with their database before the name or without. */
export function tablesNamed<T extends { readonly database: string; readonly name: string }>(
  sql: string,
  tables: readonly T[],
  database: string,
): (NamedTable & { readonly table: T })[] {
  const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  const found = analyzeSql(sql).tables.flatMap(({ name, qualifier }): (NamedTable & { readonly table: T })[] => {
    // `spark_catalog.shop.orders` is a table of `shop`.
    const isOf = (table: T) =>
      qualifier === undefined
        ? isSame(table.database, database)
        : isSame(table.database, qualifier) || qualifier.toLowerCase().endsWith(`.${table.database.toLowerCase()}`);
    const table = tables.find((each) => isSame(each.name, name) && isOf(each));
    return table ? [{ database: qualifier?.slice(-table.database.length), name, table }] : [];
  });
  return [...new Map(found.map((each) => [JSON.stringify([each.database, each.name]), each])).values()];
}
