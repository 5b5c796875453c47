/**
 * Fewer and shorter prefixes for a stage whose exact ones do not fit into IAM's policies.
 *
 * First, a common parent where everything that the repository knows below it is the stage's own; that gives away nothing
 * anybody uses. Only then the smallest widening that fits: a parent below which others have places, too, and it is named.
 */

import type { StagePlaces } from "./job.ts";
import { type Spot, uniqueSpots } from "./places.ts";

/** A parent that stands for the stage's places below it. */
export interface Merge {
  readonly kind: "read" | "write";
  readonly parent: Spot;
  /** Known places of others below it. */
  readonly foreign: readonly Spot[];
  /** Characters of prefixes that it saves, about. */
  readonly saved: number;
}

/** A place of others that may be written weighs as much as this many that may be read. */
const WRITE_WEIGHT = 100;

/** Every parent that would shorten the places; the best first: no foreign places, then the most saved for the fewest. */
export function merges(places: StagePlaces, known: readonly Spot[]): Merge[] {
  const own = uniqueSpots([...places.sources, ...places.targets]);
  const found = [
    // What may be written may be read, so for reading the targets count as own, for writing the sources do not.
    ...parentsOf(places.sources).map((parent) => mergeOf("read", parent, places.sources, own, known)),
    ...parentsOf(places.targets).map((parent) => mergeOf("write", parent, places.targets, places.targets, known)),
  ].filter(({ saved }) => saved > 0);
  const cost = (merge: Merge) => (merge.foreign.length * (merge.kind === "write" ? WRITE_WEIGHT : 1)) / merge.saved;
  return found.sort((a, b) => cost(a) - cost(b) || b.saved - a.saved || compare(a.parent, b.parent));
}

/** The places with a parent in place of those below it. */
export function applyMerge(places: StagePlaces, { kind, parent }: Merge): StagePlaces {
  const merged = (spots: readonly Spot[]) => uniqueSpots([...spots.filter((spot) => !isBelow(spot, parent)), parent]);
  return kind === "read"
    ? { ...places, sources: merged(places.sources) }
    : { targets: merged(places.targets), sources: places.sources.filter((spot) => !isBelow(spot, parent)) };
}

function mergeOf(
  kind: Merge["kind"],
  parent: Spot,
  mine: readonly Spot[],
  own: readonly Spot[],
  known: readonly Spot[],
): Merge {
  const children = mine.filter((spot) => isBelow(spot, parent));
  const foreign = known.filter((spot) => isBelow(spot, parent) && !own.some((each) => isBelow(spot, each)));
  const saved = children.reduce((sum, { prefix }) => sum + prefix.length + 8, 0) - parent.prefix.length - 8;
  return { kind, parent, foreign: uniqueSpots(foreign), saved: children.length < 2 ? 0 : saved };
}

/** Every folder above at least one place; never the whole bucket, in which others live whom we do not know. */
function parentsOf(spots: readonly Spot[]): Spot[] {
  return uniqueSpots(
    spots.flatMap(({ bucket, prefix }) => {
      const folders = prefix.split("/").slice(0, -2);
      return folders.map((_, index) => ({ bucket, prefix: `${folders.slice(0, index + 1).join("/")}/` }));
    }),
  );
}

function isBelow(spot: Spot, parent: Spot): boolean {
  return spot.bucket === parent.bucket && spot.prefix.startsWith(parent.prefix);
}

function compare(a: Spot, b: Spot): number {
  const [left, right] = [`${a.bucket}/${a.prefix}`, `${b.bucket}/${b.prefix}`];
  return left < right ? -1 : left > right ? 1 : 0;
}
