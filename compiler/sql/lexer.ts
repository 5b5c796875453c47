/**
 * Spark's own tokens (`SqlBaseLexer.g4`), for questions whose answer must not depend on what another parser makes of a
 * text: raw strings, nested comments, comments that a backslash continues, hints.
 */

import type { Extent } from "./facts.ts";

/** One token; comments and blanks are none. */
export interface Token extends Extent {
  /** `word`: letters, digits and `_`. `quoted`: in backticks. `text`: a string. `sign`: one other character. */
  readonly kind: "word" | "quoted" | "text" | "sign";
  /** A name without its backticks; anything else as written. */
  readonly text: string;
}

const PATTERNS: readonly (readonly [Token["kind"] | "gap", RegExp])[] = [
  ["gap", /\s+/uy],
  ["gap", /--(?:\\\n|[^\r\n])*/uy],
  ["text", /[rR](?:'[^']*'|"[^"]*")/suy],
  ["text", /'(?:[^'\\]+|\\.|'')*(?:'|$)/suy],
  ["text", /"(?:[^"\\]+|\\.|"")*(?:"|$)/suy],
  ["quoted", /`(?:[^`]+|``)*(?:`|$)/suy],
  ["word", /[\p{L}\p{N}_]+/suy],
  ["sign", /./suy],
];

/** All tokens of a text, in order. Never fails: what is not closed ends with the text. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let offset = 0; offset < text.length; ) {
    const comment = commentLength(text, offset);
    const [kind, length] = comment > 0 ? (["gap", comment] as const) : next(text, offset);
    const written = text.slice(offset, offset + length);
    if (kind === "quoted") tokens.push({ kind, text: written.slice(1, -1).replaceAll("``", "`"), offset, length });
    else if (kind !== "gap") tokens.push({ kind, text: written, offset, length });
    offset += length;
  }
  return tokens;
}

function next(text: string, offset: number): readonly [Token["kind"] | "gap", number] {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = offset;
    const length = pattern.exec(text)?.[0].length ?? 0;
    if (length > 0) return [kind, length];
  }
  throw new Error("the last pattern takes any character");
}

/** Length of a comment in brackets, which may hold others; 0 where none begins. A hint (`/*+`) is none. */
function commentLength(text: string, start: number): number {
  if (!text.startsWith("/*", start) || text[start + 2] === "+") return 0;
  let depth = 0;
  for (let at = start; at < text.length; at += 2) {
    if (text.startsWith("/*", at) && text[at + 2] !== "+") depth += 1;
    else if (text.startsWith("*/", at)) depth -= 1;
    else at -= 1;
    if (depth === 0) return at + 2 - start;
  }
  return text.length - start;
}
