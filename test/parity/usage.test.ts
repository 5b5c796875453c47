/** What `strata parity` refuses before it runs anything. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { folderOf, removeFolders, SHOP, strata } from "../cli/strata.ts";

describe("strata parity, usage", function () {
  this.timeout(180_000);
  afterEach(removeFolders);

  it("names each mistake with the remedy, exit 2, and writes nothing", async () => {
    const root = folderOf(SHOP);
    const noJava = { JAVA_HOME: "", PATH: "/nonexistent" };
    const cases: readonly (readonly [readonly string[], NodeJS.ProcessEnv, RegExp])[] = [
      [["shpo"], {}, /there is no pipeline `shpo`\n.*`shop`/],
      [["--datasets", "order"], {}, /there is no dataset `order`; known: orders/],
      [["--param", "day"], {}, /invalid `--param day`: not of the form name=value\n/],
      [[], noJava, /Java not found: install OpenJDK 17 .*\n.*set JAVA_HOME/],
      [[], { JAVA_HOME: join(root, "java") }, /Java not found: install OpenJDK 17/],
    ];
    const outcomes = await Promise.all(
      cases.map(([args, env]) => strata(["parity", "--root", root, "--lake", join(root, "lake"), ...args], { env })),
    );
    for (const [index, { code, stdout, stderr }] of outcomes.entries()) {
      const [args, , message] = cases[index] as (typeof cases)[number];
      assert.equal(code, 2, `${args}: ${stderr}`);
      assert.match(stderr, message);
      assert.notMatch(stderr, /\n\s+at /);
      assert.equal(stdout, "");
    }
    assert.sameMembers(readdirSync(root), ["pipelines", "sql"]);
  });
});
