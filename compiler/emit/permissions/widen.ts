/**
 * Fewer and shorter prefixes for a stage whose exact ones do not fit into IAM's policies.
 *
 * First, a common parent where everything that the repository knows below it is the stage's own; that gives away nothing
 * in use. Only then the smallest widening that fits: a parent below which others have locations, too, and it is reported.
 */

import { compareText } from "../../diagnostics.ts";
import type { StageLocations } from "./job.ts";
import { isBelow, type S3Location, uniqueLocations } from "./locations.ts";

/** A parent in place of the stage's locations below it. */
export interface Merge {
  readonly kind: "read" | "write";
  readonly parent: S3Location;
  /** Known locations of others below it. */
  readonly foreign: readonly S3Location[];
  /** Characters of prefixes that it saves, about. */
  readonly saved: number;
}

/** A location of others that may be written weighs as much as this many that may be read. */
const WRITE_WEIGHT = 100;

/** Every parent that would shorten the policies; the best first: no foreign locations, then the most saved for the fewest. */
export function merges(locations: StageLocations, known: readonly S3Location[]): Merge[] {
  const own = uniqueLocations([...locations.sources, ...locations.targets]);
  const found = [
    // What may be written may be read, so for reading the targets count as own, for writing the sources do not.
    ...parentsOf(locations.sources).map((parent) => mergeOf("read", parent, locations.sources, own, known)),
    ...parentsOf(locations.targets).map((parent) =>
      mergeOf("write", parent, locations.targets, locations.targets, known),
    ),
  ].filter(({ saved }) => saved > 0);
  const cost = (merge: Merge) => (merge.foreign.length * (merge.kind === "write" ? WRITE_WEIGHT : 1)) / merge.saved;
  return found.sort((a, b) => cost(a) - cost(b) || b.saved - a.saved || compare(a.parent, b.parent));
}

/** The locations with a parent in place of those below it. */
export function applyMerge(locations: StageLocations, { kind, parent }: Merge): StageLocations {
  const others = (some: readonly S3Location[]) => some.filter((location) => !isBelow(location, parent));
  const merged = (some: readonly S3Location[]) => uniqueLocations([...others(some), parent]);
  return kind === "read"
    ? { ...locations, sources: merged(locations.sources) }
    : { targets: merged(locations.targets), sources: others(locations.sources) };
}

function mergeOf(
  kind: Merge["kind"],
  parent: S3Location,
  mine: readonly S3Location[],
  own: readonly S3Location[],
  known: readonly S3Location[],
): Merge {
  const children = mine.filter((location) => isBelow(location, parent));
  const foreign = known.filter((location) => isBelow(location, parent) && !own.some((each) => isBelow(location, each)));
  const saved = children.reduce((sum, { prefix }) => sum + prefix.length + 8, 0) - parent.prefix.length - 8;
  return { kind, parent, foreign: uniqueLocations(foreign), saved: children.length < 2 ? 0 : saved };
}

/** Every folder above at least one location; never the whole bucket, which unknown others may use. */
function parentsOf(locations: readonly S3Location[]): S3Location[] {
  return uniqueLocations(
    locations.flatMap(({ bucket, prefix }) => {
      const folders = prefix.split("/").slice(0, -2);
      return folders.map((_, index) => ({ bucket, prefix: `${folders.slice(0, index + 1).join("/")}/` }));
    }),
  );
}

function compare(a: S3Location, b: S3Location): number {
  return compareText(`${a.bucket}/${a.prefix}`, `${b.bucket}/${b.prefix}`);
}
