/** Iceberg tables by the real command line: written, read by the next stage, registered, queried, also as they were. */

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { type Described, registerIceberg } from "../../local/catalog/crawl.ts";
import { query as queryCatalog } from "../../local/catalog/query.ts";
import { askLake, type Worker } from "../../local/worker/worker.ts";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { folderOf, program, removeFolders, strata } from "../cli/strata.ts";
import { startReader } from "./reader.ts";
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
  const query = async (sql: string, asOf?: string) => {
    const asked = { lake, database: "own", sql, format: "json", ...(asOf && { asOf }) } as const;
    return JSON.parse((await queryCatalog(asked, worker)).text) as unknown;
  };
  const refused = (sql: string, asOf?: string) =>
    query(sql, asOf).then(
      (rows) => assert.fail(JSON.stringify(rows)),
      (problem: Error) => String(problem),
    );

  /** One for all queries. */
  let worker: Worker;
  before(() => {
    worker = startReader();
  });
  after(() => worker.kill());

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
    assert.deepEqual(await query(rows, "1"), before);
    const args = ["--root", root, "--lake", lake, "--as-of", first.execution, "--format", "json"];
    assert.deepEqual(JSON.parse((await strata(["query", rows, ...args])).stdout), before);

    const text = readFileSync(join(lake, "data/mart/days/metadata/v2.metadata.json"), "utf8");
    const log: { "timestamp-ms": number }[] = JSON.parse(text)["snapshot-log"];
    const [one = 0, two = 0] = log.map((each) => each["timestamp-ms"]);
    const between = new Date((one + two) / 2).toISOString();
    assert.deepEqual(await query(rows, between), before);

    const recover = (...args: string[]) =>
      strata(["recover", "--root", root, "--lake", lake, "--datasets", "days", "--format", "json", ...args]);
    const shown = JSON.parse((await recover("--generations")).stdout) as {
      datasets: { generations: { generation: number; rows: number; execution: string }[] }[];
    };
    assert.deepEqual(
      shown.datasets[0]?.generations.map(({ generation }) => generation),
      [2, 1],
    );
    assert.deepInclude(shown.datasets[0]?.generations[1], { rows: 2, execution: first.execution });
    const recoverInWords = (...args: string[]) =>
      strata(["recover", "--root", root, "--lake", lake, "--datasets", "days", ...args]);
    assert.match((await recoverInWords()).stdout, /^days +whole, nothing to do: generation 2 is current, 2 files\n$/);
    const back = await recoverInWords("--to", "1");
    assert.equal(back.code, 0, back.stderr);
    const words =
      /^days +the earlier snapshot is current again, under its own number: generation 1 is current, 2 files\n$/;
    assert.match(back.stdout, words);
    assert.deepEqual(await query(rows), before);

    for (const asOf of ["no-such-run", "2001-01-01T00:00", "2001-01-01"])
      assert.include(await refused(rows, asOf), `: table \`days\` has no snapshot as of \`${asOf}\`: `);
    assert.match(
      await refused("SELECT * FROM top", "1"),
      /: table `top` is Parquet, and `--as-of` reads Iceberg tables/,
    );
    // Another table that had a snapshot then.
    const other = JSON.parse(ROOT["pipelines/own/sql_queries.json"]);
    other.days2 = { ...other.days, sql_name: "days2", s3_target: "s3://data/mart/days2/" };
    writeFileSync(join(root, "pipelines/own/sql_queries.json"), JSON.stringify(other));
    writeFileSync(join(root, "pipelines/own/etl_stages.json"), '{"write": ["days", "days2"], "read": ["top"]}');
    await run();
    assert.match(
      await refused("SELECT * FROM days2", "3"),
      /: table `days2` has no snapshot of generation `3`: `strata recover --generations` lists/,
    );
    assert.match(await refused("SELECT * FROM days2", first.execution), /: table `days2` has no snapshot as of `own-/);
  });

  it("that cannot be read is reported by name to a query of it, and to no other", async () => {
    await run();
    const inside = join(lake, "data/mart/days/metadata");
    const rows = "SELECT k, v FROM days ORDER BY k";
    const before = await query(rows);
    // Other invalid metadata: glue/tests/test_iceberg.py.
    writeFileSync(join(inside, "v2.metadata.json"), "{");
    assert.deepEqual(await query("SELECT most FROM top"), [{ most: 5 }]);
    assert.match(
      await refused(rows),
      /days.*v2\.metadata\.json cannot be read \(it is not JSON\): restore it from a backup of the lake/,
    );
    const failed = await strata(["run", "--root", root, "--lake", lake, "--format", "json"]);
    assert.equal(failed.code, 1);
    assert.match(failed.stdout, /"RECORD_BROKEN"/);
    assert.match(failed.stdout, /v2\.metadata\.json cannot be read \(it is not JSON\)/);
    const register = async (...datasets: string[]) =>
      registerIceberg(await planIn(root), lake, "own", new Set(datasets), (describe) =>
        askLake<Described[]>({ home: HOME, python: pythonOf("sail"), lake }, { describe }),
      );
    const problem = await register("days", "top").catch((error: Error) => error);
    assert.match(String(problem), /^UserError: table `days` cannot be read: .*v2\.metadata\.json cannot be read/);
    await register("top"); // a run of others does not fail by it
    // The remedy.
    for (const name of ["v2.metadata.json", "version-hint.text"]) rmSync(join(inside, name));
    assert.deepEqual(await query(rows), before);
    await run();
  });

  it("whose files are permanently lost is reported by name, too", async () => {
    await run();
    const files = readdirSync(join(lake, "data/mart/days"), { recursive: true }) as string[];
    for (const file of files) if (file.endsWith(".parquet")) rmSync(join(lake, "data/mart/days", file));
    assert.deepEqual(await query("SELECT most FROM top"), [{ most: 5 }]);
    assert.match(await refused("SELECT * FROM days"), /: table `days` cannot be read: .*not found/);
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
