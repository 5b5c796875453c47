/** The statements of a text, and what Spark's grammar says of those that are queries. */

import type { Extent } from "./extent.ts";
import type { SyntaxMistake } from "./facts.ts";
import { mistake } from "./finders.ts";
import type { Token } from "./lexer.ts";
import { recognize } from "./recognize.ts";
import { unexpected } from "./unexpected.ts";

/** Words that a query begins with. */
const QUERY_WORDS = new Set(["SELECT", "WITH", "FROM", "VALUES", "TABLE", "MAP", "REDUCE"]);

/** The tokens of each statement; empty ones (`;;`) are none. */
export function statementsOf(tokens: readonly Token[]): Token[][] {
  const found: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === "symbol" && token.text === ";") found.push([]);
    else found.at(-1)?.push(token);
  }
  return found.filter(({ length }) => length > 0);
}

/** The first token of each statement. */
export function startsOf(tokens: readonly Token[]): Extent[] {
  return statementsOf(tokens).map(([first]) => ({
    offset: first?.start ?? 0,
    length: (first?.end ?? 0) - (first?.start ?? 0),
  }));
}

/** `query`, or the first word of a statement that is none, in lower case. */
export function kindOf(statement: readonly Token[]): string {
  const first = statement.find(({ text }) => text !== "(");
  return first === undefined || QUERY_WORDS.has(first.upper) ? "query" : first.text.toLowerCase();
}

/** What Spark's grammar refuses of the queries of a text; the parser, which reads other databases, too, may read over it. */
export function grammarMistake(tokens: readonly Token[]): SyntaxMistake | undefined {
  const [first] = tokens;
  if (first?.text === ";" && tokens.some(({ text }) => text !== ";"))
    return {
      offset: first.start,
      length: 1,
      message: "a `;` is in front of the query",
      help: "delete it; Spark takes it at the end only",
    };
  const statements = statementsOf(tokens);
  for (const statement of statements) {
    const isQuery = kindOf(statement) === "query" || statement[0]?.kind === "hint";
    const refusedAt = isQuery ? recognize(statement)?.refusedAt : undefined;
    if (refusedAt === undefined) continue;
    const semicolon =
      refusedAt === statement.length ? tokens[tokens.indexOf(statement.at(-1) as Token) + 1] : undefined;
    const isCutOff = semicolon !== undefined && statement !== statements.at(-1);
    return isCutOff
      ? mistake(semicolon, semicolon, "`;` ends the query too early", "delete it")
      : unexpected(statement, refusedAt);
  }
  return undefined;
}

/** Spark reads it, and that without taking a word that begins a part of a query for a name. */
export function isPlain(tokens: readonly Token[]): boolean {
  return statementsOf(tokens).every((statement) => {
    const found = recognize(statement, { plain: true });
    return found !== undefined && found.refusedAt === undefined;
  });
}
