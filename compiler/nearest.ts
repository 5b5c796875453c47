/** Suggestions for misspelt names. */

import { distance } from "fastest-levenshtein";
import { compareText } from "./diagnostics.ts";

/** A name further away than this share of the shorter one's length is not a misspelling (graphql-js: of the written one's). */
const SHARE = 0.4;

/** The known name nearest to a misspelt one, if one is near enough; case makes no name another one. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const best = rankByDistance(name, known)[0];
  return best !== undefined && isNear(name, best) ? best : undefined;
}

/**
 * True where one name may be meant by the other. Words that both begin or end with say nothing: `routes_bronze` does
 * not misspell `airports_bronze`, though most letters are the same.
 */
function isNear(a: string, b: string): boolean {
  const [left, right] = withoutSharedWords(wordsOf(a), wordsOf(b)).map((words) => words.join("")) as [string, string];
  const [shortest, longest] = [left.length, right.length].sort((x, y) => x - y) as [number, number];
  const number = edits(left, right);
  return number === 0 || (number < longest && number <= Math.max(1, Math.floor(shortest * SHARE)));
}

/** The words of a name in lower case; what is between two belongs to the one before. */
function wordsOf(name: string): string[] {
  return name.toLowerCase().match(/[\p{L}\p{N}]+[^\p{L}\p{N}]*|[^\p{L}\p{N}]+/gu) ?? [];
}

function withoutSharedWords(a: readonly string[], b: readonly string[]): [readonly string[], readonly string[]] {
  const shortest = Math.min(a.length, b.length);
  let start = 0;
  while (start < shortest && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < shortest - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return [a.slice(start, a.length - end), b.slice(start, b.length - end)];
}

/** All known names, the nearest first; of equal ones that with the same case, then in the order of the text. */
export function rankByDistance(name: string, known: Iterable<string>): string[] {
  return [...new Set(known)]
    .map((each) => ({ each, far: edits(name.toLowerCase(), each.toLowerCase()), exact: distance(name, each) }))
    .sort((a, b) => a.far - b.far || a.exact - b.exact || compareText(a.each, b.each))
    .map(({ each }) => each);
}

/** "did you mean `x`?" or, where nothing is near, the known names themselves. */
export function suggest(name: string, known: Iterable<string>, what: string): string {
  const all = [...known];
  const near = nearest(name, all);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  if (all.length === 0) return `there is no ${what}`;
  const shown = rankByDistance(name, all)
    .slice(0, 8)
    .map((each) => `\`${each}\``);
  return `known ${what}s: ${shown.join(", ")}${all.length > shown.length ? `, and ${all.length - shown.length} more` : ""}`;
}

/** A suggestion, and what to do where it is not what was meant. */
export function suggestOr(name: string, known: Iterable<string>, what: string, otherwise: string): string {
  const hint = suggest(name, known, what);
  return hint.endsWith("?") ? `${hint} If not, ${otherwise}` : `${hint}; ${otherwise}`;
}

/** Two letters in the wrong order are one edit. */
function edits(a: string, b: string): number {
  const number = distance(a, b);
  return number === 2 && isSwap(a, b) ? 1 : number;
}

function isSwap(a: string, b: string): boolean {
  const at = a.split("").findIndex((letter, index) => letter !== b[index]);
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}
