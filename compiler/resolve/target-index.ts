/** Targets by location, so that 500 datasets are compared without 250,000 pairs. */

import type { Location } from "../read/location.ts";
import type { StagedTarget } from "./world.ts";

/** Finds targets that a location meets. */
export interface TargetIndex {
  /** Targets equal to the location, above it or below it, in plan order. */
  readonly meeting: (location: Location) => StagedTarget[];
  /** Targets equal to the location or below it, in plan order. */
  readonly below: (location: Location) => StagedTarget[];
}

/** Indexes targets; a question costs the depth of a location and the targets that it finds. */
export function indexTargets(targets: readonly StagedTarget[]): TargetIndex {
  const rank = new Map(targets.map((each, index) => [each, index]));
  const byLocation = Map.groupBy(targets, ({ target }) => target.value.location);
  const below = prefixIndex(byLocation.keys());
  const inOrder = (locations: readonly string[]) =>
    locations.flatMap((each) => byLocation.get(each) ?? []).sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
  return {
    meeting: ({ location }) => inOrder([...ancestors(location), ...below(location)]),
    below: ({ location }) => inOrder(below(location)),
  };
}

/** Answers which of some texts begin with a prefix, sorted; a question costs their number and a search. */
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
