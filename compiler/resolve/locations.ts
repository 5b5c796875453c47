/** Locations by what is below and above them, so that 5,000 datasets are compared without millions of pairs. */

import type { Dataset, LocationIndex } from "./types.ts";

/** All locations that datasets write or read: a source beside the targets is not a table of any dataset. */
export function indexLocations(datasets: readonly Dataset[]): LocationIndex {
  const all = datasets.flatMap(({ target, tables }) => [target, ...tables.map(({ location }) => location)]);
  const byText = new Map(all.flatMap((each) => (each ? [[each.value.location, each.value] as const] : [])));
  const below = prefixIndex(byText.keys());
  return {
    inside: ({ location }) => below(location).flatMap((text) => (text === location ? [] : (byText.get(text) ?? []))),
  };
}

/** Finds the texts that begin with a prefix, sorted; each search costs their number and a binary search. */
export function prefixIndex(texts: Iterable<string>): (prefix: string) => string[] {
  const sorted = [...new Set(texts)].sort((a, b) => (a < b ? -1 : 1));
  return (prefix) => startingWith(sorted, prefix);
}

/** The sorted texts that begin with a prefix, itself among them. */
function startingWith(sorted: readonly string[], prefix: string): string[] {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? "") < prefix) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (sorted[end]?.startsWith(prefix) === true) end += 1;
  return sorted.slice(low, end);
}

/** Every folder above a location, the outermost first. */
export function ancestors(location: string): string[] {
  const [, root = "", path = ""] = /^(s3:\/\/[^/]+\/)(.*)$/s.exec(location) ?? [];
  const folders = path.split("/").slice(0, -2);
  return folders.map((_, index) => `${root}${folders.slice(0, index + 1).join("/")}/`);
}
