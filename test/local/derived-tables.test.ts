/** A pipeline without any `tables`, on Sail by the real command line: its order, selection, names with a database, failures. */

import { join } from "node:path";
import { assert } from "chai";
import { folderOf, removeFolders, strata } from "../cli/strata.ts";
import { parquet } from "./runs.ts";

const dataset = (name: string, target_name?: string) => [
  name,
  { sql_name: name, sql_file: `own/${name}.sql`, s3_target: `s3://data/mart/${name}/`, target_name },
];

const ROOT = {
  "pipelines/own/etl_stages.json": '{"one": ["joined", "sums"], "two": ["broken", "lost"]}',
  "pipelines/own/sql_queries.json": JSON.stringify(
    Object.fromEntries([dataset("sums", "sums_gold"), dataset("joined"), dataset("broken"), dataset("lost")]),
  ),
  "pipelines/own/pipeline.yaml": [
    "sources:",
    '  "raw.t": { s3_path: "s3://data/raw/t/" }',
    '  "old.t": { s3_path: "s3://data/old/t/" }',
    '  gone: { s3_path: "s3://data/gone/" }',
  ].join("\n"),
  "sql/own/sums.sql": "SELECT k, sum(v) AS s FROM raw.t WHERE raw.t.v > 0 GROUP BY t.k\n",
  // Reads a dataset of its own stage, by its `target_name`.
  "sql/own/joined.sql":
    "SELECT raw.t.k, old.t.v AS before, s FROM raw.t JOIN old.t ON raw.t.k = old.t.k JOIN SUMS_GOLD AS g ON g.k = raw.t.k\n",
  "sql/own/broken.sql": "SELECT '😀' AS e, raw.t.nope FROM raw.t\n",
  "sql/own/lost.sql": "SELECT * FROM gone\n",
};

describe("a pipeline without `tables`, on Sail", function () {
  this.timeout(60_000);
  let root: string;
  let lake: string;
  const run = (...more: string[]) => strata(["run", "--root", root, "--lake", lake, ...more]);

  before(async () => {
    root = folderOf(ROOT);
    lake = join(root, "lake");
    await parquet(join(lake, "data", "raw", "t", "a.parquet"), { k: ["a", "b", "a"], v: [1, 2, 3] });
    await parquet(join(lake, "data", "old", "t", "a.parquet"), { k: ["b"], v: [9] });
  });
  after(removeFolders);

  it("runs in the order that its names give", async () => {
    const { code, stderr } = await run("--until", "one");
    assert.equal(code, 0, stderr);
    const rows = await strata(["query", "SELECT * FROM joined", "--root", root, "--lake", lake, "--format", "csv"]);
    assert.equal(rows.stdout, "k,before,s\r\nb,9,2\r\n", rows.stderr);
  });

  it("shows failures with their positions in the written SQL, and what is missing", async () => {
    const { code, stdout, stderr } = await run("--datasets", "broken,lost");
    assert.equal(code, 1);
    const output = `${stdout}${stderr}`;
    assert.include(
      output,
      " --> sql/own/broken.sql:1:18\n1 | SELECT '😀' AS e, raw.t.nope FROM raw.t\n  |                  ^\n",
    );
    assert.include(output, "source table `gone` does not exist");
    assert.include(output, "s3://data/gone/");
  });
});
