import type { Place } from "../diagnostics.ts";
import type { Located } from "../parse/tree.ts";
import type { DatasetSyntax } from "../read/dataset.ts";
import { type Location, liesInside } from "../read/location.ts";
import { isIceberg } from "../resolve/iceberg.ts";
import { ancestors, indexTargets, prefixIndex, type TargetIndex } from "../resolve/target-index.ts";
import { type PipelineWorld, type Rule, stagedTargets, type World } from "../resolve/world.ts";

/** A crawler, declared or derived. */
export interface CrawlerDraft {
  readonly name: string;
  readonly location: Location;
  /** Where it is declared; undefined for a derived one. */
  readonly at: Place | undefined;
  /** Staged datasets whose targets are its tables, in plan order. */
  readonly datasets: readonly DatasetSyntax[];
  /** Folders from the bucket to a table, the bucket counted as the first (Glue's TableLevelConfiguration). */
  readonly tableLevel: number;
  readonly exclusions: readonly string[];
}

/**
 * The job's own places below every target; a crawl must not see them. The second is for a crawler over a target itself:
 * patterns are put to the path below the crawler's prefix, and the first one asks for a folder before `_strata`
 * (Glue developer guide, "Defining crawlers", exclude patterns).
 */
const OWN_PLACES = "**/_strata/**";
const OWN_PLACES_OF_ONE_TABLE = "_strata/**";

/** Several rules and the plan ask for the same crawlers; a pipeline's world belongs to one compilation. */
const computed = new WeakMap<PipelineWorld, CrawlerDraft[]>();

/**
 * The pipeline's crawlers: those of `pipeline.yaml`, else one for each parent folder of a target that no other dataset
 * reads. Folders below the prefix that are no table of this crawler are excluded, so that each dataset is one table; so are
 * Iceberg tables, which have their entry in the catalog from the job: a crawler would make a second, wrong one.
 */
export function crawlersOf(pipeline: PipelineWorld, world: World): readonly CrawlerDraft[] {
  const known = computed.get(pipeline) ?? findCrawlers(pipeline, world);
  computed.set(pipeline, known);
  return known;
}

function findCrawlers(pipeline: PipelineWorld, world: World): CrawlerDraft[] {
  const drafts =
    pipeline.extras.crawlers?.map(({ name, location }) => ({ name: name.value, location, at: name.at })) ??
    derived(pipeline);
  const targets = indexTargets(stagedTargets([pipeline]));
  const known = locationsOf(world);
  return drafts.map((draft) => complete(draft, targets, known));
}

type Start = Pick<CrawlerDraft, "name" | "location" | "at">;

function derived(pipeline: PipelineWorld): Start[] {
  const targets = stagedTargets([pipeline]).filter(({ dataset }) => !isIceberg(dataset));
  const index = indexTargets(targets);
  const read = new Set<DatasetSyntax>();
  for (const { dataset } of pipeline.staged)
    for (const { location } of dataset.tables)
      for (const each of location ? index.meeting(location.value) : [])
        if (each.dataset !== dataset) read.add(each.dataset);
  const parents = targets.filter(({ dataset }) => !read.has(dataset)).flatMap(({ target }) => parentOf(target.value));
  const unique = new Map(parents.map((parent) => [parent.location, parent]));
  return [...unique.values()].map((location) => ({
    name: `${location.bucket}/${location.prefix.slice(0, -1)}`,
    location,
    at: undefined,
  }));
}

/** A target directly below the bucket is crawled by itself: a crawler over a whole bucket would see everything. */
function parentOf({ bucket, prefix, location }: Location): Location[] {
  const folders = prefix.slice(0, -1).split("/");
  if (folders.length === 1) return [{ bucket, prefix, location }];
  const parent = `${folders.slice(0, -1).join("/")}/`;
  return [{ bucket, prefix: parent, location: `s3://${bucket}/${parent}` }];
}

function complete(start: Start, targets: TargetIndex, known: Locations): CrawlerDraft {
  const all = targets.below(start.location);
  const below = all.filter(({ dataset }) => !isIceberg(dataset));
  const levels = below.map(({ target }) => levelOf(target.value));
  const tableLevel = Math.min(
    ...levels,
    start.at === undefined ? levelOf(start.location) + 1 : Number.POSITIVE_INFINITY,
  );
  const level = Number.isFinite(tableLevel) ? tableLevel : levelOf(start.location) + 1;
  const tables = below.filter(({ target }) => start.at !== undefined || levelOf(target.value) === level);
  const own = new Set(tables.map(({ target }) => target.value.location));
  const folderOf = (location: Location) => folderAt(location, level, start.location);
  const ownFolders = new Set(tables.map(({ target }) => folderOf(target.value)));
  const foreign = known
    .below(start.location)
    .filter(({ location }) => !own.has(location))
    .map(folderOf)
    .filter((folder) => !ownFolders.has(folder));
  return {
    ...start,
    datasets: tables.map(({ dataset }) => dataset),
    tableLevel: level,
    exclusions: [OWN_PLACES, ...ownFolder(start.location, own, all), ...[...new Set(foreign)].sort()],
  };
}

/** Locations by what they are below. */
interface Locations {
  /** Those inside a location, without itself. */
  readonly below: (location: Location) => Location[];
}

const places = new WeakMap<World, Locations>();

/** All locations that datasets of the root write or read: a source that lies beside the targets is nobody's table. */
function locationsOf(world: World): Locations {
  const made = places.get(world) ?? indexLocations(world);
  places.set(world, made);
  return made;
}

function indexLocations(world: World): Locations {
  const staged = world.pipelines.flatMap((pipeline) => pipeline.staged);
  const all = staged.flatMap(({ dataset }) => [dataset.target, ...dataset.tables.map(({ location }) => location)]);
  const byText = new Map(all.flatMap((each) => (each ? [[each.value.location, each.value] as const] : [])));
  const below = prefixIndex(byText.keys());
  return {
    below: ({ location }) => below(location).flatMap((text) => (text === location ? [] : (byText.get(text) ?? []))),
  };
}

/** What a crawler over one target leaves out besides; nothing of what is no table of its own. */
function ownFolder(
  { location }: Location,
  tables: ReadonlySet<string>,
  targets: readonly { target: Located<Location> }[],
): string[] {
  if (tables.has(location)) return [OWN_PLACES_OF_ONE_TABLE];
  return targets.some(({ target }) => target.value.location === location) ? ["**"] : [];
}

function isBelow(target: Location, crawler: Location): boolean {
  return target.location === crawler.location || liesInside(target, crawler);
}

/** The bucket is level 1. */
function levelOf(location: Location): number {
  return 1 + location.prefix.slice(0, -1).split("/").length;
}

/** The folder at the tables' level that a target lies in, as a pattern relative to the crawler's prefix. */
function folderAt(target: Location, level: number, crawler: Location): string {
  const folders = target.prefix
    .slice(0, -1)
    .split("/")
    .slice(0, level - 1);
  return `${folders.join("/").slice(crawler.prefix.length)}/**`;
}

/** C017: Glue makes tables of the folders at one level; targets at another would become partitions or nothing. */
export const crawlerLevels: Rule = {
  code: "C017",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      for (const crawler of crawlersOf(pipeline, world)) {
        const odd = crawler.datasets.find(({ target }) => target && levelOf(target.value) !== crawler.tableLevel);
        if (crawler.at === undefined || odd?.target === undefined) continue;
        report({
          code: "C017",
          pipeline: pipeline.name,
          at: crawler.at,
          message: `the targets below crawler \`${crawler.name}\` lie at different depths`,
          help: "declare a crawler for each folder that holds tables",
          notes: [{ place: odd.target.at, message: `the target of \`${odd.name.value}\` lies deeper than the others` }],
        });
      }
    }
  },
};

/** C018: two crawlers over one folder make each table twice, and undo each other's changes. */
export const crawlerInsideCrawler: Rule = {
  code: "C018",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      const crawlers = crawlersOf(pipeline, world);
      const byLocation = Map.groupBy(crawlers, ({ location }) => location.location);
      for (const inner of crawlers) {
        if (inner.at === undefined) continue;
        const { location } = inner.location;
        const above = [...ancestors(location), location].flatMap((each) => byLocation.get(each) ?? []);
        const [outer = inner] = above;
        if (outer === inner) continue;
        report({
          code: "C018",
          pipeline: pipeline.name,
          at: inner.at,
          message: `crawler \`${inner.name}\` lies inside crawler \`${outer.name}\``,
          help: "remove one of them, or give each a folder of its own",
          notes: outer.at ? [{ place: outer.at, message: "the outer crawler" }] : [],
        });
      }
    }
  },
};

/** C019: a crawl for nothing costs ten minutes of a DPU, each run. */
export const crawlerOverNothing: Rule = {
  code: "C019",
  check(world, report) {
    for (const pipeline of world.pipelines.filter((each) => each.complete)) {
      for (const crawler of crawlersOf(pipeline, world)) {
        if (crawler.at === undefined || crawler.datasets.length > 0) continue;
        report({
          code: "C019",
          pipeline: pipeline.name,
          at: crawler.at,
          message: `no target lies below crawler \`${crawler.name}\``,
          help: stagedTargets([pipeline]).some(({ target }) => isBelow(target.value, crawler.location))
            ? "remove it: the job itself enters Iceberg tables into the catalog"
            : "correct its location, or remove it",
        });
      }
    }
  },
};
