/** `strata check --types`: mistakes of types at their places, what is not analyzed, and the worker's end. */

import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { typesLine, typesOf } from "../../cli/check-types.ts";
import { HOME } from "../../setup/node.mjs";
import { isAlive, processesOf, until } from "../processes.ts";
import { folderOf, program, removeFolders, SHOP, strata } from "./strata.ts";

/** SHOP with columns of its source. */
const TYPED = {
  ...SHOP,
  "pipelines/shop/pipeline.yaml": `sources:
  orders_raw: { columns: { id: int, amount: "decimal(10,2)", day: date, note: string } }
`,
  "sql/shop/orders.sql": "SELECT id, amount, day, note FROM orders_raw\n",
};
const PARAMS = `${TYPED["pipelines/shop/pipeline.yaml"]}params: { since: { type: date, default: "2020-01-01" }, least: { type: int } }
`;
const cacheOf = (root: string) => join(root, ".strata", "cache", "types-sail.json");

async function checked(root: string, ...options: string[]) {
  const { code, stdout } = await strata(["check", "--root", root, "--format", "json", ...options]);
  return { code, ...JSON.parse(stdout) };
}

describe("strata check --types", () => {
  afterEach(removeFolders);

  it("finds a mistake of types behind another dataset, at its place", async () => {
    const root = folderOf({
      ...TYPED,
      "sql/shop/totals.sql": "-- 😀\nSELECT '😀' AS s,\n  day > 5 AS late FROM orders_bronze\n",
    });
    const { code, diagnostics } = await checked(root);
    assert.equal(code, 1);
    assert.deepEqual(diagnostics, [
      {
        code: "Q040",
        severity: "error",
        message: "DATE and INT cannot be compared with `>`",
        file: "sql/shop/totals.sql",
        line: 3,
        column: 3,
        help: "cast one of them",
        fixes: [],
      },
    ]);
  });

  it("gives each class its code, and all mistakes of a query at once", async () => {
    const sql = `SELECT note, day + note AS x, sum(max(id)) AS y, amount FROM orders_bronze
WHERE sum(id) > 1 AND id = day GROUP BY note
UNION ALL SELECT 'x', 1, array(1), 1 FROM orders_bronze
`;
    const { diagnostics } = await checked(folderOf({ ...TYPED, "sql/shop/totals.sql": sql }));
    const found = diagnostics.map(({ code, line }: { code: string; line: number }) => `${code}:${line}`);
    for (const each of ["Q040:1", "Q041:1", "Q041:2", "Q040:2", "Q043:1"]) assert.include(found, each);
    const union = "SELECT day FROM orders_bronze UNION SELECT id FROM orders_bronze\n";
    const other = await checked(folderOf({ ...TYPED, "sql/shop/totals.sql": union }));
    assert.deepEqual(other.diagnostics[0].code, "Q042");
    const position = await checked(
      folderOf({ ...TYPED, "sql/shop/totals.sql": "SELECT id FROM orders_bronze ORDER BY 9\n" }),
    );
    assert.equal(position.diagnostics.find(({ code }: { code: string }) => code.startsWith("Q04"))?.code, "Q049");
  });

  it("takes parameters by their types, with a default or without", async () => {
    const sql = (condition: string) => `SELECT sum(amount) AS total FROM orders_bronze WHERE ${condition}\n`;
    const files = { ...TYPED, "pipelines/shop/pipeline.yaml": PARAMS };
    const good = await checked(folderOf({ ...files, "sql/shop/totals.sql": sql("day >= :since AND id > :least") }));
    assert.deepEqual(good.diagnostics, []);
    assert.deepEqual(good.types.datasets.shop.totals, [{ name: "total", type: "decimal(20,2)", unsure: false }]);
    const bad = await checked(folderOf({ ...files, "sql/shop/totals.sql": sql("id >= :since AND day > :least") }));
    assert.lengthOf(
      bad.diagnostics.filter(({ code }: { code: string }) => code === "Q040"),
      2,
    );
  });

  it("lowers what the dataset allows", async () => {
    const queries = SHOP["pipelines/shop/sql_queries.json"] ?? "";
    const allowing = queries.replace(
      '"target_name": "totals_gold"',
      '"target_name": "totals_gold", "strata": { "allow": { "Q040": "known" } }',
    );
    const root = folderOf({
      ...TYPED,
      "pipelines/shop/sql_queries.json": allowing,
      "sql/shop/totals.sql": "SELECT day > 5 AS late FROM orders_bronze\n",
    });
    const { code, diagnostics } = await checked(root);
    assert.equal(code, 0);
    assert.deepInclude(diagnostics[0], { code: "Q040", severity: "warning" });
    assert.include(diagnostics[0].message, "(allowed: known)");
  });

  it("starts no engine where no columns are known, and says why", async () => {
    const root = folderOf(SHOP);
    const { code, types } = await checked(root);
    assert.equal(code, 0);
    assert.deepEqual(types, {
      engine: "sail",
      datasets: {},
      notAnalyzed: [
        { pipeline: "shop", dataset: "orders", why: "`orders_raw` has no columns in `sources`" },
        { pipeline: "shop", dataset: "totals", why: "`orders` has no types" },
      ],
    });
    assert.isFalse(existsSync(cacheOf(root)));
    const { stdout } = await strata(["check", "--root", root]);
    assert.include(stdout, "; types of 0 of 2 datasets by Sail (`orders`: `orders_raw` has no columns in `sources`)\n");
  });

  it("leaves types out where they are not wanted, or no environment is there", async () => {
    const root = folderOf({ ...TYPED, "sql/shop/totals.sql": "SELECT day > 5 AS late FROM orders_bronze\n" });
    const { stdout, code } = await strata(["check", "--root", root, "--types", "off"]);
    assert.equal(code, 0);
    assert.notInclude(stdout, "types");
    assert.equal((await strata(["check", "--root", root, "--types", "off", "--engine", "sail"])).code, 2);
    const without = await typesOf(
      root,
      [],
      () => true,
      {},
      () => undefined,
    );
    assert.equal(typesLine(without, 2), "; types not checked (no Python environment: `npm start` makes one)");
  });

  it("does not count what Sail cannot read as checked, nor as a mistake", async () => {
    const root = folderOf({
      ...TYPED,
      "sql/shop/totals.sql": "SELECT id, sum(amount) AS s FROM orders_bronze GROUP BY ALL\n",
    });
    const { code, diagnostics, types } = await checked(root);
    assert.equal(code, 0);
    assert.deepEqual(diagnostics, []);
    assert.lengthOf(types.notAnalyzed, 1);
    assert.include(types.notAnalyzed[0].why, "GROUP BY ALL");
  });

  it("shows a mistake of names once", async () => {
    const root = folderOf({ ...TYPED, "sql/shop/totals.sql": "SELECT yeer(day) AS y FROM orders_bronze\n" });
    const { diagnostics } = await checked(root);
    assert.deepEqual(
      diagnostics.map(({ code }: { code: string }) => code),
      ["Q035"],
    );
  });

  it("changes no byte of a definition or a plan", async () => {
    const root = folderOf(TYPED);
    const shown = async () => [
      (await strata(["plan", "--root", root, "--format", "json"])).stdout,
      (await strata(["groups", "--root", root])).stdout,
    ];
    const before = await shown();
    await checked(root);
    assert.isTrue(existsSync(cacheOf(root)));
    assert.deepEqual(await shown(), before);
  });

  describe("with a cache", () => {
    const late = { ...TYPED, "sql/shop/totals.sql": "SELECT day > 5 AS late FROM orders_bronze\n" };

    it("finds the same again without an engine, and after an edit only what changed", async () => {
      const root = folderOf(late);
      const first = await checked(root);
      const written = readFileSync(cacheOf(root), "utf8");
      assert.deepEqual(await checked(root), first);
      assert.equal(readFileSync(cacheOf(root), "utf8"), written);
      writeFileSync(join(root, "sql/shop/totals.sql"), "SELECT id > 5 AS late FROM orders_bronze\n");
      assert.deepEqual((await checked(root)).diagnostics, []);
    });

    it("ignores a file with other content than was written", async () => {
      const root = folderOf(late);
      const first = await checked(root);
      const written = readFileSync(cacheOf(root), "utf8");
      const tampered = written.replace("DATE and INT", "DATE and ONT");
      assert.notEqual(tampered, written);
      writeFileSync(cacheOf(root), tampered);
      assert.deepEqual(await checked(root), first);
      assert.equal(readFileSync(cacheOf(root), "utf8"), written);
    });

    it("is whole after two checks at once", async () => {
      const root = folderOf(late);
      const args = [join(HOME, "bin", "strata.mjs"), "check", "--root", root, "--format", "json"];
      const [one, other] = await Promise.all([program(process.execPath, args), program(process.execPath, args)]);
      assert.equal(one.stdout, other.stdout);
      const written = readFileSync(cacheOf(root), "utf8");
      assert.equal((await program(process.execPath, args)).stdout, one.stdout);
      assert.equal(readFileSync(cacheOf(root), "utf8"), written);
    });
  });

  it("leaves no worker behind, whatever ends the command", async () => {
    const wide = Array.from({ length: 400 }, (_, index) => `CASE WHEN day > note THEN ${index} END AS c${index}`).join(
      ", ",
    );
    for (const signal of ["SIGKILL", "SIGINT"] as const) {
      const root = folderOf({ ...TYPED, "sql/shop/totals.sql": `SELECT ${wide} FROM orders_bronze\n` });
      const child = spawn(process.execPath, [join(HOME, "bin", "strata.mjs"), "check", "--root", root], {
        stdio: "ignore",
      });
      const workers = () => processesOf("worker.py", root).map(Number).filter(isAlive);
      await until(() => workers().length > 0);
      child.kill(signal);
      await until(() => workers().length === 0);
      await until(() => child.exitCode !== null || child.signalCode !== null);
    }
  });
});
