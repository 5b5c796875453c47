/** A stack's settings file, by itself: each mistake has its code and place; what is right reaches the bindings. */

import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { loadRoot } from "../../loading/load.ts";
import { stackBindings } from "../../settings/bindings.ts";
import { readSettings } from "../../settings/read.ts";
import { HOME } from "../../setup/node.mjs";
import { folderOf, removeFolders, SHOP, strata } from "../cli/strata.ts";

const PROJECT = "name: shop\nruntime: nodejs\nconfig:\n  strata:logRetentionDays: { type: integer, default: 30 }\n";
const RIGHT = 'config:\n  strata:region: eu-central-1\n  strata:allowedAccountIds: ["123456789012"]\n';

const read = (stack: string, project = PROJECT) =>
  readSettings(folderOf({ "Pulumi.yaml": project, "Pulumi.dev.yaml": stack }), "dev");
const places = (stack: string) =>
  read(stack).diagnostics.map(({ code, file, line, column }) => `${code} ${file}:${line}:${column}`);

/** What the file holds below the right settings → the one diagnostic. */
const MISTAKES: Readonly<Record<string, readonly [text: string, place: string]>> = {
  "an unknown key": ["  strata:logRetentionDay: 14\n", "D002 Pulumi.dev.yaml:4:3"],
  "a number that is a word": ["  strata:logRetentionDays: many\n", "D003 Pulumi.dev.yaml:4:28"],
  "a retention that CloudWatch does not have": ["  strata:logRetentionDays: 15\n", "D003 Pulumi.dev.yaml:4:28"],
  "a truth value that is a word": ["  strata:deletableData: perhaps\n", "D003 Pulumi.dev.yaml:4:25"],
  "a list in place of an object": ["  strata:tags: [a]\n", "D003 Pulumi.dev.yaml:4:16"],
  "a bucket name that S3 refuses": ["  strata:buckets:\n    lake: { name: My_Bucket }\n", "D003 Pulumi.dev.yaml:5:19"],
};

describe("settings of a stack", () => {
  afterEach(removeFolders);

  it("are right with a region and an account", () => {
    const { settings, diagnostics } = read(RIGHT);
    assert.deepEqual(diagnostics, []);
    assert.deepInclude(settings, { region: "eu-central-1", allowedAccountIds: ["123456789012"] });
  });

  it("fall back on the project's default, which the stack's own value beats", () => {
    assert.equal(read(RIGHT).settings?.logRetentionDays, 30);
    assert.equal(read(`${RIGHT}  strata:logRetentionDays: 14\n`).settings?.logRetentionDays, 14);
  });

  for (const [what, [text, place]] of Object.entries(MISTAKES)) {
    it(`refuse ${what}`, () => {
      assert.deepEqual(places(RIGHT + text), [place]);
      assert.isUndefined(read(RIGHT + text).settings);
    });
  }

  it("refuse a secret that reaches the plan", () => {
    assert.include(places(`${RIGHT}  strata:scanLimitBytes:\n    secure: AAABAA==\n`).join(), "D004");
  });

  it("name every missing setting at once", () => {
    const found = read("config: {}\n").diagnostics;
    assert.deepEqual(
      found.map(({ code }) => code),
      ["D005", "D005"],
    );
    assert.match(found.map(({ message }) => message).join(), /region.*allowedAccountIds|allowedAccountIds.*region/);
  });

  it("show all mistakes at once, and YAML's own", () => {
    assert.deepEqual(places("config:\n  strata:regio: x\n  strata:logRetentionDays: x\n"), [
      "D002 Pulumi.dev.yaml:2:3",
      "D005 Pulumi.dev.yaml:1:1",
      "D003 Pulumi.dev.yaml:3:28",
    ]);
    assert.include(places("config:\n\t- a\n").join(), "S002");
  });

  it("of an unknown stack name the known ones; a path is no stack", () => {
    for (const stack of ["prd", "../dev", "x".repeat(300)]) {
      const home = folderOf({ "Pulumi.yaml": PROJECT, "Pulumi.dev.yaml": RIGHT, "Pulumi.prod.yaml": RIGHT });
      const { diagnostics } = readSettings(home, stack);
      assert.deepEqual(
        diagnostics.map(({ code }) => code),
        ["D001"],
      );
      assert.match(diagnostics[0]?.help ?? "", /prod|dev/);
    }
  });

  it("that are no file are said to be none, and not waited for", () => {
    for (const [make, words] of [
      [(path: string) => mkdirSync(path), "`Pulumi.dev.yaml` is a folder, not a file"],
      [(path: string) => spawnSync("mkfifo", [path]), "`Pulumi.dev.yaml` is not a text file"],
    ] as const) {
      const home = folderOf({ "Pulumi.yaml": PROJECT });
      make(join(home, "Pulumi.dev.yaml"));
      const told = readSettings(home, "dev").diagnostics.map(({ code, message }) => `${code} ${message}`);
      assert.deepEqual(told, [`S004 ${words}`]);
    }
  });

  it("leave keys of other namespaces alone", () => {
    assert.deepEqual(places(`${RIGHT}  aws:profile: dev\n  aws-native:region: eu-central-1\n`), []);
  });

  it("must map every logical bucket of the plan", async () => {
    const root = folderOf({ ...SHOP });
    const plan = (await loadRoot(root)).pipelines[0]?.plan;
    assert.isDefined(plan);
    const settings = read(`${RIGHT}  strata:buckets:\n    other: {}\n`).settings;
    assert.isDefined(settings);
    if (plan === undefined || settings === undefined) return;
    const { diagnostics } = stackBindings(plan, settings, ["bronze", "gold"]);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ["D006"],
    );
    assert.include(diagnostics[0]?.help ?? "", "strata:buckets");
  });

  it("stop `asl --stack` with the key to set, before anything is printed", async () => {
    const root = folderOf({ ...SHOP, "Pulumi.yaml": PROJECT, "Pulumi.dev.yaml": RIGHT });
    const { code, stdout, stderr } = await strata(["asl", "--stack", "dev", "--root", root]);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /error\[D006\]/);
    assert.include(stderr, "strata:buckets");
  });

  it("must give each logical bucket a physical one of its own", async () => {
    const plan = (await loadRoot(folderOf(SHOP))).pipelines[0]?.plan;
    const text = `${RIGHT}  strata:buckets:\n    lake: { name: one-bucket }\n    other: { name: one-bucket }\n`;
    const settings = read(text).settings;
    if (plan === undefined || settings === undefined) throw new Error("both are right by themselves");
    const { bindings, diagnostics } = stackBindings(plan, settings, []);
    assert.isUndefined(bindings);
    assert.deepEqual(
      diagnostics.map(({ code, message }) => [code, message]),
      [["D007", "the logical bucket `lake` and the logical bucket `other` are both `one-bucket`"]],
    );
  });

  it("must name stages that exist, by themselves or with their pipeline", async () => {
    const plan = (await loadRoot(folderOf(SHOP))).pipelines[0]?.plan;
    if (plan === undefined) throw new Error("SHOP compiles");
    const codes = (stage: string) => {
      const text = `${RIGHT}  strata:buckets:\n    lake: {}\n  strata:stages:\n    ${stage}: { numberOfWorkers: 5 }\n`;
      const settings = read(text).settings;
      if (settings === undefined) throw new Error("the settings are right by themselves");
      return stackBindings(plan, settings, ["bronze", "gold", "others"]).diagnostics.map(({ code }) => code);
    };
    for (const right of ["gold", "shop/gold", "others", "mart/silver"]) assert.deepEqual(codes(right), [], right);
    for (const wrong of ["golt", "shop/golt"]) assert.deepEqual(codes(wrong), ["D008"], wrong);
  });

  it("come from this repository where a root has no program of its own", async () => {
    const { code, stderr } = await strata(["asl", "--stack", "dev", "--root", folderOf(SHOP)]);
    assert.equal(code, 1);
    assert.match(stderr, /error\[D006\].*`lake`/, "known stack, unknown bucket");
    assert.match(
      (await strata(["asl", "--stack", "qa", "--root", folderOf(SHOP)])).stderr,
      /known stacks: `dev`, `prod`/,
    );
  });

  it("of this repository's dev and prod are right, and differ in buckets, retention and scan limit", () => {
    const [dev, prod] = ["dev", "prod"].map((stack) => readSettings(HOME, stack));
    assert.deepEqual([dev?.diagnostics, prod?.diagnostics], [[], []]);
    for (const key of ["logRetentionDays", "scanLimitBytes", "deletableData"] as const)
      assert.notEqual(dev?.settings?.[key], prod?.settings?.[key], join("strata:", key));
  });
});
