/** Text → facts: the parse phase of one SQL text. */

import { hasAggregates } from "./aggregates.ts";
import { wrongCallsOf } from "./calls.ts";
import { doubleQuotedOf } from "./double-quoted.ts";
import type { Extent, NamedExtent } from "./extent.ts";
import type { SqlFacts } from "./facts.ts";
import { endsOperand } from "./grammar.ts";
import { lex, type Token } from "./lexer.ts";
import { literalMistake } from "./literals.ts";
import { lexicalMistake, structuralMistake } from "./mistakes.ts";
import { withNames } from "./names.ts";
import { qualifiedNames } from "./qualified.ts";
import { reachesOf } from "./reach.ts";
import { isOther, kindOf, parseStatements, startsOf, statementsOf } from "./statements.ts";
import { tablesOf } from "./tables.ts";
import { extentOf, lastOf, nodesBelow, type SyntaxNode, wordOf } from "./tree.ts";

/** Finds out what one SQL text is and reads. Never throws: a text that does not parse has `syntaxError`. */
export function analyzeSql(text: string): SqlFacts {
  return readSql(text).facts;
}

/** A text's facts, and the tree of its query: undefined unless it is one query that parses. */
export interface ReadSql {
  readonly facts: SqlFacts;
  readonly tree: SyntaxNode | undefined;
}

/** The same as `analyzeSql`, with the tree, which is many times as large as the text. */
export function readSql(text: string): ReadSql {
  const lexed = lex(text);
  const { tokens } = lexed;
  const facts: SqlFacts = {
    syntaxError: undefined,
    notAnalyzed: undefined,
    statements: [],
    starts: startsOf(tokens),
    tables: [],
    qualifiedNames: [],
    aggregates: false,
    wrongCalls: [],
    params: [],
    positional: [],
    doubleQuoted: doubleQuotedOf(tokens),
    quotedTwice: quotedTwiceOf(tokens),
    words: wordsOf(tokens),
    reaches: reachesOf(tokens),
  };
  const kinds = statementsOf(tokens).map(kindOf);
  const mistake = lexicalMistake(lexed) ?? structuralMistake(withNames(tokens)) ?? literalMistake(tokens);
  // Of another statement the mistake to show is that it is not a query.
  if (mistake !== undefined)
    return treeless(kinds.some(isOther) ? { ...facts, statements: kinds } : { ...facts, syntaxError: mistake });
  const { syntaxError, notAnalyzed, trees } = parseStatements(tokens);
  if (syntaxError !== undefined) return treeless({ ...facts, syntaxError });
  const tables = trees.flatMap(tablesOf);
  const isQualified = tables.some(({ kind, qualifier }) => kind === "table" && qualifier !== undefined);
  const markers = trees.flatMap((tree) => [...nodesBelow(tree)].filter(({ rule }) => rule === "marker"));
  const read: SqlFacts = {
    ...facts,
    notAnalyzed,
    statements: kinds,
    tables,
    qualifiedNames: isQualified ? trees.flatMap(qualifiedNames) : [],
    aggregates: trees.some(hasAggregates),
    wrongCalls: trees.flatMap(wrongCallsOf),
    params: notAnalyzed ? writtenParams(tokens) : markers.flatMap(paramOf),
    positional: markers.filter(({ parts }) => parts.length === 1).map(extentOf),
  };
  return { facts: read, tree: kinds.length === 1 ? trees[0] : undefined };
}

const treeless = (facts: SqlFacts): ReadSql => ({ facts, tree: undefined });

/** `:name`; nothing for `?`. */
function paramOf(marker: SyntaxNode): NamedExtent[] {
  return marker.parts.length === 1 ? [] : [{ name: wordOf(lastOf(marker)), ...extentOf(marker) }];
}

/** `:name` where no value is directly before it, for a text without a tree. */
function writtenParams(tokens: readonly Token[]): NamedExtent[] {
  return tokens.flatMap(({ text, start, end }, at) => {
    const [previous, next] = [tokens[at - 1], tokens[at + 1]];
    if (text !== ":" || next?.start !== end || (previous?.end === start && endsOperand(previous))) return [];
    return [{ name: wordOf(next), offset: start, length: next.end - start }];
  });
}

function quotedTwiceOf(tokens: readonly Token[]): Extent[] {
  return tokens
    .filter(({ text }) => text[0] === "'" && /(^|[^\\])''/.test(text.slice(1, -1)))
    .map(({ start, end }) => ({ offset: start, length: end - start }));
}

function wordsOf(tokens: readonly Token[]): string[] {
  const words = tokens.map(({ kind, text }) =>
    (kind === "text" || kind === "quoted" ? text.slice(1, -1) : text).toLowerCase(),
  );
  return [...new Set(words)].filter((word) => /[\p{L}_]/u.test(word)).sort();
}
