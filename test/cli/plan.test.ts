/** `strata plan`: formats, and the difference against a git ref. */

import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { folderOf, removeFolders, SHOP, strata } from "./strata.ts";

function repository(files: Readonly<Record<string, string>>): string {
  const root = folderOf(files);
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", root, "-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
      stdio: "pipe",
    });
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "-m", "first");
  return root;
}

describe("strata plan", () => {
  afterEach(removeFolders);

  it("prints the plan as JSON with version and digest", async () => {
    const { code, stdout } = await strata(["plan", "--root", folderOf(SHOP), "--format", "json"]);
    assert.equal(code, 0);
    const plan = JSON.parse(stdout);
    assert.equal(plan.version, 1);
    assert.match(plan.digest, /^[0-9a-f]{64}$/);
    assert.equal(plan.stages[1].datasets[0].reads[0].writer, "orders");
  });

  it("draws a graph with names as labels only", async () => {
    const { stdout } = await strata(["plan", "--root", folderOf(SHOP), "--format", "mermaid"]);
    assert.include(stdout, 'flowchart LR\n  subgraph s0 ["bronze"]');
    assert.match(stdout, /n0 --> n1/);
  });

  it("prints text and Markdown", async () => {
    const root = folderOf(SHOP);
    assert.include(
      (await strata(["plan", "--root", root])).stdout,
      "  totals → s3://lake/gold/totals/\n    reads orders_bronze (orders)\n",
    );
    assert.include(
      (await strata(["plan", "--root", root, "--format", "markdown"])).stdout,
      "| `totals` | `orders` | `s3://lake/gold/totals/` |",
    );
  });

  it("says that nothing changed where SQL was only reformatted", async () => {
    const root = repository(SHOP);
    writeFileSync(
      join(root, "sql/shop/totals.sql"),
      "-- the total\nselect sum( amount )\n  as total FROM orders_bronze;\n",
    );
    const { stdout } = await strata(["plan", "--root", root, "--diff", "main", "--format", "json"]);
    assert.deepEqual(JSON.parse(stdout).datasets, []);
  });

  it("shows added, removed, moved and changed datasets, what they affect, and targets that no dataset writes any more", async () => {
    const root = repository(SHOP);
    writeFileSync(join(root, "sql/shop/orders.sql"), "SELECT id, amount * 2 AS amount FROM orders_raw\n");
    let { stdout } = await strata(["plan", "--root", root, "--diff", "main", "--format", "json"]);
    assert.deepInclude(JSON.parse(stdout), {
      datasets: [{ name: "orders", changes: [{ kind: "sql" }] }],
      downstream: ["totals"],
      touched: ["bronze"],
      abandoned: [],
    });
    writeFileSync(join(root, "pipelines/shop/etl_stages.json"), '{ "bronze": ["orders"] }\n');
    ({ stdout } = await strata(["plan", "--root", root, "--diff", "main", "--format", "json"]));
    const diff = JSON.parse(stdout);
    assert.deepEqual(diff.stages, { added: [], removed: ["gold"], reordered: false });
    assert.deepEqual(diff.abandoned, ["s3://lake/gold/totals/"]);
    assert.deepInclude(diff.datasets, { name: "totals", changes: [{ kind: "removed", stage: "gold" }] });
    ({ stdout } = await strata(["plan", "--root", root, "--diff", "main", "--format", "markdown"]));
    assert.include(stdout, "- `totals`: removed from stage `gold`");
  });

  it("shows how a dataset is published, and what changes of it, above all an expectation that goes", async () => {
    const before = (SHOP["pipelines/shop/sql_queries.json"] ?? "").replace(
      '"target_name": "orders_bronze"',
      '"target_name": "orders_bronze", "strata": { "keep": 2, "expectations": [{ "unique": "id" }, { "row_count": { "min": 1 } }] }',
    );
    const root = repository({ ...SHOP, "pipelines/shop/sql_queries.json": before });
    const plan = await strata(["plan", "--root", root]);
    assert.include(plan.stdout, "keep 2; expects unique(id), row_count\n");
    writeFileSync(
      join(root, "pipelines/shop/sql_queries.json"),
      before.replace('"keep": 2', '"keep": 3').replace('{ "unique": "id" }, ', "").replace('"min": 1', '"min": 0'),
    );
    const { stdout } = await strata(["plan", "--root", root, "--diff", "main"]);
    assert.include(stdout, "orders: keep: 2 → 3\n");
    assert.include(stdout, "orders: expects row_count otherwise, no longer expects unique(id)\n");
    assert.notInclude(stdout, "configuration changed");
  });

  it("names the states that a change of SQL alters, and no state that only has a new digest", async () => {
    const root = repository(SHOP);
    writeFileSync(join(root, "sql/shop/orders.sql"), "SELECT id, amount * 2 AS amount FROM orders_raw\n");
    const { stdout } = await strata(["plan", "--root", root, "--diff", "main", "--format", "json"]);
    assert.deepEqual(JSON.parse(stdout).states, { added: [], removed: [], changed: ["bronze"] });
  });

  it("compares with --all every pipeline of both sides", async () => {
    const other = (text: string) => text.replaceAll("lake/bronze", "lake/b2").replaceAll("lake/gold", "lake/g2");
    const root = repository({
      ...SHOP,
      "pipelines/mart/etl_stages.json": SHOP["pipelines/shop/etl_stages.json"] ?? "",
      "pipelines/mart/sql_queries.json": other(SHOP["pipelines/shop/sql_queries.json"] ?? ""),
    });
    rmSync(join(root, "pipelines/mart"), { recursive: true });
    const { code, stdout } = await strata(["plan", "--root", root, "--diff", "main", "--all", "--format", "json"]);
    assert.equal(code, 0);
    const [mart, shop] = JSON.parse(stdout);
    assert.deepInclude(mart, { pipeline: "mart", abandoned: ["s3://lake/b2/orders/", "s3://lake/g2/totals/"] });
    assert.deepEqual(mart.stages.removed, ["bronze", "gold"]);
    assert.deepInclude(shop, { pipeline: "shop", datasets: [], states: { added: [], removed: [], changed: [] } });
    assert.equal((await strata(["plan", "--root", root, "--all"])).code, 2);
  });

  it("refuses a ref that git does not know, and one that looks like an option", async () => {
    const root = repository(SHOP);
    for (const ref of ["nope", "--help", "-n1"]) {
      const { code, stderr } = await strata(["plan", "--root", root, `--diff=${ref}`]);
      assert.equal(code, 2, ref);
      assert.include(stderr, "git has no commit");
    }
  });
});
