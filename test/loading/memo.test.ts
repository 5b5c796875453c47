/** The compiler's memo on disk: used whole or not at all. */

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { openMemo } from "../../loading/memo.ts";
import { folderOf, removeFolders } from "../cli/strata.ts";

describe("the compiler's memo", () => {
  afterEach(removeFolders);

  const open = (root: string, version = "1", key = join(root, "user", "key")) => {
    const memo = openMemo(root, version, key);
    if (memo === undefined) throw new Error("there is no memo");
    return memo;
  };
  const fileOf = (root: string) => join(root, ".strata", "cache", "compiler.memo");
  /** A root whose memo has entries `0`, `1`, …. */
  const filled = async (number: number) => {
    const root = folderOf({});
    const memo = open(root);
    for (let at = 0; at < number; at += 1) memo.put(String(at), { at, text: "a\n\t\u2028é" });
    await memo.save();
    return root;
  };

  it("keeps values between commands, in a file that only the user reads", async () => {
    const root = await filled(3);
    assert.deepEqual(open(root).get("2"), { at: 2, text: "a\n\t\u2028é" });
    assert.isUndefined(open(root).get("3"));
    assert.deepEqual(
      [fileOf(root), join(root, "user", "key")].map((path) => statSync(path).mode & 0o777),
      [0o600, 0o600],
    );
  });

  it("ignores a file with any byte changed, cut off or added", async () => {
    const root = await filled(2);
    const bytes = readFileSync(fileOf(root));
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = Buffer.from(bytes);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
      writeFileSync(fileOf(root), damaged);
      const found = open(root).get("1");
      // A hex digit of the code in upper case is the same code.
      if (found !== undefined) assert.deepEqual(found, { at: 1, text: "a\n\t\u2028é" }, `byte ${at}`);
      assert.isTrue(found === undefined || at < 64, `byte ${at}`);
    }
    for (const text of [bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.from("x\t1\n")]), Buffer.alloc(0)]) {
      writeFileSync(fileOf(root), text);
      assert.isUndefined(open(root).get("1"));
    }
  });

  it("ignores a file of another version of the compiler, and of another user", async () => {
    const root = await filled(2);
    assert.isUndefined(open(root, "2").get("1"));
    assert.isUndefined(open(root, "1", join(root, "other", "key")).get("1"));
    assert.isDefined(open(root).get("1"));
  });

  it("does without where it can neither read nor write", async () => {
    const root = folderOf({ "user/key": "short", ".strata": "a file" });
    assert.isUndefined(openMemo(root, "1", join(root, "user", "key")));
    const memo = open(root, "1", join(root, "other"));
    memo.put("a", 1);
    await memo.save();
    assert.equal(memo.get("a"), 1);
    assert.isUndefined(open(root, "1", join(root, "other")).get("a"));
  });

  it("writes nothing for a few new entries, and all of them when they are more", async () => {
    const root = await filled(100);
    const use = async (number: number) => {
      const memo = open(root);
      for (let at = 0; at < 100; at += 1) memo.get(String(at));
      for (let at = 0; at < number; at += 1) memo.put(`new ${at}`, at);
      await memo.save();
      return open(root).get("new 0");
    };
    assert.isUndefined(await use(20));
    assert.equal(await use(21), 0);
  });

  it("drops what was not used", async () => {
    const root = await filled(100);
    const memo = open(root);
    for (let at = 0; at < 50; at += 1) memo.get(String(at));
    await memo.save();
    assert.isDefined(open(root).get("49"));
    assert.isUndefined(open(root).get("50"));
  });

  it("has the whole result of one of two commands at a time", async () => {
    const root = await filled(1);
    const memos = [open(root), open(root)];
    for (const [index, memo] of memos.entries()) for (let at = 0; at < 30; at += 1) memo.put(`${index} ${at}`, index);
    for (const memo of memos) await memo.save();
    assert.equal(open(root).get("1 29"), 1);
    assert.isUndefined(open(root).get("0 29"));
    assert.deepEqual(readdirSync(join(root, ".strata", "cache")), ["compiler.memo"]);
  });

  it("does not write through a folder that is a file", async () => {
    const root = folderOf({});
    mkdirSync(fileOf(root), { recursive: true });
    const memo = open(root);
    memo.put("a", 1);
    await memo.save();
    assert.isUndefined(open(root).get("a"));
  });
});
