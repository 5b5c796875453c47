/** What crawlers see: every table once, nothing of the job's own, and no Iceberg table. */

import { assert } from "chai";
import type { DatasetSyntax } from "../../compiler/config/dataset.ts";
import { NO_EXTRAS } from "../../compiler/config/extras.ts";
import type { Location } from "../../compiler/config/location.ts";
import { readStrata } from "../../compiler/config/strata.ts";
import { crawlerOverNothing, crawlersOf } from "../../compiler/rules/crawlers.ts";
import type { PipelineWorld, RuleFinding, World } from "../../compiler/rules/world.ts";
import { treeOf } from "../../settings/reader.ts";

const AT = { file: "pipelines/p/sql_queries.json", line: 1, column: 1, length: 1 };
const at = <T>(value: T) => ({ value, at: AT });
const locationOf = (prefix: string): Location => ({ bucket: "lake", prefix, location: `s3://lake/${prefix}` });

/** Datasets by the prefix of their target, and its format. */
function worldOf(targets: Readonly<Record<string, "parquet" | "iceberg">>, crawlers?: readonly string[]): World {
  const node = treeOf({}, AT);
  if (node.kind !== "object") throw new Error("an object is one");
  const datasets = Object.entries(targets).map(
    ([prefix, format]): DatasetSyntax => ({
      name: at(prefix),
      node,
      sqlFile: undefined,
      tables: [],
      target: at(locationOf(prefix)),
      targetName: undefined,
      publish: { ...readStrata(undefined, "a dataset", AT, () => {}).publish, format: at(format) },
      allow: new Map(),
    }),
  );
  const pipeline: PipelineWorld = {
    name: "p",
    complete: true,
    stages: [],
    datasets: new Map(datasets.map((dataset) => [dataset.name.value, dataset])),
    declared: new Set(Object.keys(targets)),
    extras: {
      ...NO_EXTRAS,
      crawlers: crawlers?.map((prefix) => ({ name: at(prefix), location: locationOf(prefix), at: AT })),
    },
    staged: datasets.map((dataset) => ({ dataset, stage: 0 })),
    sqlOf: () => undefined,
    expectationsOf: () => [],
  };
  return { pipelines: [pipeline], sql: new Map(), expressions: new Map() };
}

function crawlersIn(world: World) {
  const [pipeline] = world.pipelines;
  if (pipeline === undefined) throw new Error("a pipeline");
  return crawlersOf(pipeline, world).map(({ location, datasets, tableLevel, exclusions }) => ({
    prefix: location.prefix,
    tables: datasets.map(({ name }) => name.value),
    tableLevel,
    exclusions,
  }));
}

/** Glue's patterns: `*` stays in a folder, `**` does not; the whole path below the crawler's prefix must match. */
function sees({ prefix, exclusions }: { prefix: string; exclusions: readonly string[] }, key: string): boolean {
  const pattern = (glob: string) => {
    const escaped = glob.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    return new RegExp(`^${escaped.replace(/\*\*|\*/g, (stars) => (stars === "**" ? ".*" : "[^/]*"))}$`, "s");
  };
  return key.startsWith(prefix) && !exclusions.some((glob) => pattern(glob).test(key.slice(prefix.length)));
}

const OWN = ["_strata/commit.json", "_strata/attempts/a/part-0.parquet", "_strata/attempts/a/day=1/part-0.parquet"];
const DATA = ["part-0.parquet", "day=1/part-0.parquet", "year=2017/month=8/part-0.parquet"];

describe("crawlers", () => {
  it("see a table's files and those of its partitions, and nothing below `_strata`", () => {
    for (const [world, tables] of [
      [worldOf({ "gold/a/": "parquet", "gold/b/": "parquet" }), ["gold/a/", "gold/b/"]],
      [worldOf({ "table/": "parquet" }), ["table/"]],
      [worldOf({ "gold/a/": "parquet" }, ["gold/a/"]), ["gold/a/"]],
      [worldOf({ "gold/deep/a/": "parquet" }, ["gold/"]), ["gold/deep/a/"]],
    ] as const) {
      const [crawler] = crawlersIn(world);
      assert.deepEqual(crawler?.tables, [...tables]);
      if (crawler === undefined) continue;
      for (const table of tables) {
        for (const path of DATA) assert.isTrue(sees(crawler, table + path), table + path);
        for (const path of [...OWN, "_strata/kept/3/part-0.parquet"])
          assert.isFalse(sees(crawler, table + path), table + path);
      }
    }
  });

  it("leave Iceberg tables out, whose files lie beside other tables", () => {
    const world = worldOf({ "gold/a/": "parquet", "gold/ice/": "iceberg", "gold/deep/ice/": "iceberg" });
    const [crawler, ...others] = crawlersIn(world);
    assert.isEmpty(others);
    assert.deepEqual(crawler?.tables, ["gold/a/"]);
    assert.equal(crawler?.tableLevel, 3);
    if (crawler === undefined) return;
    for (const path of ["ice/data/part-0.parquet", "ice/metadata/v1.metadata.json", "deep/ice/data/x=1/p.parquet"])
      assert.isFalse(sees(crawler, `gold/${path}`), path);
    assert.isTrue(sees(crawler, "gold/a/part-0.parquet"));
  });

  it("are not made for a folder of Iceberg tables alone", () => {
    assert.isEmpty(crawlersIn(worldOf({ "gold/ice/": "iceberg" })));
  });

  it("that are declared over Iceberg tables alone see nothing, and C019 says why", () => {
    for (const prefix of ["gold/", "gold/ice/"]) {
      const world = worldOf({ "gold/ice/": "iceberg" }, [prefix]);
      const [crawler] = crawlersIn(world);
      assert.isEmpty(crawler?.tables);
      if (crawler) assert.isFalse(sees(crawler, "gold/ice/data/part-0.parquet"));
      const found: RuleFinding[] = [];
      crawlerOverNothing.check(world, (each) => found.push(each));
      assert.deepEqual(
        found.map(({ code, help }) => [code, help]),
        [["C019", "remove it: the job itself enters Iceberg tables into the catalog"]],
      );
    }
  });
});
