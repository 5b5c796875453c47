/**
 * Text → facts, by the parser `@polyglot-sql/sdk` (dialect `spark`).
 *
 * The parser is a WebAssembly module of 23 MB, so only callers that have no cached facts import this file. What it
 * gets wrong or leaves out is made good here: statements that are no query, two statements, empty text, scopes of
 * common table expressions, and positions, which it counts in code points.
 */

import { outputColumns, parse, tokenize } from "@polyglot-sql/sdk";
import { columnsOf, hasAggregates } from "./columns.ts";
import type { Extent, NamedExtent, SqlFacts, TableUse } from "./facts.ts";
import { reachesOf } from "./reach.ts";
import { parametersOf, positionalCount, type SyntaxNode, type TreeTable, tablesOf } from "./tree.ts";

/** Kinds of top-level nodes that are a query. */
const QUERIES = new Set(["select", "union", "intersect", "except", "values", "subquery", "paren"]);

/** Kinds of top-level nodes that are a statement, but no query. */
const STATEMENTS =
  /^(alter|analyze|cache|call|clear|command|comment|commit|copy|create|declare|delete|describe|drop|execute|explain|export|grant|insert|kill|load|merge|pragma|refresh|repair|reset|revoke|rollback|set_statement|show|transaction|truncate|uncache|update|use)/;

interface Token {
  readonly type: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Finds out what one SQL text is and reads. Never throws: a text that does not parse has `syntaxError`. */
export function analyzeSql(text: string): SqlFacts {
  const units = unitOffsets(text);
  const tokens = tokensOf(text, units);
  const lexical = {
    doubleQuoted: doubleQuotedOf(text, tokens),
    quotedTwice: quotedTwiceOf(text, tokens),
    words: wordsOf(tokens),
    reaches: reachesOf(text),
  };
  const result = guarded(() => parse(text, "spark" as never));
  if (!result.success || !result.ast) {
    const place = extent(units, result.errorStart ?? 0, result.errorEnd ?? (result.errorStart ?? 0) + 1);
    return {
      ...nothing(lexical),
      syntaxError: { message: cleanMessage(result.error ?? "the parser gives no reason"), ...place },
    };
  }
  const statements = result.ast as unknown as SyntaxNode[];
  const kinds = statements.map(statementKind);
  if (kinds.includes("expression")) {
    return { ...nothing(lexical), syntaxError: { message: "a query is expected", ...firstToken(tokens, text) } };
  }
  const used = new Set(statements.flatMap(parametersOf));
  return {
    ...lexical,
    syntaxError: undefined,
    statements: kinds,
    tables: placed(statements.flatMap(tablesOf), tokens, units),
    outputs: outputsOf(text),
    columns: columnsOf(statements),
    aggregates: hasAggregates(statements),
    params: paramsOf(tokens, used),
    positional: statements.some((node) => positionalCount(node) > 0) ? positionalOf(text, tokens) : [],
  };
}

/** Undefined where one of them is not known by its name: Spark names `count(*)` itself, and `*` is what the source has. */
function outputsOf(text: string): string[] | undefined {
  const result = guarded(() => outputColumns(text, "spark"));
  const columns = (result.success ? result.output?.columns : undefined) ?? [];
  const names = columns.flatMap((column) => (column.kind === "named" && column.name !== "" ? [column.name] : []));
  return names.length > 0 && names.length === columns.length ? names : undefined;
}

/** `query`, `expression` for what Spark takes for no statement at all, or the parser's word for the statement. */
function statementKind(node: SyntaxNode): string {
  const kind = Object.keys(node)[0] ?? "nothing";
  if (QUERIES.has(kind)) return "query";
  return STATEMENTS.test(kind) ? kind : "expression";
}

function nothing(lexical: Pick<SqlFacts, "doubleQuoted" | "quotedTwice" | "words" | "reaches">): SqlFacts {
  return {
    ...lexical,
    syntaxError: undefined,
    statements: [],
    tables: [],
    outputs: undefined,
    columns: [],
    aggregates: false,
    params: [],
    positional: [],
  };
}

function firstToken(tokens: readonly Token[], text: string): Extent {
  const first = tokens[0];
  return first ? { offset: first.start, length: first.end - first.start } : { offset: 0, length: text.length || 1 };
}

/** Gives tables their places; the tree has none for `IDENTIFIER(…)`, whose tokens stand in the same order. */
function placed(tables: readonly TreeTable[], tokens: readonly Token[], units: readonly number[]): TableUse[] {
  const dynamic = tokens.filter((token) => token.text.toUpperCase() === "IDENTIFIER");
  return tables.map(({ start, end, ...rest }) => {
    const token = rest.kind === "dynamic" ? dynamic.shift() : undefined;
    return {
      ...rest,
      ...(token ? { offset: token.start, length: token.end - token.start } : extent(units, start, end)),
    };
  });
}

/** Position in UTF-16 units of every code point, and of the end. */
function unitOffsets(text: string): number[] {
  const offsets: number[] = [];
  let unit = 0;
  for (const character of text) {
    offsets.push(unit);
    unit += character.length;
  }
  offsets.push(unit);
  return offsets;
}

function extent(units: readonly number[], start: number, end: number): Extent {
  const last = units.length - 1;
  const from = units[Math.min(start, last)] ?? 0;
  const to = units[Math.min(Math.max(end, start + 1), last)] ?? from;
  return { offset: from, length: Math.max(to - from, 1) };
}

function tokensOf(text: string, units: readonly number[]): Token[] {
  const result = guarded(() => tokenize(text, "spark" as never));
  // The library's type says `tokenType`; what comes is `token_type` (0.12.1).
  const tokens = (result.success ? result.tokens : undefined) as
    | readonly { token_type: string; text: string; span: { start: number; end: number } }[]
    | undefined;
  return (tokens ?? []).map((token) => ({
    type: token.token_type,
    text: token.text,
    start: units[token.span.start] ?? 0,
    end: units[token.span.end] ?? text.length,
  }));
}

/** A crash of the parser (stack overflow in deeply nested text) is a refusal, not our bug. */
function guarded<T extends { success: boolean; error?: string | null }>(call: () => T): T {
  try {
    return call();
  } catch (problem) {
    return { success: false, error: `the parser gave up: ${String(problem)}` } as T;
  }
}

/** "Parse error at line 1, column 15: Invalid expression" → "invalid expression": the place is shown apart. */
function cleanMessage(message: string): string {
  const plain = message.replace(/^.*?at line \d+, column \d+:\s*/s, "").split("\n")[0] ?? "";
  return (/^[A-Z][a-z]/.test(plain) ? plain.charAt(0).toLowerCase() + plain.slice(1) : plain).replace(/\.$/, "");
}

function doubleQuotedOf(text: string, tokens: readonly Token[]): NamedExtent[] {
  return tokens
    .filter((token) => text[token.start] === '"' && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(token.text))
    .map((token) => ({ name: token.text, offset: token.start, length: token.end - token.start }));
}

function quotedTwiceOf(text: string, tokens: readonly Token[]): Extent[] {
  return tokens
    .filter(({ start, end }) => text[start] === "'" && /(^|[^\\])''/.test(text.slice(start + 1, end - 1)))
    .map(({ start, end }) => ({ offset: start, length: end - start }));
}

function wordsOf(tokens: readonly Token[]): string[] {
  return [...new Set(tokens.map((token) => token.text.toLowerCase()))].filter((word) => /[\p{L}_]/u.test(word)).sort();
}

/** The tree names parameters but not where they stand; a colon with one of their names directly behind it is the place. */
function paramsOf(tokens: readonly Token[], used: ReadonlySet<string>): NamedExtent[] {
  return tokens.flatMap((token, index) => {
    const next = tokens[index + 1];
    const isParam = token.type === "COLON" && next?.start === token.end && used.has(next.text);
    return isParam && next ? [{ name: next.text, offset: token.start, length: next.end - token.start }] : [];
  });
}

function positionalOf(text: string, tokens: readonly Token[]): Extent[] {
  return tokens.filter((token) => text[token.start] === "?").map((token) => ({ offset: token.start, length: 1 }));
}
