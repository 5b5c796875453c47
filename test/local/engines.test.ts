/** The sample on Sail and on Apache Spark 4.1.1: every target, every column, row by row. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { stagedDatasets } from "../../compiler/plan.ts";
import { loadRoot } from "../../loading/load.ts";
import { quoteName, scan, withDuckDb } from "../../local/catalog/duckdb.ts";
import { contentOf, folderOf as locationOf } from "../../local/catalog/files.ts";
import { javaProblem } from "../../setup/java.mjs";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { folderOf, removeFolders, strata } from "../cli/strata.ts";

describe("Sail and Spark", function () {
  this.timeout(400_000);
  afterEach(removeFolders);

  it("write the same rows and types into every target of the sample", async function () {
    const problem =
      javaProblem() ?? (existsSync(pythonOf("spark-4.1")) ? undefined : "the environment spark-4.1 is not set up");
    if (problem !== undefined) {
      process.stdout.write(`    skipped: ${problem}\n`);
      this.skip();
    }
    const folder = folderOf({});
    const lakes = ["sail", "spark"].map((engine) => join(folder, engine));
    for (const [index, engine] of ["sail", "spark"].entries()) {
      const lake = lakes[index] ?? "";
      assert.equal((await strata(["data", "--scale", "0.005", "--lake", lake])).code, 0);
      const { code, stdout } = await strata(["run", "bookings", "--engine", engine, "--lake", lake]);
      assert.equal(code, 0, stdout);
      assert.match(stdout.trimEnd().split("\n").at(-1) ?? "", new RegExp(`^Engine: ${engine} `));
    }
    const { pipelines } = await loadRoot(HOME);
    const plan = pipelines.find(({ name }) => name === "bookings")?.plan;
    if (plan === undefined) throw new Error("bookings compiles");
    await withDuckDb(async (connection) => {
      for (const { name, target } of stagedDatasets(plan)) {
        const [one, other] = await Promise.all(
          lakes.map(async (lake) => scan(await contentOf(locationOf(lake, target?.location ?? "")))),
        );
        const types = async (source: string | undefined) =>
          (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`))
            .getRows()
            .map((row) => row.slice(0, 2).map(String));
        const columns = await types(one);
        assert.deepEqual(columns, await types(other), `${name}: columns and types`);
        const list = columns.map(([column]) => quoteName(column ?? "")).join(", ");
        for (const [left, right] of [
          [one, other],
          [other, one],
        ]) {
          const difference = await connection.runAndReadAll(
            `SELECT count(*) FROM (SELECT ${list} FROM ${left} EXCEPT ALL SELECT ${list} FROM ${right})`,
          );
          assert.equal(String(difference.getRows()[0]?.[0]), "0", `${name}: rows`);
        }
      }
    });
  });
});
