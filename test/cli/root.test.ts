/** Which root a command works on: as git does, the nearest one at or above the current folder. */

import { existsSync, mkdirSync, readFileSync, realpathSync, rmdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { lakeOf, rootOf } from "../../cli/root.ts";
import { executionInput, namesOf } from "../../cli/run-options.ts";
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
      assert.match(stderr, /^strata: neither `.*` nor a folder above it has .*\n {2}help: .*--root\n$/, name);
    }
  });

  it("and the lake are never an empty text, which an unset variable gives", async () => {
    const cwd = folderOf(SHOP);
    for (const args of [
      ["plan", "--root", ""],
      ["run", "--lake", ""],
    ]) {
      const { code, stderr } = await strata(args, { cwd });
      assert.equal(code, 2, args.join(" "));
      assert.match(stderr, /^strata: `--root` or `--lake` is empty\n {2}help: name a folder/);
    }
  });

  it("and the lake have paths that every engine reads as they are", async () => {
    const root = realpathSync(folderOf({ ...SHOP, "x*y/z.txt": "" }));
    symlinkSync("x*y", join(root, "plain"));
    symlinkSync("nowhere", join(root, "dangling"));
    for (const [lake, words] of [
      ["a*b", /contains `\*`: engines treat .* as a pattern$/],
      ["a?/b", /contains `\?`/],
      ["a[b]", /contains `\[`/],
      ["{a,b}", /contains `{`/],
      ["plain", /contains `\*`/],
      ["a\nb", /contains a control character/],
      ["a\u007fb", /contains a control character/],
      ["a\u{fffd}b", /contains bytes that are not UTF-8/],
      ["dangling", /^`.*dangling` is a broken link$/],
      ["dangling/b", /^`.*dangling` is a broken link$/],
    ] as const)
      assert.throws(() => lakeOf({ lake: join(root, lake) }), words, lake);
    assert.throws(() => lakeOf({ root: join(root, "a[b]") }), /contains `\[`/, "the lake inside");
    assert.throws(() => rootOf({ root: "/a\u{fffd}" }), /has bytes that are not UTF-8/);
    for (const name of ["plain name", 'it\'s "é" %20 #1&2;:,!$~^`|(+)@=', "_x", "."])
      assert.equal(lakeOf({ lake: join(root, name) }), join(root, name));
    const { code, stdout, stderr } = await strata(["run", "--lake", "a[b]"], { cwd: root });
    assert.deepEqual([code, stdout, existsSync(join(root, "a[b]"))], [2, "", false]);
    assert.match(
      stderr,
      /^strata: the path of the lake `.*a\[b\]` contains `\[`: .*\n {2}help: name another folder with --lake\n$/,
    );
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
      for (const command of [["run"], ["recover"], ["recover", "--rebuild", "orders", "--yes"]]) {
        const { code, stderr } = await strata([...command, "--lake", lake], { cwd: root });
        assert.equal(code, 2, stderr);
        assert.include(stderr, `which overlaps your files in \`${join(root, own)}\`\n  help: name another folder`);
      }
      for (const [path, text] of Object.entries(files)) assert.equal(readFileSync(join(root, path), "utf8"), text);
      assert.isFalse(existsSync(join(root, ".strata")));
    }
  });

  it("is shown on stderr by every command, where it is not the current folder", async () => {
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
    assert.match(lost.stderr, /the current folder no longer exists\n {2}help: /);
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
    assert.match(stderr, /has no pipeline `bookings`, which `strata start` runs\n {2}help: /);
  });
});

describe("values of parameters", () => {
  it("are given once", () => {
    const param = ["day=2026-01-01", "__proto__=x", "day=2026-01-02"];
    assert.throws(() => executionInput({ param }), "`--param day` is given twice");
    assert.deepEqual(Object.entries(executionInput({ param: param.slice(0, 2) }).params ?? {}), [
      ["day", "2026-01-01"],
      ["__proto__", "x"],
    ]);
  });
});

describe("names by comma", () => {
  afterEach(removeFolders);

  it("are refused if one is empty, in every option that takes them", async () => {
    for (const text of ["", " ", ",", "a,,b", "a,", ",a"])
      assert.throws(() => namesOf("--datasets", text), /^--datasets (is empty|`.*` has an empty name)$/, text);
    assert.deepEqual(namesOf("--datasets", " a , b"), ["a", "b"]);
    const cwd = folderOf(SHOP);
    for (const [command, option] of [
      ["run", "--datasets"],
      ["run", "--stages"],
      ["parity", "--datasets"],
      ["recover", "--datasets"],
    ] as const) {
      const { code, stderr } = await strata([command, option, ","], { cwd });
      assert.deepEqual([code, stderr.split("\n")[0]], [2, `strata: ${option} \`,\` has an empty name`]);
    }
  });
});

describe("an output that cannot be written", () => {
  afterEach(removeFolders);

  it("is not called a full disk of the lake", async function () {
    if (!existsSync("/dev/full")) this.skip();
    const cwd = folderOf(SHOP);
    const command = `exec '${process.execPath}' '${join(HOME, "bin", "strata.mjs")}' plan >/dev/full`;
    const { code, stderr } = await program("sh", ["-c", command], { cwd });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^strata: the output cannot be written: ENOSPC.*\n {2}help: redirect it to a disk with free space/,
    );
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
