/** What goes wrong on a machine: a second run, a lake that is a file; and a group too large to inline, which may not grow. */

import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { MAX_INLINE_GROUP_BYTES } from "../../compiler/emit/job/payloads.ts";
import { HOME } from "../../setup/node.mjs";
import { folderOf, program, removeFolders, SHOP, strata } from "../cli/strata.ts";
import { parquet } from "./runs.ts";

const ROWS = 3;

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
    await parquet(join(lake, "lake", "raw", "orders", "a.parquet"), { id: [1, 2, 3], amount: [1, 2, 3] });
  });
  afterEach(removeFolders);

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

  it("a group too large to inline is passed as an object, and the run is the same", async () => {
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
    assert.equal(large.code, 0, `an object that could not be written blocks no run: ${large.stderr}`);
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
