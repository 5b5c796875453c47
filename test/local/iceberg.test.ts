/** Iceberg tables by the real command line: written, read by the next stage, registered, queried, also as they were. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { currentSnapshot, readIceberg, snapshotAsOf } from "../../local/catalog/iceberg.ts";
import { icebergFiles } from "../../local/catalog/iceberg-files.ts";
import { duckType } from "../../local/catalog/iceberg-scan.ts";
import { pythonOf } from "../../setup/python.mjs";
import { folderOf, program, removeFolders, strata } from "../cli/strata.ts";

const TARGET = "s3://data/mart/days/";
const dataset = (name: string, table: string, path: string, target: string, more = {}) => [
  name,
  {
    sql_name: name,
    sql_file: `own/${name}.sql`,
    tables: [{ table_name: table, s3_path: path }],
    s3_target: target,
    ...more,
  },
];

const ROOT = {
  "pipelines/own/etl_stages.json": '{"write": ["days"], "read": ["top"]}',
  "pipelines/own/sql_queries.json": JSON.stringify(
    Object.fromEntries([
      dataset("days", "t", "s3://data/raw/t/", TARGET, {
        strata: { format: "iceberg", write: "merge", merge_key: ["k"], partition_by: ["k"] },
      }),
      dataset("top", "days", TARGET, "s3://data/mart/top/"),
    ]),
  ),
  "pipelines/own/pipeline.yaml": 'params: { add: { type: int, default: "0" } }\n',
  "sql/own/days.sql": "SELECT k, CAST(v + :add AS BIGINT) AS v, array(v) AS list FROM t WHERE v >= :add\n",
  "sql/own/top.sql": "SELECT max(v) AS most, count(*) AS n FROM days\n",
};

describe("an Iceberg table, by the command line on Sail", function () {
  this.timeout(180_000);
  let root: string;
  let lake: string;
  const run = async (...args: string[]) => {
    const done = await strata(["run", "--root", root, "--lake", lake, "--format", "json", ...args]);
    assert.equal(done.code, 0, done.stderr + done.stdout);
    return JSON.parse(done.stdout) as { execution: string };
  };
  const query = async (sql: string, ...args: string[]) => {
    const answer = await strata(["query", sql, "--root", root, "--lake", lake, "--format", "json", ...args]);
    assert.equal(answer.code, 0, answer.stderr);
    return JSON.parse(answer.stdout) as unknown;
  };

  beforeEach(async () => {
    root = folderOf(ROOT);
    lake = join(root, "lake");
    const code =
      "import sys, pathlib, pyarrow as pa, pyarrow.parquet as pq; f = pathlib.Path(sys.argv[1]); f.mkdir(parents=True); pq.write_table(pa.table({'k': ['a', 'b'], 'v': pa.array([1, 5], pa.int32())}), f / 'a.parquet')";
    const { code: exit, stderr } = await program(pythonOf("sail"), ["-c", code, join(lake, "data/raw/t")]);
    assert.equal(exit, 0, stderr);
  });
  afterEach(removeFolders);

  it("holds what merges made of it, and what it was after each run", async () => {
    const first = await run();
    await run("--param", "add=2");
    const rows = "SELECT k, v, list FROM days ORDER BY k";
    const before = [
      { k: "a", v: 1, list: [1] },
      { k: "b", v: 5, list: [5] },
    ];
    assert.deepEqual(await query(rows), [before[0], { k: "b", v: 7, list: [5] }]);
    assert.deepEqual(await query("SELECT most, n FROM top"), [{ most: 7, n: 2 }]);
    assert.deepEqual(await query(rows, "--as-of", "1"), before);
    assert.deepEqual(await query(rows, "--as-of", first.execution), before);

    const metadata = await readIceberg(join(lake, "data/mart/days"));
    assert.isDefined(metadata);
    if (metadata === undefined) return;
    const [one, two] = metadata["snapshot-log"];
    assert.isDefined(one);
    assert.isDefined(two);
    const between = new Date(((one?.["timestamp-ms"] ?? 0) + (two?.["timestamp-ms"] ?? 0)) / 2).toISOString();
    assert.deepEqual(await query(rows, "--as-of", between), before);
    assert.isUndefined(snapshotAsOf(metadata, "2001-01-01T00:00"));
    const snapshot = currentSnapshot(metadata);
    assert.isDefined(snapshot);
    if (snapshot === undefined) return;
    // Exactly as text: as a number it would be rounded.
    const text = readFileSync(join(lake, "data/mart/days/metadata/v2.metadata.json"), "utf8");
    assert.include(text, `"current-snapshot-id": ${snapshot["snapshot-id"]}`);
    for (const file of await icebergFiles(snapshot)) assert.isTrue(file.startsWith(join(lake, "data/mart/days")), file);

    const never = await strata(["query", rows, "--root", root, "--lake", lake, "--as-of", "no-such-run"]);
    assert.equal(never.code, 1);
    assert.include(never.stderr, "no table of the lake");
  });
});

describe("Iceberg's types in DuckDB", () => {
  it("has a name for each, also inside of others", () => {
    const inside = { type: "struct", fields: [{ id: 1, name: 'a "b"', type: "fixed[3]" }] } as const;
    const map = { type: "map", key: "string", value: { type: "list", element: inside } } as const;
    assert.equal(duckType(map), 'MAP(VARCHAR, STRUCT("a ""b""" BLOB)[])');
    assert.equal(duckType("decimal(9, 2)"), "DECIMAL(9, 2)");
    assert.equal(duckType("timestamptz"), "TIMESTAMP WITH TIME ZONE");
  });
});
