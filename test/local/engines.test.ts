/** The sample on Sail and on Apache Spark 4.1.1, by `strata parity`: every target, every column, row by row. */

import { assert } from "chai";
import { folderOf, removeFolders, strata } from "../cli/strata.ts";
import { sparkProblem } from "../parity/spark.ts";

describe("Sail and Spark", function () {
  this.timeout(400_000);
  afterEach(removeFolders);

  it("write the same rows and types into every target of the sample", async function () {
    const problem = sparkProblem();
    if (problem !== undefined) {
      process.stdout.write(`    skipped: ${problem}\n`);
      this.skip();
    }
    const lake = folderOf({});
    assert.equal((await strata(["data", "--scale", "0.005", "--lake", lake])).code, 0);
    const { code, stdout, stderr } = await strata(["parity", "bookings", "--lake", lake]);
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    const lines = stdout.trimEnd().split("\n");
    assert.equal(lines.pop(), "Sail and Spark commit the same results");
    assert.isAbove(lines.length, 10);
    for (const line of lines) assert.match(line, /^equal {4}\w+ {2}[\d,]+ rows$/);
    const filled = lines.filter((line) => !line.endsWith("  0 rows"));
    assert.isAbove(filled.length, 10);
  });
});
