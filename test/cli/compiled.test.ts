/** The command line keeps what it has compiled, and does without where it cannot. */

import { cpSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { folderOf, program, removeFolders } from "./strata.ts";

describe("compiled code of the command line", () => {
  afterEach(removeFolders);

  it("is kept in the installation; where that cannot be written, nothing is reported", async () => {
    const home = folderOf({});
    for (const part of ["package.json", "bin", "cli", "compiler", "contract", "loading", "local", "setup"])
      cpSync(join(HOME, part), join(home, part), { recursive: true });
    symlinkSync(join(HOME, "node_modules"), join(home, "node_modules"));
    const help = () =>
      program(process.execPath, [join(home, "bin", "strata.mjs"), "--help"], {
        env: { NODE_COMPILE_CACHE: undefined },
      });
    const first = await help();
    assert.equal(first.code, 0, first.stderr);
    assert.isNotEmpty(readdirSync(join(home, ".strata", "cache", "compiled")));
    assert.deepEqual(await help(), first);
    rmSync(join(home, ".strata"), { recursive: true });
    writeFileSync(join(home, ".strata"), "a file, where a folder should be");
    assert.deepEqual(await help(), first);
  });
});
