/** Which files of a folder are read: the job's rule (glue/tests/test_source_files.py puts the same names to it). */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { isVisible } from "../../local/catalog/files.ts";
import { HOME } from "../../setup/node.mjs";

const NAMES = JSON.parse(readFileSync(join(HOME, "test", "fixtures", "visible-names.json"), "utf8")) as object;

describe("names of files in a table's folder", () => {
  it("are visible to commands as they are to the job", () => {
    const names = Object.keys(NAMES);
    assert.deepEqual(Object.fromEntries(names.map((name) => [name, isVisible(name)])), NAMES);
  });
});
