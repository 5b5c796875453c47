/** What goes wrong on a machine: a file that may not grow, broken source files, a second run; and a group too large to inline. */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { MAX_INLINE_GROUP_BYTES } from "../../compiler/emit/job/payloads.ts";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { folderOf, program, removeFolders, SHOP, strata } from "../cli/strata.ts";

const ROWS = 200_000;

/** Rows of `id` and `amount` that compress badly. */
async function orders(lake: string): Promise<void> {
  const code = `import sys, pathlib, random, pyarrow as pa, pyarrow.parquet as pq
random.seed(1); n = ${ROWS}; f = pathlib.Path(sys.argv[1]); f.mkdir(parents=True)
pq.write_table(pa.table({"id": list(range(n)), "amount": [random.random() for _ in range(n)]}), f / "a.parquet")`;
  const { code: exit, stderr } = await program(pythonOf("sail"), ["-c", code, join(lake, "lake", "raw", "orders")]);
  assert.equal(exit, 0, stderr);
}

/** Every file below a folder with a digest of its bytes. */
function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((file) => join(file.parentPath, file.name))
      .sort()
      .map((path) => [path, createHash("sha256").update(readFileSync(path)).digest("hex")]),
  );
}

describe("bad luck, on Sail", function () {
  this.timeout(120_000);
  let root: string;
  let lake: string;
  const args = (...more: string[]) => ["run", "--root", root, "--lake", lake, ...more];

  const groupObjects = () => {
    const files = readdirSync(lake, { recursive: true, encoding: "utf8" });
    return files.filter((file) => /groups\/[^/]+\.json$/.test(file)).map((file) => join(lake, file));
  };

  beforeEach(async () => {
    root = folderOf(SHOP);
    lake = join(root, "my lake");
    await orders(lake);
  });
  afterEach(removeFolders);

  it("files that may not grow fail the dataset and leave its target as it was", async () => {
    assert.equal((await strata(args())).code, 0);
    const before = contents(join(lake, "lake", "bronze"));
    assert.isNotEmpty(before);
    const limit = `trap '' XFSZ; ulimit -f 200; exec "$0" "$@"`;
    const limited = await program("sh", ["-c", limit, process.execPath, join(HOME, "bin", "strata.mjs"), ...args()]);
    assert.equal(limited.code, 1, limited.stdout);
    assert.match(limited.stderr, /failed\s+orders/);
    assert.match(limited.stdout, /exceeds the size limit of this process: raise it/);
    assert.notMatch(limited.stdout + limited.stderr, /Traceback|\n {4}at /);
    assert.deepEqual(contents(join(lake, "lake", "bronze")), before);
    assert.equal((await strata(args())).code, 0, "the next run succeeds");
  });

  it("truncated, empty and foreign files are named with the remedy, and nothing is written", async () => {
    const file = join(lake, "lake", "raw", "orders", "a.parquet");
    const spoil: [() => void, RegExp][] = [
      [
        () => truncateSync(file, 1000),
        /a\.parquet begins as a Parquet file but does not end as one: .*write the complete file/,
      ],
      [() => truncateSync(file, 0), /a\.parquet is not a readable Parquet file \(0 bytes\): .*write the complete file/],
      [
        () => writeFileSync(file, "id,amount\n1,2\n"),
        /a\.parquet is text, not a Parquet file: move it to a separate folder/,
      ],
    ];
    for (const [act, what] of spoil) {
      act();
      const { code, stdout } = await strata(args());
      assert.equal(code, 1, what.source);
      assert.match(stdout, /source table `orders_raw` \(s3:\/\/lake\/raw\/orders\/\): a\.parquet/);
      assert.match(stdout, what);
      assert.notInclude(readdirSync(join(lake, "lake")), "bronze", what.source);
    }
  });

  it("a second run on one lake is refused, and the first goes on", async () => {
    const outcomes = await Promise.all([strata(args()), strata(args())]);
    assert.deepEqual(outcomes.map(({ code }) => code).sort(), [0, 1]);
    const refused = outcomes.find(({ code }) => code === 1);
    assert.match(
      refused?.stderr ?? "",
      /another run is using the lake .*: execution `shop-\S+` \(process \d+\)\n {2}help: wait for its end, or name/,
    );
    assert.equal((await strata(args())).code, 0);
  });

  it("a lake that is a file is one line", async () => {
    rmSync(lake, { recursive: true });
    writeFileSync(lake, "x");
    const { code, stderr } = await strata(args());
    assert.equal(code, 1);
    assert.match(stderr, /^strata: .*a file is in the way/m);
  });

  it("a crawl that the file system refuses names the remedy", async () => {
    mkdirSync(join(lake, ".strata"), { recursive: true });
    const catalog = join(lake, ".strata", "catalog");
    symlinkSync("nowhere", catalog);
    const unwritten = await strata(args());
    assert.equal(unwritten.code, 1);
    const mistake = /error: crawler `\S+`: .*catalog: there is no such file or folder: correct the path\n/;
    assert.match(unwritten.stdout, mistake);
    rmSync(catalog);
    writeFileSync(catalog, "");
    const unread = await strata(["query", "SELECT 1", "--root", root, "--lake", lake]);
    assert.equal(unread.code, 1);
    assert.match(unread.stderr, /the local catalog .* cannot be read: a file is in the way: correct the path/);
  });

  it("a stage that is not reached lists its datasets as BLOCKED", async () => {
    rmSync(join(lake, "lake", "raw"), { recursive: true });
    const { stages } = JSON.parse((await strata(args("--format", "json"))).stdout);
    const statuses = stages.map((stage: { status: string; datasets: { name: string; status: string }[] }) => [
      stage.status,
      ...stage.datasets.map(({ name, status }) => `${name} ${status}`),
    ]);
    assert.deepEqual(statuses, [
      ["FAILED", "orders FAILED"],
      ["NOT_RUN", "totals BLOCKED"],
    ]);
  });

  it("a pipeline with `setup: runtime` runs the same", async () => {
    writeFileSync(join(root, "pipelines", "shop", "pipeline.yaml"), "setup: runtime\n");
    const { code, stdout, stderr } = await strata(args("--format", "json"));
    assert.equal(code, 0, stderr);
    assert.deepInclude(JSON.parse(stdout).stages[0].datasets[0], { name: "orders", status: "SUCCEEDED", rows: ROWS });
  });

  it("a group too large to inline travels as an object, and the run is the same", async () => {
    const small = await strata(args("--format", "json"));
    const sql = join(root, "sql", "shop", "orders.sql");
    writeFileSync(sql, `${readFileSync(sql, "utf8")}-- ${"x".repeat(MAX_INLINE_GROUP_BYTES)}\n`);
    const definition = (await strata(["asl", "--root", root])).stdout;
    assert.isBelow(definition.length, MAX_INLINE_GROUP_BYTES, "the group is not in the definition");
    assert.match(definition, /s3:\/\/[^"]*groups\/[^"]+\.json/);
    const limit = `trap '' XFSZ; ulimit -f 100; exec "$0" "$@"`;
    const limited = await program("sh", ["-c", limit, process.execPath, join(HOME, "bin", "strata.mjs"), ...args()]);
    assert.equal(limited.code, 1);
    assert.match(limited.stderr, /^strata: .*the file exceeds the size limit: raise it/m, "one clear message");
    const large = await strata(args("--format", "json"));
    assert.equal(large.code, 0, `an object that could not be written is in nobody's way: ${large.stderr}`);
    for (const object of groupObjects()) truncateSync(object, 1000);
    const mended = await strata(args("--format", "json"));
    assert.equal(mended.code, 0, `an object that was cut off is replaced: ${mended.stdout}`);
    const rows = (text: string) =>
      JSON.parse(text).stages.flatMap((stage: { datasets: { name: string; rows: number }[] }) =>
        stage.datasets.map((each) => [each.name, each.rows]),
      );
    assert.deepEqual(rows(large.stdout), rows(small.stdout));
    assert.deepEqual(rows(large.stdout)[0], ["orders", ROWS]);
  });
});
