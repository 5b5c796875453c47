/** Crawlers, declared or derived: what each makes tables of. */

import type { Location } from "../read/location.ts";
import type { Crawler, Dataset, LocationIndex, Pipeline, Target } from "./types.ts";

/**
 * The job's own places below every target; a crawl must not see them. The second is for a crawler over a target itself:
 * patterns are put to the path below the crawler's prefix, and the first one asks for a folder before `_strata`
 * (Glue developer guide, "Defining crawlers", exclude patterns).
 */
const OWN_PLACES = "**/_strata/**";
const OWN_PLACES_OF_ONE_TABLE = "_strata/**";

/**
 * The pipeline's crawlers: those of `pipeline.yaml`, else one for each parent folder of a target that no other dataset
 * reads. Folders below the prefix that are not a table of this crawler are excluded, so that each dataset is one table. So
 * are Iceberg tables: the job makes their entry in the catalog, and a crawler would make a second, wrong one.
 */
export function crawlersOf(pipeline: Pipeline, known: LocationIndex): Crawler[] {
  const starts = pipeline.extras.crawlers?.map(({ name, location }) => ({ name: name.value, location, at: name.at }));
  return (starts ?? derived(pipeline)).map((start) => complete(start, pipeline, known));
}

type Start = Pick<Crawler, "name" | "location" | "at">;

function derived({ staged, targets }: Pipeline): Start[] {
  const read = new Set<Dataset>();
  for (const dataset of staged)
    for (const { location } of dataset.tables)
      for (const each of location ? targets.meeting(location.value) : []) if (each !== dataset) read.add(each);
  const last = targets.all.filter((each) => !each.isIceberg && !read.has(each));
  const parents = new Map(last.map(({ target }) => parentOf(target.value)).map((each) => [each.location, each]));
  return [...parents.values()].map((location) => ({
    name: `${location.bucket}/${location.prefix.slice(0, -1)}`,
    location,
    at: undefined,
  }));
}

/** A target directly below the bucket is crawled by itself: a crawler over a whole bucket would see everything. */
function parentOf({ bucket, prefix, location }: Location): Location {
  const folders = prefix.slice(0, -1).split("/");
  if (folders.length === 1) return { bucket, prefix, location };
  const parent = `${folders.slice(0, -1).join("/")}/`;
  return { bucket, prefix: parent, location: `s3://${bucket}/${parent}` };
}

function complete(start: Start, { targets }: Pipeline, known: LocationIndex): Crawler {
  const all = targets.below(start.location);
  const below = all.filter(({ isIceberg }) => !isIceberg);
  const levels = below.map(({ target }) => levelOf(target.value));
  // A derived crawler's tables lie directly below it, or are itself.
  const usual = start.at === undefined || below.length === 0 ? [levelOf(start.location) + 1] : [];
  const tableLevel = Math.min(...levels, ...usual);
  const tables = below.filter(({ target }) => start.at !== undefined || levelOf(target.value) === tableLevel);
  const own = new Set(tables.map(({ target }) => target.value.location));
  const folderOf = (location: Location) => folderAt(location, tableLevel, start.location);
  const ownFolders = new Set(tables.map(({ target }) => folderOf(target.value)));
  const foreign = known
    .inside(start.location)
    .filter(({ location }) => !own.has(location))
    .map(folderOf)
    .filter((folder) => !ownFolders.has(folder));
  return {
    ...start,
    datasets: tables,
    tableLevel,
    exclusions: [OWN_PLACES, ...ownFolder(start.location, own, all), ...[...new Set(foreign)].sort()],
  };
}

/** What else a crawler over one target excludes; everything, if the target is not its table. */
function ownFolder({ location }: Location, tables: ReadonlySet<string>, targets: readonly Target[]): string[] {
  if (tables.has(location)) return [OWN_PLACES_OF_ONE_TABLE];
  return targets.some(({ target }) => target.value.location === location) ? ["**"] : [];
}

/** Folders down to a location, the bucket counted. */
export function levelOf(location: Location): number {
  return 1 + location.prefix.slice(0, -1).split("/").length;
}

/** The folder at the tables' level that contains a target, as a pattern relative to the crawler's prefix. */
function folderAt(target: Location, level: number, crawler: Location): string {
  const folders = target.prefix
    .slice(0, -1)
    .split("/")
    .slice(0, level - 1);
  return `${folders.join("/").slice(crawler.prefix.length)}/**`;
}
