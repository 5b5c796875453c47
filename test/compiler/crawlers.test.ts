/** What crawlers see: every table once, nothing of the job's own, and no Iceberg table. */

import { assert } from "chai";
import type { CrawlerPlan } from "../../compiler/plan/types.ts";
import { compileFiles } from "./files.ts";

/** A root whose datasets are given by the prefix of their target, and its format. */
function compiled(targets: Readonly<Record<string, "parquet" | "iceberg">>, crawlers?: readonly string[]) {
  const entry = ([prefix, format]: [string, string]) => [
    prefix,
    { sql_name: prefix, sql_file: "q.sql", tables: [], s3_target: `s3://lake/${prefix}`, strata: { format } },
  ];
  const declared = crawlers?.map((prefix) => `  "${prefix}": s3://lake/${prefix}\n`).join("");
  const { pipelines, diagnostics } = compileFiles({
    "pipelines/p/etl_stages.json": JSON.stringify({ s: Object.keys(targets) }),
    "pipelines/p/sql_queries.json": JSON.stringify(Object.fromEntries(Object.entries(targets).map(entry))),
    ...(declared !== undefined && { "pipelines/p/pipeline.yaml": `crawlers:\n${declared}` }),
    "sql/q.sql": "SELECT 1 AS one\n",
  });
  const plan = pipelines[0]?.plan;
  if (plan === undefined) throw new Error(JSON.stringify(diagnostics));
  return { crawlers: plan.crawlers, diagnostics };
}

/** Glue's patterns: `*` stays in a folder, `**` does not; the whole path below the crawler's prefix must match. */
function sees({ prefix, exclusions }: CrawlerPlan, key: string): boolean {
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
      [compiled({ "gold/a/": "parquet", "gold/b/": "parquet" }), ["gold/a/", "gold/b/"]],
      [compiled({ "table/": "parquet" }), ["table/"]],
      [compiled({ "gold/a/": "parquet" }, ["gold/a/"]), ["gold/a/"]],
      [compiled({ "gold/deep/a/": "parquet" }, ["gold/"]), ["gold/deep/a/"]],
    ] as const) {
      const [crawler] = world.crawlers;
      assert.deepEqual(crawler?.datasets, [...tables]);
      if (crawler === undefined) continue;
      for (const table of tables) {
        for (const path of DATA) assert.isTrue(sees(crawler, table + path), table + path);
        for (const path of [...OWN, "_strata/kept/3/part-0.parquet"])
          assert.isFalse(sees(crawler, table + path), table + path);
      }
    }
  });

  it("leave Iceberg tables out, whose files are beside other tables", () => {
    const world = compiled({ "gold/a/": "parquet", "gold/ice/": "iceberg", "gold/deep/ice2/": "iceberg" });
    const [crawler, ...others] = world.crawlers;
    assert.isEmpty(others);
    assert.deepEqual(crawler?.datasets, ["gold/a/"]);
    assert.equal(crawler?.tableLevel, 3);
    if (crawler === undefined) return;
    for (const path of ["ice/data/part-0.parquet", "ice/metadata/v1.metadata.json", "deep/ice2/data/x=1/p.parquet"])
      assert.isFalse(sees(crawler, `gold/${path}`), path);
    assert.isTrue(sees(crawler, "gold/a/part-0.parquet"));
  });

  it("or none: two Iceberg tables with the same name would be one entry of the catalog", () => {
    assert.throws(() => compiled({ "gold/a/t/": "iceberg", "gold/b/t/": "iceberg" }), "G003");
    assert.throws(() => compiled({ "gold/a/t/": "iceberg", "gold/b/t/": "parquet" }), "G003");
  });

  it("are not made for a folder of Iceberg tables alone", () => {
    assert.isEmpty(compiled({ "gold/ice/": "iceberg" }).crawlers);
  });

  it("that are declared over Iceberg tables alone see nothing, and C019 says why", () => {
    for (const prefix of ["gold/", "gold/ice/"]) {
      const world = compiled({ "gold/ice/": "iceberg" }, [prefix]);
      const [crawler] = world.crawlers;
      assert.isEmpty(crawler?.datasets);
      if (crawler) assert.isFalse(sees(crawler, "gold/ice/data/part-0.parquet"));
      const found = world.diagnostics.filter(({ code }) => code === "C019");
      assert.deepEqual(
        found.map(({ code, help }) => [code, help]),
        [["C019", "remove it: the job registers Iceberg tables in the catalog"]],
      );
    }
  });
});
