/** Targets by location. */

import { ancestors, prefixIndex } from "./locations.ts";
import type { Target, TargetIndex } from "./types.ts";

/** Indexes targets; a question costs the depth of a location and the targets that it finds. */
export function indexTargets(all: readonly Target[]): TargetIndex {
  const rank = new Map(all.map((each, index) => [each, index]));
  const byLocation = Map.groupBy(all, ({ target }) => target.value.location);
  const below = prefixIndex(byLocation.keys());
  const inOrder = (locations: readonly string[]) =>
    locations.flatMap((each) => byLocation.get(each) ?? []).sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
  return {
    all,
    at: ({ location }) => byLocation.get(location) ?? [],
    meeting: ({ location }) => inOrder([...ancestors(location), ...below(location)]),
    below: ({ location }) => inOrder(below(location)),
  };
}
