/** What the fixture records of Spark's analyzer is what Spark 4.1 says. */

import { assert } from "chai";
import { folderOf, removeFolders } from "../../cli/strata.ts";
import { sparkProblem } from "../../parity/spark.ts";
import { answersOf, questionOf, readQueries, writeQueries } from "./queries.ts";

describe("types on Spark", () => {
  after(removeFolders);

  it("refuses and takes what the fixture says, each with a place", async function () {
    if (sparkProblem() !== undefined) this.skip();
    this.timeout(180_000);
    const { tables, queries } = readQueries();
    const questions = queries.map(({ sql }) => questionOf(sql, tables));
    const answers = await answersOf("spark", questions, folderOf({}));
    const kinds = answers.map(({ mistakes }) => mistakes[0]?.kind ?? null);
    if (process.env.UPDATE_GOLDENS === "1") {
      for (const [index, each] of queries.entries()) each.spark = kinds[index] ?? null;
      writeQueries({ tables, queries });
    }
    for (const [index, { sql, spark }] of queries.entries()) assert.equal(kinds[index], spark, sql);
    const unplaced = answers.flatMap(({ mistakes }) => mistakes).filter(({ offset }) => offset === null);
    assert.deepEqual(unplaced, []);
    for (const [index, { columns, mistakes }] of answers.entries())
      assert.equal(columns === null, mistakes.length > 0, queries[index]?.sql);
  });
});
