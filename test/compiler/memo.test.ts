/** What the compiler remembers of texts changes no result. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import type { Memo } from "../../compiler/input.ts";
import { loadRoot } from "../../loading/load.ts";
import { HOME } from "../../setup/node.mjs";
import { folderOf, removeFolders } from "../cli/strata.ts";
import { parseArchive } from "../txtar.ts";
import { MISTAKES } from "./analyst/mistakes.ts";

const { sections } = parseArchive(readFileSync(join(import.meta.dirname, "analyst", "shop.txtar"), "utf8"));
const SHOP = new Map(sections.map(({ name, body }) => [name, body]));

/** A memo that keeps JSON, as the one on disk does, and counts what is new. */
class Entries implements Memo {
  readonly #entries = new Map<string, string>();
  made: string[] = [];

  get(name: string): unknown {
    const text = this.#entries.get(name);
    return text === undefined ? undefined : JSON.parse(text);
  }

  put(name: string, value: unknown): void {
    this.made.push(name.split(" ")[0] ?? "");
    this.#entries.set(name, JSON.stringify(value));
  }
}

/** Plans and diagnostics as JSON. */
async function resultOf(root: string, memo?: Memo): Promise<unknown> {
  const { pipelines, diagnostics } = await loadRoot(root, { memo });
  const plans = pipelines.map(({ name, plan, stages }) => ({ name, plan, stages }));
  return JSON.parse(JSON.stringify({ plans, diagnostics }));
}

describe("the compiler with a memo", () => {
  afterEach(removeFolders);

  it("gives the same plans and diagnostics of the sample, and computes nothing again", async () => {
    const memo = new Entries();
    const wanted = await resultOf(HOME);
    assert.deepEqual(await resultOf(HOME, memo), wanted);
    assert.include(memo.made, "facts");
    assert.include(memo.made, "names");
    memo.made = [];
    assert.deepEqual(await resultOf(HOME, memo), wanted);
    assert.deepEqual(memo.made, []);
  });

  it("gives the same of every mistake, with what it remembers of all others", async () => {
    const memo = new Entries();
    for (const { what, edits } of MISTAKES) {
      const files = new Map(SHOP);
      for (const [file, from, to] of edits)
        files.set(
          file,
          (files.get(file) ?? "").replace(from, () => to),
        );
      const root = folderOf(Object.fromEntries(files));
      const wanted = await resultOf(root);
      assert.deepEqual(await resultOf(root, memo), wanted, what);
      assert.deepEqual(await resultOf(root, memo), wanted, what);
    }
  });

  it("computes an edited query again, and those that see other columns", async () => {
    const memo = new Entries();
    const check = async (text: string) => {
      const files = new Map(SHOP);
      files.set("sql/shop/br_items.sql", text);
      memo.made = [];
      await resultOf(folderOf(Object.fromEntries(files)), memo);
      return memo.made;
    };
    const query = SHOP.get("sql/shop/br_items.sql") ?? "";
    await check(query);
    assert.deepEqual(await check(query), []);
    assert.deepEqual(await check(`-- Items.\n${query}`), ["facts", "names"]);
    // Read by sv_orders and ft_sales, whose own columns stay.
    assert.deepEqual(await check(query.replace("unit_price", "unit_price, quantity AS number")), [
      "facts",
      "names",
      "names",
      "names",
    ]);
  });
});
