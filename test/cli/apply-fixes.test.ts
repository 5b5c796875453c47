/** docs/examples/apply-fixes.mjs: an editor's or a bot's use of the JSON, on the original pipeline and its nine faults. */

import { spawnSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { folderOf, removeFolders, SHOP, strata } from "./strata.ts";

const SCRIPT = join(HOME, "docs", "examples", "apply-fixes.mjs");

/** Checks, applies, and so on while there is something to apply; codes of the first check, titles of what was applied, codes of the last check. */
async function mend(root: string) {
  const done: string[] = [];
  let first: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    const { stdout } = await strata(["check", "--root", root, "--format", "json"]);
    const codes = JSON.parse(stdout).diagnostics.map(({ code }: { code: string }) => code);
    if (round === 0) first = codes;
    const applied = spawnSync(process.execPath, [SCRIPT, root], { input: stdout, encoding: "utf8" });
    assert.equal(applied.stderr, "");
    if (applied.stdout === "") return { first, done, left: codes };
    done.push(...applied.stdout.trimEnd().split("\n"));
  }
  throw new Error(`fixes without an end: ${done}`);
}

/**
 * The nine faults of the original, in order: the code that finds each, and the edit that mends it. The first and the sixth to eighth are about what
 * Strata itself makes; the ninth, a difference of timestamps, shows once `sources` declares types (Q057), and in the run.
 */
const FAULTS: readonly { readonly code?: string; readonly edit?: string }[] = [
  {},
  // Nothing in the pipeline is called `routes_bronze`.
  { code: "Q004" },
  { code: "Q006", edit: "put the name `range` into backticks" },
  { code: "Q056", edit: "write the column alone" },
  { code: "C007", edit: "add it to stage `fact_stage`" },
  {},
  {},
  {},
  {},
];

describe("fixes from the JSON, by a script", () => {
  afterEach(removeFolders);

  it("mend of the original's faults what an edit can", async () => {
    const root = folderOf({});
    cpSync(join(HOME, "test", "fixtures", "original"), root, { recursive: true });
    const { first, done, left } = await mend(root);
    const codes = FAULTS.flatMap(({ code }) => code ?? []);
    assert.sameMembers(first, [...codes, "C010"], "a file that no dataset names is part of the fifth");
    assert.sameMembers(
      done,
      FAULTS.flatMap(({ edit }) => edit ?? []),
    );
    assert.sameMembers(left, [...FAULTS.flatMap(({ code, edit }) => (edit === undefined && code) || []), "C010"]);
  });

  it("counts lines and columns as Strata does: marks, line ends, wide characters", async () => {
    const sql = "sql/shop/totals.sql";
    const root = folderOf({
      ...SHOP,
      [sql]: '\ufeffSELECT sum("amount") AS "a 🚀",\r"x" AS x\r\n FROM "orders_bronze"\n',
    });
    await mend(root);
    assert.equal(
      readFileSync(join(root, sql), "utf8"),
      "\ufeffSELECT sum(`amount`) AS `a 🚀`,\r'x' AS x\r\n FROM `orders_bronze`\n",
    );
  });

  it("is short", () => {
    const lines = readFileSync(SCRIPT, "utf8").split("\n");
    assert.isAtMost(lines.filter((line) => line.trim() !== "" && !line.trim().startsWith("//")).length, 30);
  });
});
