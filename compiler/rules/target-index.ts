/** Targets by location, so that 500 datasets are compared without 250,000 pairs. */

import type { Location } from "../config/location.ts";
import type { StagedTarget } from "./world.ts";

/** Finds targets that a location meets. */
export interface TargetIndex {
  /** Targets equal to the location, above it or below it, in plan order. */
  readonly meeting: (location: Location) => StagedTarget[];
}

/** Indexes targets; `meeting` costs the depth of a location and the targets that it finds. */
export function indexTargets(targets: readonly StagedTarget[]): TargetIndex {
  const rank = new Map(targets.map((each, index) => [each, index]));
  const byLocation = Map.groupBy(targets, ({ target }) => target.value.location);
  const sorted = [...byLocation.keys()].sort((a, b) => (a < b ? -1 : 1));
  return {
    meeting: ({ location }) => {
      const found = [...ancestors(location), ...startingWith(sorted, location)];
      return found
        .flatMap((each) => byLocation.get(each) ?? [])
        .sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
    },
  };
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
