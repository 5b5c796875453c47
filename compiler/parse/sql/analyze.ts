/**
 * Text → facts, by the parser `@polyglot-sql/sdk` (dialect `spark`).
 *
 * The parser is a WebAssembly module of 23 MB, so only callers that have no cached facts import this file. What it
 * gets wrong or leaves out is made good beside it: comments and blanks (lexer.ts), what it does not read (rewrite.ts, gaps.ts) or
 * reads over (mistakes.ts), statements that are no query, scopes of common table expressions (tree.ts), names of the result's
 * columns (outputs.ts), and positions, which it counts in code points (source.ts). Each text is parsed once.
 */

import { parse } from "@polyglot-sql/sdk";
import { columnsOf, hasAggregates } from "./columns.ts";
import { doubleQuotedOf } from "./double-quoted.ts";
import { explain } from "./explain.ts";
import type { Extent, NamedExtent } from "./extent.ts";
import type { SqlFacts, TableUse } from "./facts.ts";
import { gapBehind } from "./gaps.ts";
import { endsOperand } from "./grammar.ts";
import { lex, type Token } from "./lexer.ts";
import { literalMistake } from "./literals.ts";
import { lexicalMistake, structuralMistake } from "./mistakes.ts";
import { outputsOf } from "./outputs.ts";
import { reachesOf } from "./reach.ts";
import { rewritten } from "./rewrite.ts";
import { type ParserText, parserText } from "./source.ts";
import { grammarMistake, isPlain, kindOf, startsOf, statementsOf } from "./statements.ts";
import { parametersOf, positionalCount, type SyntaxNode, type TreeTable, tablesOf } from "./tree.ts";

/** Kinds of top-level nodes that are a query. */
const QUERIES = new Set(["select", "union", "intersect", "except", "values", "subquery", "paren"]);

/** Kinds of top-level nodes that are a statement, but no query. */
const STATEMENTS =
  /^(alter|analyze|cache|call|clear|command|comment|commit|copy|create|declare|delete|describe|drop|execute|explain|export|grant|insert|kill|load|merge|pragma|refresh|repair|reset|revoke|rollback|set_statement|show|transaction|truncate|uncache|update|use)/;

/** Statements that are none to check: that a dataset has one is the mistake to show. */
const OTHER_STATEMENTS = /^(alter|create|delete|drop|insert|merge|truncate|update)$/;

/** Finds out what one SQL text is and reads. Never throws: a text that does not parse has `syntaxError`. */
export function analyzeSql(text: string): SqlFacts {
  const lexed = lex(text);
  const { tokens } = lexed;
  const lexical = {
    doubleQuoted: doubleQuotedOf(tokens),
    quotedTwice: quotedTwiceOf(tokens),
    words: wordsOf(tokens),
    reaches: reachesOf(tokens),
  };
  const starts = startsOf(tokens);
  const forParser = rewritten(tokens);
  const mistake = lexicalMistake(lexed) ?? structuralMistake(forParser) ?? literalMistake(tokens);
  if (mistake !== undefined) {
    const kinds = statementsOf(tokens).map(kindOf);
    const isOther = kinds.some((kind) => OTHER_STATEMENTS.test(kind));
    return { ...nothing(lexical, starts), ...(isOther ? { statements: kinds } : { syntaxError: mistake }) };
  }
  const source = parserText(withoutEmptyStatements(forParser));
  const result = guarded(() => parse(source.text, "spark" as never));
  if (!result.success || !result.ast) {
    const place = source.place(result.errorStart ?? 0, result.errorEnd ?? (result.errorStart ?? 0) + 1);
    return refused(result.error ?? "", place, tokens, nothing(lexical, starts));
  }
  const readOver = grammarMistake(tokens);
  if (readOver !== undefined) return { ...nothing(lexical, starts), syntaxError: readOver };
  const statements = result.ast as unknown as SyntaxNode[];
  const kinds = statements.map(statementKind);
  const stray = starts[kinds.indexOf("expression")];
  if (stray !== undefined) {
    return { ...nothing(lexical, starts), syntaxError: { message: "expected a query", help: QUERY_HELP, ...stray } };
  }
  const [params, positional] = [paramsOf(tokens), positionalOf(tokens)];
  const used = new Set(params.length === 0 ? [] : statements.flatMap(parametersOf));
  const [first] = statements;
  return {
    ...lexical,
    syntaxError: undefined,
    notAnalyzed: undefined,
    statements: kinds,
    starts,
    tables: placed(statements.flatMap(tablesOf), tokens, source),
    outputs: first && outputsOf(first),
    columns: columnsOf(statements),
    aggregates: hasAggregates(statements),
    params: params.filter(({ name }) => used.has(name)),
    positional: positional.length > 0 && statements.some((node) => positionalCount(node) > 0) ? positional : [],
  };
}

const QUERY_HELP = "begin with SELECT, WITH, FROM, VALUES or TABLE";

/** A text that the parser refuses: it has a mistake, or Spark's grammar reads it all the same. */
function refused(raw: string, place: Extent, tokens: readonly Token[], facts: SqlFacts): SqlFacts {
  const message = cleanMessage(raw);
  const gap = gapBehind({ message, ...place }, tokens);
  const mistake = grammarMistake(tokens);
  if (mistake !== undefined)
    return { ...facts, syntaxError: gap || mistake.help ? mistake : explain(message, place, tokens) };
  const at = tokens.find(({ end }) => end > place.offset)?.text ?? "the end";
  const notAnalyzed = gap ?? (isPlain(tokens) ? { construct: `\`${at}\` here`, ...place } : undefined);
  if (notAnalyzed === undefined) return { ...facts, syntaxError: explain(message, place, tokens) };
  const dynamic = tokens.filter(
    ({ upper }, at) => upper === "IDENTIFIER" && /^(FROM|JOIN|TABLE)$/.test(tokens[at - 1]?.upper ?? ""),
  );
  return {
    ...facts,
    notAnalyzed,
    statements: statementsOf(tokens).map(kindOf),
    tables: dynamic.map(({ start, end }) => ({
      name: "IDENTIFIER",
      qualifier: undefined,
      kind: "dynamic",
      offset: start,
      length: end - start,
    })),
    params: paramsOf(tokens),
  };
}

function withoutEmptyStatements(tokens: readonly Token[]): Token[] {
  return tokens.filter(
    ({ text }, at) => text !== ";" || (at > 0 && at < tokens.length - 1 && tokens[at + 1]?.text !== ";"),
  );
}

/** `query`, `expression` for what Spark takes for no statement at all, or the parser's word for the statement. */
function statementKind(node: SyntaxNode): string {
  const kind = Object.keys(node)[0] ?? "nothing";
  if (QUERIES.has(kind)) return "query";
  return STATEMENTS.test(kind) ? kind : "expression";
}

function nothing(
  lexical: Pick<SqlFacts, "doubleQuoted" | "quotedTwice" | "words" | "reaches">,
  starts: readonly Extent[],
): SqlFacts {
  return {
    ...lexical,
    syntaxError: undefined,
    notAnalyzed: undefined,
    statements: [],
    starts,
    tables: [],
    outputs: undefined,
    columns: [],
    aggregates: false,
    params: [],
    positional: [],
  };
}

/** Gives tables their places; the tree has none for `IDENTIFIER(…)`, whose tokens stand in the same order. */
function placed(tables: readonly TreeTable[], tokens: readonly Token[], source: ParserText): TableUse[] {
  const dynamic = tokens.filter(({ upper }) => upper === "IDENTIFIER");
  return tables.map(({ start, end, ...rest }) => {
    const token = rest.kind === "dynamic" ? dynamic.shift() : undefined;
    return {
      ...rest,
      ...(token ? { offset: token.start, length: token.end - token.start } : source.place(start, end)),
    };
  });
}

/** A crash of the parser (stack overflow in deeply nested text) is a refusal, not our bug. */
function guarded<T extends { success: boolean; error?: string | null }>(call: () => T): T {
  try {
    return call();
  } catch (problem) {
    return { success: false, error: `the parser gave up: ${String(problem)}` } as T;
  }
}

/** "Parse error at line 1, column 15: Invalid expression" → "Invalid expression": the place is shown apart. */
function cleanMessage(message: string): string {
  return message.replace(/^.*?at line \d+, column \d+:\s*/s, "").split("\n")[0] ?? "";
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

/** `:name`, where no name or value is directly before it, as in `struct<a:int>`. */
function paramsOf(tokens: readonly Token[]): NamedExtent[] {
  return tokens.flatMap((token, index) => {
    const [previous, next] = [tokens[index - 1], tokens[index + 1]];
    const isParam =
      token.text === ":" &&
      next?.kind === "word" &&
      next.start === token.end &&
      !(previous?.end === token.start && endsOperand(previous));
    return isParam && next ? [{ name: next.text, offset: token.start, length: next.end - token.start }] : [];
  });
}

function positionalOf(tokens: readonly Token[]): Extent[] {
  return tokens.filter(({ text }) => text === "?").map(({ start }) => ({ offset: start, length: 1 }));
}
