/** A stack's settings file, by itself; the places of its mistakes: test/cli/check-stacks.test.ts. */

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

  it("of an unknown stack name the known ones; a path is not a stack", () => {
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

  it("that are not files are reported, and not waited for", () => {
    for (const [make, words] of [
      [(path: string) => mkdirSync(path), "`Pulumi.dev.yaml` is a folder, not a file"],
      [(path: string) => spawnSync("mkfifo", [path]), "`Pulumi.dev.yaml` is not a text file"],
    ] as const) {
      const home = folderOf({ "Pulumi.yaml": PROJECT });
      make(join(home, "Pulumi.dev.yaml"));
      const reported = readSettings(home, "dev").diagnostics.map(({ code, message }) => `${code} ${message}`);
      assert.deepEqual(reported, [`S004 ${words}`]);
    }
  });

  it("stop `asl --stack` with the key to set, before anything is printed", async () => {
    const root = folderOf({ ...SHOP, "Pulumi.yaml": PROJECT, "Pulumi.dev.yaml": RIGHT });
    const { code, stdout, stderr } = await strata(["asl", "--stack", "dev", "--root", root]);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /error\[D006\]/);
    assert.include(stderr, "strata:buckets");
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
