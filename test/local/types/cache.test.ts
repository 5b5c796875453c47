/** The cache of types: right when damaged, of another version, or written by two. */

import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import type { Answer, Question } from "../../../local/types/answer.ts";
import { openCache } from "../../../local/types/cache.ts";
import { folderOf, removeFolders } from "../../cli/strata.ts";

const QUESTION: Question = { sql: "SELECT a FROM t", tables: [["t", [["a", "int", false]]]], params: [] };
const ANSWER: Answer = { columns: [["a", "int", false]], mistakes: [], refused: null };

const fileOf = (root: string) => join(root, ".strata", "cache", "types-sail.json");

async function written(version = "1"): Promise<string> {
  const root = folderOf({});
  const cache = openCache(root, "sail", version);
  cache.set(QUESTION, ANSWER);
  await cache.save();
  return root;
}

describe("cache of types", () => {
  afterEach(removeFolders);

  it("knows an answer by all that it depends on", async () => {
    const root = await written();
    const cache = openCache(root, "sail", "1");
    assert.deepEqual(cache.get(QUESTION), ANSWER);
    const others: Question[] = [
      { ...QUESTION, sql: "SELECT a FROM  t" },
      { ...QUESTION, tables: [["t", [["a", "bigint", false]]]] },
      { ...QUESTION, tables: [["t", [["a", "int", true]]]] },
      { ...QUESTION, tables: [["T", [["a", "int", false]]]] },
      { ...QUESTION, params: [["p", "int", null]] },
    ];
    for (const other of others) assert.isUndefined(cache.get(other));
    assert.isUndefined(openCache(root, "sail", "2").get(QUESTION));
    assert.isUndefined(openCache(root, "spark", "1").get(QUESTION));
  });

  it("is private, and only written where there is something new", async () => {
    const root = await written();
    assert.equal(statSync(fileOf(root)).mode & 0o077, 0);
    const before = statSync(fileOf(root)).ino;
    const cache = openCache(root, "sail", "1");
    cache.get(QUESTION);
    await cache.save();
    assert.equal(statSync(fileOf(root)).ino, before);
  });

  it("drops what was not asked for once it is written again", async () => {
    const root = await written();
    const cache = openCache(root, "sail", "1");
    cache.set({ ...QUESTION, sql: "SELECT 1" }, ANSWER);
    await cache.save();
    assert.isUndefined(openCache(root, "sail", "1").get(QUESTION));
  });

  it("ignores a file of which any byte differs", async () => {
    const root = await written();
    const whole = readFileSync(fileOf(root));
    for (let index = 0; index < whole.length; index += 1) {
      const damaged = Buffer.from(whole);
      damaged[index] = (damaged[index] ?? 0) ^ 1;
      writeFileSync(fileOf(root), damaged);
      assert.isUndefined(openCache(root, "sail", "1").get(QUESTION), String(index));
      writeFileSync(fileOf(root), whole.subarray(0, index));
      assert.isUndefined(openCache(root, "sail", "1").get(QUESTION), String(index));
    }
    writeFileSync(fileOf(root), whole);
    assert.deepEqual(openCache(root, "sail", "1").get(QUESTION), ANSWER);
  });

  it("goes without a folder that cannot be written", async () => {
    const root = folderOf({ ".strata": "a file" });
    const cache = openCache(root, "sail", "1");
    cache.set(QUESTION, ANSWER);
    await cache.save();
    const readOnly = folderOf({});
    mkdirSync(join(readOnly, ".strata"));
    chmodSync(join(readOnly, ".strata"), 0o500);
    const other = openCache(readOnly, "sail", "1");
    other.set(QUESTION, ANSWER);
    await other.save();
    assert.isFalse(existsSync(fileOf(root)));
  });

  it("is whole after several writers at once", async () => {
    const root = folderOf({});
    const caches = Array.from({ length: 8 }, () => openCache(root, "sail", "1"));
    for (const cache of caches) cache.set(QUESTION, ANSWER);
    await Promise.all(caches.map((cache) => cache.save()));
    assert.deepEqual(openCache(root, "sail", "1").get(QUESTION), ANSWER);
  });
});
