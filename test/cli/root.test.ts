/** Which root a command works on: as git does, the nearest one at or above the current folder. */

import { existsSync, mkdirSync, readFileSync, realpathSync, rmdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { coloursOf } from "../../local/report/terminal.ts";
import { HOME } from "../../setup/node.mjs";
import { folderOf, type Outcome, program, removeFolders, SHOP, strata } from "./strata.ts";

/** Every command that works on a root, in a form that ends at once. */
const COMMANDS: readonly (readonly string[])[] = [
  ["check"],
  ["groups"],
  ["asl"],
  ["plan"],
  ["permissions", "--stack", "dev"],
  ["run"],
  ["query", "SELECT 1"],
  ["recover"],
  ["data"],
  ["start"],
  ["import", HOME],
];

describe("the root", () => {
  afterEach(removeFolders);

  it("is the nearest folder at or above the current one", async () => {
    const root = realpathSync(folderOf({ ...SHOP, "outer/inner/x.txt": "" }));
    const inside = await strata(["plan"], { cwd: join(root, "outer", "inner") });
    assert.equal(inside.code, 0);
    assert.equal(inside.stderr, `root: ${root}\n`);
    assert.match(inside.stdout, /^pipeline shop/);
    const at = await strata(["plan"], { cwd: root });
    assert.deepEqual(at, { ...inside, stderr: "" });
  });

  it("is never the installation's own: every command ends with 2 where there is none", async () => {
    const cwd = folderOf({ "pipelines/x.txt": "" });
    const ended = await Promise.all(COMMANDS.map((args) => strata(args, { cwd })));
    for (const [index, { code, stdout, stderr }] of ended.entries()) {
      const name = COMMANDS[index]?.join(" ");
      assert.equal(code, 2, name);
      assert.equal(stdout, "", name);
      assert.match(stderr, /^strata: neither `.*` nor a folder above it is a root.*\n {2}help: .*--root\n$/, name);
    }
  });

  it("and the lake are no empty text, which an unset variable gives", async () => {
    const cwd = folderOf(SHOP);
    for (const args of [
      ["plan", "--root", ""],
      ["run", "--lake", ""],
    ]) {
      const { code, stderr } = await strata(args, { cwd });
      assert.equal(code, 2, args.join(" "));
      assert.match(stderr, /^strata: --root or --lake is an empty text\n {2}help: name a folder/);
    }
  });

  it("keeps its own files where a lake would put a target in their place", async () => {
    const queries = SHOP["pipelines/shop/sql_queries.json"] ?? "";
    const [, bucket = ""] = /"s3_target":\s*"s3:\/\/([^/]+)\//.exec(queries) ?? [];
    assert.notEqual(bucket, "");
    for (const [own, lake] of [
      ["sql", "."],
      ["pipelines", "link"],
    ] as const) {
      const files = {
        ...SHOP,
        "pipelines/shop/sql_queries.json": queries.replaceAll(`s3://${bucket}/`, `s3://${own}/`),
      };
      const root = realpathSync(folderOf(files));
      symlinkSync(".", join(root, "link"));
      const { code, stderr } = await strata(["run", "--lake", lake], { cwd: root });
      assert.equal(code, 2, stderr);
      assert.include(stderr, `which meets your files in \`${join(root, own)}\`\n  help: name another folder`);
      for (const [path, text] of Object.entries(files)) assert.equal(readFileSync(join(root, path), "utf8"), text);
      assert.isFalse(existsSync(join(root, ".strata")));
    }
  });

  it("is said on stderr by every command, where it is not the current folder", async () => {
    const root = folderOf(SHOP);
    const cwd = folderOf({ "x.txt": "" });
    for (const args of [
      ["check"],
      ["groups"],
      ["recover", "--lake", join(root, "none")],
      ["query", "SELECT 1", "--lake", root],
    ]) {
      const { stderr } = await strata([...args, "--root", root], { cwd });
      assert.include(stderr, `root: ${root}\n`, args.join(" "));
      assert.equal(stderr.split("root: ").length, 2, "once");
    }
  });

  it("may be reached by a link, from a folder that was deleted, and must hold pipelines", async () => {
    const root = folderOf(SHOP);
    const cwd = folderOf({ "x.txt": "" });
    symlinkSync(root, join(cwd, "link"));
    assert.equal((await strata(["check", "--root", "link"], { cwd })).code, 0);
    const linked = await strata(["check"], { cwd: join(cwd, "link") });
    assert.deepEqual([linked.code, linked.stderr], [0, ""]);
    mkdirSync(join(cwd, "gone"));
    const [node, main] = [process.execPath, join(HOME, "bin", "strata.mjs")];
    const inGone = (args: string) =>
      program("sh", ["-c", `cd '${cwd}/gone' && rmdir ../gone && '${node}' '${main}' ${args}`]);
    const lost: Outcome = await inGone("check");
    assert.equal(lost.code, 2);
    assert.match(lost.stderr, /the current folder does not exist any more\n {2}help: /);
    mkdirSync(join(cwd, "gone"));
    assert.equal((await inGone(`check --root '${root}'`)).code, 0);
    const empty = await strata(["check", "--root", join(cwd)]);
    assert.equal(empty.code, 2);
    assert.match(empty.stderr, /has no folder `pipelines`/);
    assert.throws(() => rmdirSync(join(cwd, "gone")));
  });

  it("of the tour is one that has the sample", async () => {
    const { code, stderr } = await strata(["start"], { cwd: folderOf(SHOP) });
    assert.equal(code, 2);
    assert.match(stderr, /has no pipeline `bookings`, which the tour runs\n {2}help: /);
  });
});

describe("colours", () => {
  const coloured = (isTTY: boolean, env: NodeJS.ProcessEnv) =>
    coloursOf({ isTTY } as NodeJS.WriteStream, env).red("x") !== "x";

  it("are those of a terminal, unless the environment says otherwise", () => {
    assert.isTrue(coloured(true, {}));
    assert.isFalse(coloured(true, { TERM: "dumb" }));
    assert.isFalse(coloured(true, { NO_COLOR: "1" }));
    assert.isFalse(coloured(true, { FORCE_COLOR: "0" }));
    assert.isFalse(coloured(false, {}));
    assert.isTrue(coloured(false, { FORCE_COLOR: "1" }));
    assert.isFalse(coloured(false, { FORCE_COLOR: "1", NO_COLOR: "1" }));
  });
});
