/**
 * Text → tokens, by the lexical rules of Spark 4.1: what is a comment, a text, a name, a symbol, and where each of them is.
 *
 * Never fails: a quote or comment that is not closed reaches to the end of the text, and a character that no token may have is a
 * token of kind `unknown`.
 */

import type { Extent } from "./extent.ts";

/** What a token is. `quoted`: a name in backticks; `text`: in single or double quotes; `hint`: the marks around hints. */
export type TokenKind = "word" | "number" | "text" | "quoted" | "symbol" | "hint" | "unknown";

/** One token; places in UTF-16 units. */
export interface Token {
  readonly kind: TokenKind;
  /** As written. */
  readonly text: string;
  /** In upper case for a word, else as written. */
  readonly upper: string;
  readonly start: number;
  readonly end: number;
}

/** A comment, text or name that has a beginning only. */
export interface Unclosed extends Extent {
  readonly what: "comment" | "text" | "name";
}

/** What `lex` finds. */
export interface Lexed {
  /** Without comments and blanks. */
  readonly tokens: readonly Token[];
  readonly comments: readonly Extent[];
  readonly unclosed: Unclosed | undefined;
}

/** Blanks of Spark 4.1: `WS` of its lexer. */
const BLANK = /[ \t\n\f\r\v\u00a0\u1680\u2000-\u200a\u2028\u202f\u205f\u3000]+/y;
const LINE_END = /(?<!\\)\n|\r/g;
const BLOCK_MARK = /\/\*(?!\+)|\*\//g;

const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ["number", /(?:\d+\.\d*|\.\d+|\d+(?=[eE][+-]?\d))(?:[eE][+-]?\d+)?[A-Za-z]*|\d+(?![\p{L}\p{N}_])/uy],
  ["word", /[\p{L}\p{N}_]+/uy],
  ["hint", /\/\*\+|\*\//y],
  ["symbol", /<=>|<>|!=|<=|>=|==|=>|->|\|\||\|>|::|<<|:=|[()[\]{},;.:?@$~!%^&*+\-/<>|=\\#]/y],
];

/** Splits a text into tokens. */
export function lex(text: string): Lexed {
  const tokens: Token[] = [];
  const comments: Extent[] = [];
  let unclosed: Unclosed | undefined;
  for (let at = skipBlanks(text, 0); at < text.length; ) {
    const comment = commentEnd(text, at);
    const { end, isClosed } = comment ?? quotedEnd(text, at) ?? { end: undefined, isClosed: true };
    if (comment !== undefined) comments.push({ offset: at, length: comment.end - at });
    else
      tokens.push(
        end === undefined ? plainToken(text, at) : token(text[at] === "`" ? "quoted" : "text", text, at, end),
      );
    if (!isClosed)
      unclosed ??= {
        what: comment ? "comment" : text[at] === "`" ? "name" : "text",
        offset: at,
        length: comment ? 2 : 1,
      };
    at = skipBlanks(text, end ?? tokens.at(-1)?.end ?? text.length);
  }
  return { tokens, comments, unclosed };
}

function skipBlanks(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code > 32 && code < 128) return at;
  BLANK.lastIndex = at;
  return BLANK.test(text) ? BLANK.lastIndex : at;
}

function plainToken(text: string, at: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    if (pattern.test(text)) return token(kind, text, at, pattern.lastIndex);
  }
  return token("unknown", text, at, at + String.fromCodePoint(text.codePointAt(at) ?? 0).length);
}

function token(kind: TokenKind, text: string, start: number, end: number): Token {
  const own = text.slice(start, end);
  return { kind, text: own, upper: kind === "word" ? own.toUpperCase() : own, start, end };
}

interface End {
  readonly end: number;
  readonly isClosed: boolean;
}

/** Where the comment that begins here ends. A line comment goes on behind a backslash at the end of its line. */
function commentEnd(text: string, at: number): End | undefined {
  if (text.startsWith("--", at)) {
    LINE_END.lastIndex = at;
    return { end: LINE_END.exec(text)?.index ?? text.length, isClosed: true };
  }
  return text.startsWith("/*", at) && text[at + 2] !== "+" ? blockEnd(text, at) : undefined;
}

/** Comments nest in Spark SQL. */
function blockEnd(text: string, start: number): End {
  BLOCK_MARK.lastIndex = start;
  let depth = 0;
  for (let mark = BLOCK_MARK.exec(text); mark !== null; mark = BLOCK_MARK.exec(text)) {
    depth += mark[0] === "*/" ? -1 : 1;
    if (depth === 0) return { end: BLOCK_MARK.lastIndex, isClosed: true };
  }
  return { end: text.length, isClosed: false };
}

/** Where the text or the name in backticks that begins here ends. A loop: on long texts a pattern would exhaust the stack. */
function quotedEnd(text: string, start: number): End | undefined {
  const isRaw = /[rR]/.test(text[start] ?? "") && /['"]/.test(text[start + 1] ?? "");
  const first = isRaw ? start + 1 : start;
  const quote = text[first] ?? "";
  if (!/['"`]/.test(quote)) return undefined;
  for (let at = first + 1; at < text.length; at += 1) {
    if (text[at] === "\\" && !isRaw && quote !== "`") at += 1;
    else if (text[at] === quote) {
      if (isRaw || text[at + 1] !== quote) return { end: at + 1, isClosed: true };
      at += 1;
    }
  }
  return { end: text.length, isClosed: false };
}

/** What is between the quotes, without blanks around; undefined where backslashes or doubled quotes would have to be read first. */
export function insideOf(text: Token): string | undefined {
  const isRaw = /^r/i.test(text.text);
  const inside = text.text.slice(isRaw ? 2 : 1, -1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Spark takes these for blanks here
  return !isRaw && /[\\'"]/.test(inside) ? undefined : inside.replace(/^[\u0000- ]+|[\u0000- ]+$/g, "");
}
