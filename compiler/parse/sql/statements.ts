/** The statements of a text, and the trees of those that are queries. */

import { explain } from "./explain.ts";
import type { Extent } from "./extent.ts";
import type { SqlFacts, SyntaxMistake } from "./facts.ts";
import { mistake } from "./finders.ts";
import type { Token } from "./lexer.ts";
import { withNames } from "./names.ts";
import { parseTokens } from "./parser.ts";
import type { SyntaxNode } from "./tree.ts";
import { unexpected } from "./unexpected.ts";

/** Words that a query begins with. */
const QUERY_WORDS = new Set(["SELECT", "WITH", "FROM", "VALUES", "TABLE", "MAP", "REDUCE"]);

/** The tokens of each statement; empty ones (`;;`) are left out. */
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
  return statementsOf(tokens).map(startOf);
}

function startOf([first]: readonly Token[]): Extent {
  return { offset: first?.start ?? 0, length: (first?.end ?? 0) - (first?.start ?? 0) };
}

/** `query`, or the first word of another statement in lower case. */
export function kindOf(statement: readonly Token[]): string {
  const first = statement.find(({ text }) => text !== "(");
  return first === undefined || QUERY_WORDS.has(first.upper) ? "query" : first.text.toLowerCase();
}

/** Words that other statements of Spark begin with. */
const OTHER_WORDS =
  /^(add|alter|analyze|begin|cache|call|clear|comment|create|declare|delete|desc|describe|drop|execute|explain|export|grant|import|insert|list|load|lock|merge|msck|optimize|refresh|repair|replace|reset|revoke|rollback|set|show|start|truncate|uncache|unlock|update|use)$/;

/** True for a statement of Spark that is not a query. */
export function isOther(kind: string): boolean {
  return OTHER_WORDS.test(kind);
}

/** What a text's statements are: their mistake, why they are not analyzed, or the trees of its queries. */
export interface Parsed extends Pick<SqlFacts, "syntaxError" | "notAnalyzed"> {
  readonly trees: readonly SyntaxNode[];
}

/** Parses the queries of a text; other statements are only named. */
export function parseStatements(tokens: readonly Token[]): Parsed {
  const wrong = (syntaxError: SyntaxMistake): Parsed => ({ syntaxError, notAnalyzed: undefined, trees: [] });
  const [first] = tokens;
  const statements = statementsOf(tokens);
  if (first?.text === ";" && statements.length > 0)
    return wrong(mistake(first, first, "a `;` is in front of the query", "delete it; Spark takes it at the end only"));
  const trees: SyntaxNode[] = [];
  for (const statement of statements) {
    const kind = kindOf(statement);
    if (kind !== "query" && isOther(kind)) continue;
    const parsed = parseTokens(withNames(statement));
    if (parsed === undefined) return { syntaxError: undefined, notAnalyzed: startOf(statement), trees: [] };
    if ("rule" in parsed) {
      trees.push(parsed);
      continue;
    }
    const behind = parsed.at === statement.length ? tokens[tokens.indexOf(statement.at(-1) as Token) + 1] : undefined;
    return wrong(
      behind !== undefined && statement !== statements.at(-1)
        ? mistake(behind, behind, "`;` ends the query too early", "delete it")
        : kind === "query"
          ? unexpected(statement, parsed)
          : unknownStatement(statement),
    );
  }
  return { syntaxError: undefined, notAnalyzed: undefined, trees };
}

/** A statement of an unknown first word: misspelt, or no SQL at all. */
function unknownStatement(statement: readonly Token[]): SyntaxMistake {
  const found = explain({ at: 0, expected: undefined }, statement);
  if (found.help !== undefined) return found;
  const help = "begin with SELECT, WITH, FROM, VALUES or TABLE";
  return { message: "expected a query", help, ...startOf(statement) };
}
