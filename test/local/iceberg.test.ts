/** Iceberg tables by the real command line: written, read by the next stage, registered, queried, also as they were. */

import { createWriteStream, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import avro from "avsc";
import { assert } from "chai";
import { withDuckDb } from "../../local/catalog/duckdb.ts";
import { currentSnapshot, readIceberg, type Snapshot, snapshotAsOf } from "../../local/catalog/iceberg.ts";
import { icebergFiles, placesOf } from "../../local/catalog/iceberg-files.ts";
import { registerIceberg } from "../../local/catalog/iceberg-register.ts";
import { duckType, icebergScan } from "../../local/catalog/iceberg-scan.ts";
import { pythonOf } from "../../setup/python.mjs";
import { folderOf, program, removeFolders, strata } from "../cli/strata.ts";
import { planIn } from "./runs.ts";

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

  /** Source rows with these keys; `v` is 1, 5, 9, … */
  const source = async (...keys: string[]) => {
    const code =
      "import sys, pathlib, pyarrow as pa, pyarrow.parquet as pq; f = pathlib.Path(sys.argv[1]); f.mkdir(parents=True, exist_ok=True); k = sys.argv[2:]; pq.write_table(pa.table({'k': k, 'v': pa.array(range(1, 4 * len(k), 4), pa.int32())}), f / 'a.parquet')";
    const { code: exit, stderr } = await program(pythonOf("sail"), ["-c", code, join(lake, "data/raw/t"), ...keys]);
    assert.equal(exit, 0, stderr);
  };

  beforeEach(async () => {
    root = folderOf(ROOT);
    lake = join(root, "lake");
    await source("a", "b");
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
    for (const file of await icebergFiles(snapshot, [lake]))
      assert.isTrue(file.startsWith(join(lake, "data/mart/days")), file);

    const recover = (...args: string[]) =>
      strata(["recover", "--root", root, "--lake", lake, "--datasets", "days", "--format", "json", ...args]);
    const told = JSON.parse((await recover("--generations")).stdout) as {
      datasets: { generations: { generation: number; rows: number; execution: string }[] }[];
    };
    assert.deepEqual(
      told.datasets[0]?.generations.map(({ generation }) => generation),
      [2, 1],
    );
    assert.deepInclude(told.datasets[0]?.generations[1], { rows: 2, execution: first.execution });
    const recoverInWords = (...args: string[]) =>
      strata(["recover", "--root", root, "--lake", lake, "--datasets", "days", ...args]);
    assert.match((await recoverInWords()).stdout, /^days +whole, nothing to do: generation 2 is current, 2 files\n$/);
    const back = await recoverInWords("--to", "1");
    assert.equal(back.code, 0, back.stderr);
    const words =
      /^days +the earlier snapshot is current again, under its own number: generation 1 is current, 2 files\n$/;
    assert.match(back.stdout, words);
    assert.deepEqual(await query(rows), before);

    const never = await strata(["query", rows, "--root", root, "--lake", lake, "--as-of", "no-such-run"]);
    assert.equal(never.code, 1);
    assert.include(never.stderr, "no table of the lake");

    const refused = async (sql: string, asOf: string) =>
      (await strata(["query", sql, "--root", root, "--lake", lake, "--as-of", asOf])).stderr;
    assert.match(await refused("FROM top", "1"), /^strata: table `top`: it is Parquet: --as-of reads Iceberg tables$/m);
    // Another table that had a snapshot then.
    const other = JSON.parse(ROOT["pipelines/own/sql_queries.json"]);
    other.days2 = { ...other.days, sql_name: "days2", s3_target: "s3://data/mart/days2/" };
    writeFileSync(join(root, "pipelines/own/sql_queries.json"), JSON.stringify(other));
    writeFileSync(join(root, "pipelines/own/etl_stages.json"), '{"write": ["days", "days2"], "read": ["top"]}');
    await run();
    assert.match(await refused("FROM days2", "3"), /^strata: table `days2`: it has no snapshot of generation 3$/m);
    assert.match(
      await refused("FROM days2", first.execution),
      /^strata: table `days2`: it has no snapshot as of `own-/m,
    );
  });

  it("that cannot be read is told by name to whoever asks for it, and to nobody else", async () => {
    await run();
    const inside = join(lake, "data/mart/days/metadata");
    const fine = readFileSync(join(inside, "v1.metadata.json"), "utf8");
    const rows = "SELECT k, v FROM days ORDER BY k";
    const before = await query(rows);
    for (const [text, reason] of [
      ["{", "it is no JSON"],
      ["null", "it is no metadata"],
      ["{}", "it is no metadata"],
      [fine.replace(/("manifest-list": "[^"]*)"/, '$1-gone"'), "no such file or directory"],
      [fine.replace(/("manifest-list": )"[^"]*"/, '$1"/etc/passwd"'), 'names "/etc/passwd", which is not in the lake'],
    ] as const) {
      writeFileSync(join(inside, "v2.metadata.json"), text);
      assert.deepEqual(await query("SELECT most FROM top"), [{ most: 5 }], text);
      const { code, stderr } = await strata(["query", rows, "--root", root, "--lake", lake]);
      assert.equal(code, 1, stderr);
      assert.match(stderr, new RegExp(`^strata: table \`days\`: .*${reason}`, "m"), text);
      assert.match(stderr, /help: (restore it from a backup of the lake|a lake with Iceberg tables cannot be moved)/);
    }
    writeFileSync(join(inside, "v2.metadata.json"), "{");
    const failed = await strata(["run", "--root", root, "--lake", lake, "--format", "json"]);
    assert.equal(failed.code, 1);
    assert.match(failed.stdout, /"RECORD_BROKEN"/);
    assert.match(failed.stdout, /v2\.metadata\.json cannot be read \(it is not JSON\)/);
    const register = async (...datasets: string[]) =>
      registerIceberg(await planIn(root), lake, "own", new Set(datasets));
    const problem = await register("days", "top").catch((error: Error) => error);
    assert.match(String(problem), /^UserError: table `days` cannot be registered: .*v2\.metadata\.json cannot be read/);
    await register("top"); // a run of others does not fail by it
    // The remedy.
    for (const name of ["v2.metadata.json", "version-hint.text"]) rmSync(join(inside, name));
    assert.deepEqual(await query(rows), before);
    await run();
  });

  it("whose files are gone for good is told by name, too", async () => {
    await run();
    const metadata = await readIceberg(join(lake, "data/mart/days"));
    const snapshot = metadata && currentSnapshot(metadata);
    for (const file of snapshot ? await icebergFiles(snapshot, [lake]) : []) rmSync(file);
    assert.deepEqual(await query("SELECT most FROM top"), [{ most: 5 }]);
    const { code, stderr } = await strata(["query", "FROM days", "--root", root, "--lake", lake]);
    assert.equal(code, 1);
    assert.match(stderr, /^strata: table `days` cannot be read: No files found /m);
  });

  it("is read whatever texts its partitions are", async () => {
    await source("50%", "Köln", "a/b", "x%2Fy");
    await run();
    assert.deepEqual(await query("SELECT k, v FROM days ORDER BY v"), [
      { k: "50%", v: 1 },
      { k: "Köln", v: 5 },
      { k: "a/b", v: 9 },
      { k: "x%2Fy", v: 13 },
    ]);
  });
});

/** An Avro file with the fields of manifests that readers here need. */
async function avroFile(path: string, fields: avro.schema.RecordType["fields"], records: readonly object[]) {
  const encoder = new avro.streams.BlockEncoder({ type: "record", name: "r", fields } as avro.Schema);
  const written = pipeline(encoder, createWriteStream(path));
  for (const record of records) encoder.write(record);
  encoder.end();
  await written;
}

describe("an Iceberg snapshot's files", () => {
  let folder: string;
  const snapshot = (list: string): Snapshot => ({
    "snapshot-id": "9007199254740993",
    "schema-id": 1,
    "timestamp-ms": 0,
    "manifest-list": list,
    summary: {},
  });
  const LIST: avro.schema.RecordType["fields"] = [
    { name: "manifest_path", type: "string" },
    { name: "content", type: "int" },
    { name: "added_snapshot_id", type: "long" },
  ];
  const FILE = { name: "data_file", type: "record", fields: [{ name: "file_path", type: "string" }] } as const;
  const MANIFEST: avro.schema.RecordType["fields"] = [
    { name: "status", type: "int" },
    { name: "data_file", type: FILE as unknown as avro.Schema },
  ];
  const manifest = (entries: readonly object[]) => avroFile(join(folder, "m.avro"), MANIFEST, entries);
  const manifests = (content: number) => [{ manifest_path: `file://${folder}/m.avro`, content, added_snapshot_id: 5 }];

  beforeEach(() => {
    folder = folderOf({ "unused.txt": "" });
  });
  afterEach(removeFolders);

  it("are those that no later snapshot removed, and their columns are found by id", async () => {
    const code =
      "import sys, pyarrow as pa, pyarrow.parquet as pq; i = lambda n: {b'PARQUET:field_id': str(n).encode()}; pq.write_table(pa.table([pa.array(['x']), pa.array([1], pa.int64())], pa.schema([pa.field('strata_tmp_0', pa.string(), metadata=i(7)), pa.field('gone', pa.int64(), metadata=i(1))])), sys.argv[1])";
    const { code: exit, stderr } = await program(pythonOf("sail"), ["-c", code, join(folder, "a.parquet")]);
    assert.equal(exit, 0, stderr);
    await avroFile(join(folder, "list.avro"), LIST, manifests(0));
    await manifest([
      { status: 1, data_file: { file_path: join(folder, "a.parquet") } },
      { status: 2, data_file: { file_path: join(folder, "removed.parquet") } },
    ]);
    const metadata = {
      "current-schema-id": 0,
      schemas: [
        { "schema-id": 0, fields: [] },
        {
          "schema-id": 1,
          fields: [
            { id: 7, name: "a", type: "string" },
            { id: 8, name: "later", type: "decimal(9, 2)" },
          ],
        },
      ],
      snapshots: [],
      "snapshot-log": [],
    };
    const { sql, files } = await icebergScan(metadata, snapshot(join(folder, "list.avro")), [folder]);
    assert.deepEqual(files, [join(folder, "a.parquet")]);
    const rows = await withDuckDb(async (connection) => (await connection.runAndReadAll(sql)).getRowObjectsJson());
    assert.deepEqual(rows, [{ a: "x", later: null }]);
  });

  it("are refused outside of the lake, whichever file of the metadata names them; links of the user's may lead out", async () => {
    const list = join(folder, "list.avro");
    const room = folderOf({ "other/a.parquet": "" });
    mkdirSync(join(room, "table"));
    symlinkSync(join(room, "table"), join(folder, "table"));
    const places = await placesOf(folder, join(folder, "table"));
    await avroFile(list, LIST, [{ manifest_path: join(room, "table", "m.avro"), content: 0, added_snapshot_id: 5 }]);
    await avroFile(join(room, "table", "m.avro"), MANIFEST, []);
    assert.deepEqual(await icebergFiles(snapshot(list), places), []);
    const strange = [
      "/etc/passwd",
      "file:///etc/passwd",
      `${folder}2/b/a.parquet`,
      `${folder}/../other/a.parquet`,
      `${folder}/b/./a.parquet`,
      join(room, "other", "a.parquet"),
      `http://127.0.0.1${folder}/a.parquet`,
      `s3:/${folder}/a.parquet`,
      "b/a.parquet",
      `${folder}/a\0.parquet`,
      folder,
      "",
    ];
    for (const file of strange) {
      const refused = async (read: Promise<unknown>) =>
        assert.match(String(await read.catch((e) => e)), /is not in the lake/);
      await refused(icebergFiles(snapshot(file), places));
      await avroFile(list, LIST, [{ manifest_path: file, content: 0, added_snapshot_id: 5 }]);
      await refused(icebergFiles(snapshot(list), places));
      await avroFile(list, LIST, manifests(0));
      await manifest([{ status: 1, data_file: { file_path: file } }]);
      await refused(icebergFiles(snapshot(list), places));
    }
  });

  it("are refused where rows were deleted one by one", async () => {
    await avroFile(join(folder, "list.avro"), LIST, manifests(1));
    const problem = await icebergFiles(snapshot(join(folder, "list.avro")), [folder]).catch((error: Error) => error);
    assert.match(String(problem), /deletes row by row/);
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
