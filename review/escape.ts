/**
 * Escapes users' text for Markdown: it cannot end its code span or fence, mention people, become HTML, or imitate other
 * content. GitHub interprets none of these inside code, so it is enough to keep the text inside.
 */

/** Longest name or message in a line; the rest is not needed to identify it. */
const INLINE_LIMIT = 300;
const BLOCK_LIMIT = 2_000;

/** A code span of one line. */
export function inline(text: string, limit = INLINE_LIMIT): string {
  const inner = cut(visible(text).replace(/\s+/g, " ").trim(), limit);
  if (inner === "") return "`(empty)`";
  const fence = "`".repeat(longestRun(inner, "`") + 1);
  return /^`|`$/.test(inner) ? `${fence} ${inner} ${fence}` : `${fence}${inner}${fence}`;
}

/** A fenced block; its fence is longer than any in the text, so no line can close it. */
export function block(text: string, limit = BLOCK_LIMIT): string {
  const inner = cut(
    text
      .split(/\r\n|\r|\n/)
      .map((line) => visible(line).trimEnd())
      .join("\n")
      .trim(),
    limit,
  );
  const fence = "`".repeat(Math.max(3, longestRun(inner, "`") + 1));
  return `${fence}text\n${inner}\n${fence}`;
}

/** Shows control characters and those that change the direction of text by their number. */
function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u200b-\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu, (character) =>
      /[\t\n\r]/.test(character) ? " " : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}

/** Cuts between characters, never inside one. */
function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit).replace(/[\ud800-\udbff]$/, "")}…`;
}

function longestRun(text: string, character: string): number {
  return Math.max(0, ...[...text.matchAll(new RegExp(`${character}+`, "g"))].map(([run]) => run.length));
}
