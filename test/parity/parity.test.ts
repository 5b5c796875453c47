/** `strata parity` by the real command line on both engines: differences, failures, the user's lake, what is left behind. */

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { folderOf, removeFolders, strata } from "../cli/strata.ts";
import { parquet } from "../local/runs.ts";
import { sparkProblem } from "./spark.ts";

/** Without a source, `tables` is left out. */
const dataset = (name: string, source: string | undefined, strataKeys?: object) => ({
  [name]: {
    sql_name: name,
    sql_file: `own/${name}.sql`,
    ...(source && { tables: [{ table_name: "t", s3_path: `s3://data/${source}/` }] }),
    s3_target: `s3://data/mart/${name}/`,
    ...(strataKeys && { strata: strataKeys }),
  },
});

/** `signs` and `chosen` differ between the engines (docs/engines.md). */
const ROOT = {
  "pipelines/own/etl_stages.json": '{"one": ["same", "signs", "lost"], "two": ["top"], "three": ["chosen"]}',
  "pipelines/own/sql_queries.json": JSON.stringify({
    ...dataset("same", undefined),
    ...dataset("signs", "raw", { expectations: [{ unique: ["id"] }] }),
    ...dataset("lost", "lost"),
    ...dataset("top", undefined),
    ...dataset("chosen", "raw"),
  }),
  "pipelines/own/pipeline.yaml": 'sources: { "own.raw": { s3_path: "s3://data/raw/" } }',
  "sql/own/same.sql": "SELECT own.raw.id, CAST(id AS DOUBLE) / 3 AS third, CAST(id AS STRING) AS name FROM own.raw\n",
  "sql/own/signs.sql": "SELECT id, id + length(format_number(double('infinity'), 2)) AS half FROM t\n",
  "sql/own/lost.sql": "SELECT id FROM t\n",
  "sql/own/top.sql": "SELECT max(id) AS most, sum(third) AS thirds FROM same\n",
  "sql/own/chosen.sql": "SELECT elt(CAST(id AS INT) + 5, 'a') AS big FROM t\n",
};

const IDS = Array.from({ length: 20 }, (_, index) => index + 1);

describe("strata parity", function () {
  this.timeout(400_000);
  let root: string;
  let lake: string;
  let temporary: string;
  let before: string;

  beforeEach(async function () {
    const problem = sparkProblem();
    if (problem !== undefined) {
      process.stdout.write(`    skipped: ${problem}\n`);
      this.skip();
    }
    root = folderOf(ROOT);
    lake = join(root, "my lake 'é'");
    temporary = join(root, "tmp");
    mkdirSync(temporary);
    await parquet(join(lake, "data", "raw", "a.parquet"), { id: IDS });
    await parquet(join(lake, "data", "mart", "same", "a.parquet"), { id: [1, 2], third: [0.5, 0.25] });
    before = digest(lake);
  });

  afterEach(() => {
    if (lake !== undefined) {
      assert.equal(digest(lake), before, "the user's lake is as it was");
      assert.deepEqual(
        readdirSync(temporary).filter((name) => name.startsWith("strata-")),
        [],
      );
    }
    removeFolders();
  });

  const args = (...more: string[]) => ["parity", "--root", root, "--lake", lake, ...more];
  const parity = (...more: string[]) => strata(args(...more), { env: { TMPDIR: temporary } });

  it("shows what differs, by key, and what an engine fails with", async () => {
    const { code, stdout, stderr } = await parity("--format", "json", "--datasets", "same,signs,top,chosen");
    assert.equal(code, 1, stderr);
    const same = { columns: [], examples: [], equal: true };
    assert.deepEqual(JSON.parse(stdout), {
      version: 1,
      datasets: [
        { name: "same", ...same, rows: { sail: 20, spark: 20 } },
        {
          name: "signs",
          equal: false,
          rows: { sail: 20, spark: 20 },
          columns: [],
          // Of infinity, Sail writes three signs, Spark one.
          examples: [1, 2, 3, 4, 5].map((id) => ({
            sail: { id: `${id}`, half: `${id + 3}` },
            spark: { id: `${id}`, half: `${id + 1}` },
          })),
        },
        { name: "top", ...same, rows: { sail: 1, spark: 1 } },
        { name: "chosen", equal: false, rows: { sail: 20, spark: null }, columns: [], examples: [] },
      ],
    });
    assert.match(stderr, /^failed {3}chosen\n {2}spark: .+ \(sql\/own\/chosen\.sql:1:\d+\)$/m);
    assert.notMatch(stderr, /\n\s+at /);
  });

  it("reads what other datasets wrote from the lake, and says what is missing", async () => {
    const { code, stdout, stderr } = await parity("--datasets", "lost,top");
    assert.equal(code, 1, stderr);
    assert.match(stdout, /^failed {3}lost\n {2}sail: .*data\/lost.*\n {2}spark: .*data\/lost/m);
    assert.match(stdout, /^2 of 2 datasets differ between Sail and Spark$/m);
    const top = await parity("--datasets", "top");
    assert.deepEqual([top.code, top.stdout], [0, "equal    top  1 row\nSail and Spark commit the same results\n"]);
  });

  it("leaves nothing behind when it is cancelled", async () => {
    const child = spawn(process.execPath, [join(HOME, "bin", "strata.mjs"), ...args("--datasets", "same")], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      if (!stderr.includes("sail: stage") && `${stderr}${chunk}`.includes("sail: stage")) child.kill("SIGINT");
      stderr += chunk;
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    assert.equal(code, 130, stderr);
    assert.match(stderr, /strata: cancelled; the lake is unchanged\n$/);
  });
});

/** Of every name, kind and content. */
function digest(folder: string): string {
  const hash = createHash("sha256");
  for (const path of (readdirSync(folder, { recursive: true }) as string[]).sort()) {
    const place = join(folder, path);
    hash.update(`${path}\0${lstatSync(place).mtimeMs}\0`);
    if (lstatSync(place).isFile()) hash.update(readFileSync(place));
  }
  return hash.digest("hex");
}
