/** `strata query` by the real command line, and what a query may say: its mistakes, its values, its end. */

import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { recordTables } from "../../local/catalog/catalog.ts";
import { type Query, query } from "../../local/catalog/query.ts";
import type { UserError } from "../../local/user-error.ts";
import type { Worker } from "../../local/worker/worker.ts";
import { HOME } from "../../setup/node.mjs";
import { folderOf, removeFolders, SHOP, strata } from "../cli/strata.ts";
import { processesOf, until } from "../processes.ts";
import { startReader } from "./reader.ts";
import { parquet } from "./runs.ts";

const MISTAKES: readonly (readonly [sql: string, message: string])[] = [
  ["SELECT citty FROM customers", "line 1, column 8: there is no column `citty`: did you mean `city`?"],
  ["SELECT 1,\n  c.citty FROM customers c", "line 2, column 3: there is no column `c.citty`: did you mean `city`?"],
  ["SELECT x.id FROM customers c", "line 1, column 8: there is no table or alias `x`"],
  ["SELECT * FROM custmers", "line 1, column 15: there is no table `custmers`: did you mean `customers`?"],
  ["SELECT uper(name) FROM customers", "line 1, column 8: Spark SQL has no function `uper`: did you mean `upper`?"],
  ["SELECT name, count(*) FROM customers GROUP BY city", "line 1, column 8: "],
  ["SELECT id FROM customers JOIN orders ON true", "line 1, column 8: "],
  ["SELECT CAST(name AS INT) FROM customers", "line 1, column 8: the value 'Ann' cannot be cast to INT"],
  ["SELECT id FROM customers WHERE", "line 1, column 26: something is missing"],
  ["SELECT * FORM customers", "line 1, column 10: "],
  [
    "SELECT input_file_name() FROM customers",
    "line 1, column 8: Sail has no function `input_file_name`: run it as a dataset with `--engine spark`",
  ],
];

describe("a query of a lake", function () {
  this.timeout(120_000);
  let lake: string;
  let worker: Worker;
  const asked = (sql: string, more: Partial<Query> = {}): Query => ({
    ...{ lake, database: "shop", sql, format: "csv" as const },
    ...more,
  });
  const csv = async (sql: string, database = "shop") => (await query(asked(sql, { database }), worker)).text;

  before(async () => {
    worker = startReader();
    lake = folderOf({});
    await parquet(join(lake, "b", "customers", "a.parquet"), { id: [1], name: ["Ann"], city: ["Rome"] });
    await parquet(join(lake, "b", "orders", "a.parquet"), { id: [1, 2], total: [2.5, null] });
    const tables = ["customers", "orders"].map((name) => ({ name, location: `s3://b/${name}/`, columns: [] }));
    await recordTables(lake, "shop", tables);
    await recordTables(lake, "my sales", [{ name: "orders", location: "s3://b/customers/", columns: [] }]);
  });
  after(async () => {
    await worker.kill();
    removeFolders();
  });

  it("says each mistake in the user's names, at its place", async () => {
    for (const [sql, message] of MISTAKES) {
      const found = await csv(sql).catch((problem: UserError) =>
        // What the compiler finds has its help apart, as the command line prints it.
        sql.includes("uper(") ? `${problem.message}: ${problem.help}` : problem.message,
      );
      assert.isTrue(found.startsWith(message), `${sql}: ${found}`);
      assert.notInclude(found, "\n");
    }
  });

  it("reads tables of other databases by their full names, and both tables with the same name", async () => {
    assert.equal(await csv("SELECT name FROM `my sales`.orders"), "name\r\nAnn\r\n");
    assert.equal(
      await csv("SELECT a.name, o.total FROM `My Sales`.Orders AS a JOIN orders AS o ON a.id = o.id"),
      "name,total\r\nAnn,2.5\r\n",
    );
    assert.equal(await csv("SELECT orders.city FROM orders", "my sales"), "city\r\nRome\r\n");
    assert.equal(await csv("SELECT shop.orders.id FROM shop.orders ORDER BY id"), "id\r\n1\r\n2\r\n");
  });

  it("gives values as documented, in each format", async () => {
    const sql =
      "SELECT CAST('12345678901234567890' AS DECIMAL(20,0)) AS n, 1.10BD AS d, 'a\"b,c' AS s, NULL AS x, 2.0D AS f, " +
      "TIMESTAMP'2026-01-01 10:00:00.5' AS t, array(1L, 9007199254740993L) AS l, named_struct('k', DATE'2026-01-01') AS r, " +
      "INTERVAL '1' DAY AS i, INTERVAL '1-2' YEAR TO MONTH AS i, count(*)";
    assert.equal(
      (await query(asked(sql, { format: "json" }), worker)).text,
      '[\n  {"n": "12345678901234567890", "d": 1.10, "s": "a\\"b,c", "x": null, "f": 2.0, "t": "2026-01-01 10:00:00.5+00", ' +
        '"l": [1, "9007199254740993"], "r": {"k": "2026-01-01"}, "i": "INTERVAL \'1\' DAY", "i": "INTERVAL \'1-2\' YEAR TO MONTH", "count(*)": 1}\n]\n',
    );
    assert.equal(
      await csv("SELECT 'a\"b,c' AS s, NULL AS x, '' AS e, array(1) AS l"),
      's,x,e,l\r\n"a""b,c",,"",[1]\r\n',
    );
    const { text } = await query(asked("SELECT id FROM range(7534)", { format: "text", limit: 2 }), worker);
    assert.equal(text, "id\n--\n 0\n 1\n(2 of 7,534 rows; --limit 0 shows all)\n");
    assert.equal(await csv("SELECT id FROM orders WHERE false"), "id\r\n");
  });

  it("says where Sail computes otherwise than Spark", async () => {
    const { warnings } = await query(asked("SELECT CAST(total AS STRING) AS t FROM orders"), worker);
    assert.lengthOf(warnings, 1);
  });

  it("changes nothing: not a byte, and no file's time", async () => {
    const shown = () => readdirSync(join(lake, "b"), { recursive: true });
    const before = shown();
    await csv("SELECT count(*) FROM orders JOIN customers USING (id)");
    assert.deepEqual(shown(), before);
  });

  it("ends by a Ctrl-C, and leaves no process behind", async () => {
    const sql = "SELECT count(*) FROM range(1000000) a CROSS JOIN range(1000000) b WHERE a.id * b.id % 7 = 3";
    const args = ["query", sql, "--root", folderOf(SHOP), "--lake", lake];
    const child = spawn(process.execPath, [join(HOME, "bin", "strata.mjs"), ...args], { stdio: "ignore" });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    await until(() => busy(lake));
    child.kill("SIGINT");
    assert.equal(await ended, 130);
    await until(() => workersOf(lake).length === 0);
  });

  it("is SQL, and not the name of a query for Athena", async () => {
    const root = folderOf({ ...SHOP, "pipelines/shop/pipeline.yaml": "queries: { by_day: SELECT 1 }\n" });
    const { code, stderr } = await strata(["query", "by_day", "--root", root, "--lake", lake]);
    assert.equal(code, 2);
    assert.match(stderr, /`by_day` is a named query of pipeline `shop`, for Athena/);
    const unset = await strata(["query", "SELECT 1", "--as-of", "", "--root", root, "--lake", lake]);
    assert.equal(unset.code, 2);
    assert.match(unset.stderr, /`--as-of` is empty\n/);
  });
});

const workersOf = (lake: string) => processesOf("worker.py", lake);

/** True when a worker computes: it has used more than two seconds of CPU, which its start does not take. */
function busy(lake: string): boolean {
  return workersOf(lake).some((id) => {
    const fields = readFileSync(`/proc/${id}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return Number(fields[11]) + Number(fields[12]) > 200;
  });
}
