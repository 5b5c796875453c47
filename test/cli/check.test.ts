/** `strata check`, the launcher, and what a mistake in the call looks like. */

import { spawn } from "node:child_process";
import { join } from "node:path";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { folderOf, program, removeFolders, SHOP, strata } from "./strata.ts";

describe("strata check", () => {
  afterEach(removeFolders);

  it("prints pipelines, stages and no diagnostics for a root without mistakes", async () => {
    const { code, stdout } = await strata(["check", "--root", folderOf(SHOP), "--format", "json", "--types", "off"]);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), {
      version: 1,
      stacks: [],
      columns: { all: 6, known: 4, undeclared: ["orders_raw"] },
      types: { engine: null, why: "--types off" },
      diagnostics: [],
      pipelines: [
        {
          name: "shop",
          stages: [
            { name: "bronze", datasets: ["orders"] },
            { name: "gold", datasets: ["totals"] },
          ],
        },
      ],
    });
  });

  it("exits 1 on an error and shows the line", async () => {
    const root = folderOf({ ...SHOP, "sql/shop/totals.sql": "SELECT sum(amount) AS total\nFROM orders_silver\n" });
    const { code, stdout } = await strata(["check", "--root", root]);
    assert.equal(code, 1);
    assert.include(stdout, "error[Q004]");
    assert.include(stdout, "--> sql/shop/totals.sql:2:6\n");
    assert.include(stdout, "2 | FROM orders_silver\n  |      ^^^^^^^^^^^^^\n");
  });

  it("ends with how many columns it knows, and which sources have none", async () => {
    const lastLine = async (files: Readonly<Record<string, string>>) => {
      const { stdout } = await strata(["check", "--root", folderOf(files), "--types", "off"]);
      return stdout.trimEnd().split("\n").at(-1);
    };
    assert.equal(
      await lastLine(SHOP),
      "2 datasets, 4 of 6 columns known; `orders_raw` has no columns: `strata schemas`",
    );
    const declared = "sources:\n  orders_raw:\n    columns: { id: bigint, amount: double, at: timestamp }\n";
    assert.equal(
      await lastLine({ ...SHOP, "pipelines/shop/pipeline.yaml": declared }),
      "2 datasets, 6 of 6 columns known",
    );
  });

  it("exits 1 on a warning only with --strict", async () => {
    const root = folderOf({ ...SHOP, "sql/shop/old.sql": "SELECT 1\n" });
    assert.equal((await strata(["check", "--root", root])).code, 0);
    assert.equal((await strata(["check", "--root", root, "--strict"])).code, 1);
  });

  it("gives the place of each diagnostic in JSON", async () => {
    const root = folderOf({ ...SHOP, "pipelines/shop/etl_stages.json": '{\n  "bronze": ["orders", "total"]\n}\n' });
    const { stdout } = await strata(["check", "--root", root, "--format", "json"]);
    const unknown = JSON.parse(stdout).diagnostics.find((each: { code: string }) => each.code === "C005");
    assert.deepEqual(unknown, {
      code: "C005",
      severity: "error",
      message: "stage `bronze` lists the unknown dataset `total`",
      file: "pipelines/shop/etl_stages.json",
      line: 2,
      column: 24,
      help: "did you mean `totals`?",
      fixes: [
        {
          safe: false,
          title: "replace `total` with `totals`",
          edits: [
            {
              file: "pipelines/shop/etl_stages.json",
              range: { start: { line: 2, column: 24 }, end: { line: 2, column: 31 } },
              text: '"totals"',
            },
          ],
        },
      ],
    });
  });

  it("stops at bad usage with one line and exit code 2", async () => {
    const root = folderOf(SHOP);
    for (const args of [
      ["check", "nope", "--root", root],
      ["check", "--format", "xml"],
      ["chekc"],
      ["check", "--root", join(root, "gone")],
      ["check", "--root", join(root, "sql", "shop", "totals.sql")],
    ]) {
      const { code, stderr } = await strata(args);
      assert.equal(code, 2, args.join(" "));
      assert.notMatch(stderr, /^\s+at /m, "no stack trace");
      assert.isAbove(stderr.length, 10);
    }
  });

  it("names the remedy in a root without pipelines", async () => {
    const { code, stderr } = await strata(["check", "--root", folderOf({ "readme.txt": "" })]);
    assert.equal(code, 2);
    assert.match(stderr, /has no folder `pipelines`\n {2}help: /);
  });

  it("does not complain when its reader closes the pipe", async () => {
    const root = folderOf({ ...SHOP, "sql/shop/totals.sql": "SELECT 1 FROM x\n" });
    const child = spawn(process.execPath, [join(HOME, "bin", "strata.mjs"), "asl", "--root", root], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += chunk));
    await new Promise((resolve) => child.on("close", resolve));
    assert.notInclude(stderr, "EPIPE");
  });

  it("shows help with an example for every command", async () => {
    for (const command of [
      "check",
      "groups",
      "asl",
      "plan",
      "lineage",
      "data",
      "run",
      "recover",
      "query",
      "import",
      "start",
    ]) {
      const { code, stdout } = await strata([command, "--help"]);
      assert.equal(code, 0, command);
      assert.include(stdout, `Example:\n  strata ${command}`);
    }
  });

  it("gives the same bytes twice", async () => {
    const root = folderOf({ ...SHOP, "sql/shop/totals.sql": `SELECT 1 FROM x -- ${Math.random()}\n` });
    const [first, second] = [await strata(["check", "--root", root]), await strata(["check", "--root", root])];
    assert.equal(first.stdout, second.stdout);
  });
});

/** A stack's settings without mistakes, with the account id that Strata ships. */
const DEV = `config:
  strata:region: eu-central-1
  strata:allowedAccountIds: ["111111111111"]
  strata:buckets: { lake: {} }
`;

describe("strata check, of stacks", () => {
  afterEach(removeFolders);

  it("shows the line, and says what was checked", async () => {
    const root = folderOf({ ...SHOP, "Pulumi.dev.yaml": `${DEV}  strata:rgion: x\n` });
    const { stdout } = await strata(["check", "shop", "--root", root, "--types", "off"]);
    assert.include(stdout, "--> Pulumi.dev.yaml:5:3\n5 |   strata:rgion: x\n");
    assert.match(stdout, /\n1 error; checked 1 pipeline \(shop\), 2 datasets, 1 stack \(dev\)\n2 datasets, /);
  });

  it("offers the nearest name of a setting and of a key of one", async () => {
    const text = DEV.replace("strata:region", "strata:regoin").replace("{ lake: {} }", "{ lake: { nmae: a } }");
    const root = folderOf({ ...SHOP, "Pulumi.dev.yaml": text });
    const { stdout } = await strata(["check", "--root", root, "--format", "json"]);
    const edits = JSON.parse(stdout).diagnostics.flatMap(
      (each: { fixes: { safe: boolean; edits: { text: string; range: unknown }[] }[] }) =>
        each.fixes.map(({ safe, edits: [edit] }) => [safe, edit?.text, JSON.stringify(edit?.range)]),
    );
    const range = (line: number, from: number, to: number) =>
      JSON.stringify({ start: { line, column: from }, end: { line, column: to } });
    assert.deepEqual(edits, [
      [false, "strata:region", range(2, 3, 16)],
      [false, "name", range(4, 29, 33)],
    ]);
  });

  it("has no mistake in the shipped root, with its placeholder account ids", async () => {
    const { code, stdout } = await strata(["check", "--root", HOME, "--strict", "--format", "json"]);
    assert.equal(code, 0, stdout);
    assert.deepEqual(JSON.parse(stdout).stacks, ["dev", "prod"]);
  });
});

describe("the launcher", () => {
  afterEach(removeFolders);

  it("runs on a Node that cannot read TypeScript, by the Node that the lockfile brings", async function () {
    const old = process.env.STRATA_OLD_NODE ?? "node";
    const { stdout: version } = await program(old, ["--version"]);
    if (!/^v2[01]\./.test(version)) this.skip();
    const { code, stdout } = await program(old, [
      join(HOME, "bin", "strata.mjs"),
      "check",
      "--types",
      "off",
      "--root",
      folderOf(SHOP),
    ]);
    assert.equal(code, 0);
    assert.include(stdout, "no errors; checked 1 pipeline (shop), 2 datasets, no stack\n");
  });

  it("passes the exit code on", async () => {
    const { code } = await program("node", [join(HOME, "bin", "strata.mjs"), "chekc"]);
    assert.equal(code, 2);
  });
});
