/** Suggestions for misspelt names. */

import { distance } from "fastest-levenshtein";
import { compareText } from "./diagnostics.ts";

/** A name further away than this share of its length is no misspelling. */
const SHARE = 0.4;

/** The known name nearest to a misspelt one, if one is near enough; case counts half. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const best = rankByDistance(name, known)[0];
  return best !== undefined && edits(name, best) <= Math.max(1, Math.floor(name.length * SHARE)) ? best : undefined;
}

/** All known names, the nearest first; equal distances in the order of the text. */
export function rankByDistance(name: string, known: Iterable<string>): string[] {
  return [...new Set(known)]
    .map((each) => [each, edits(name, each)] as const)
    .sort(([a, near], [b, far]) => near - far || compareText(a, b))
    .map(([each]) => each);
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

function edits(a: string, b: string): number {
  return (distance(a, b) + distance(a.toLowerCase(), b.toLowerCase())) / 2;
}
