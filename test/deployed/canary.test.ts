/** The canary: the same pipeline here and in a stack. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import { CANARY_ROW, CANARY_TABLE } from "../../deployed/verify/catalog.ts";
import { CANARY_ROOT } from "../../loading/stack.ts";
import { policiesOf } from "../../policy/pack.ts";
import { RULES } from "../../policy/rules/all.ts";
import { HOME } from "../../setup/node.mjs";
import { folderOf, removeFolders, SHOP, strata } from "../cli/strata.ts";
import { byName, DEV, runStack } from "../components/stack.ts";
import { analyze } from "../policy/engine.ts";

describe("the canary", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "strata-canary-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(removeFolders);

  it("writes here exactly the row that `strata verify` expects", async () => {
    const at = ["--root", CANARY_ROOT, "--lake", join(folder, "lake")];
    const run = await strata(["run", ...at, "--format", "json"]);
    assert.equal(run.code, 0, run.stderr);
    // The pipeline's name has a hyphen, which its database's has not.
    const { stdout } = await strata(["query", `SELECT * FROM ${CANARY_TABLE}`, ...at, "--format", "json"]);
    const answer = JSON.parse(stdout) as unknown;
    assert.include(JSON.stringify(answer), JSON.stringify(CANARY_ROW.from_sql));
    assert.deepEqual([answer].flat(2).at(0), { ...CANARY_ROW });
  });

  describe("in a stack", () => {
    let made: Awaited<ReturnType<typeof runStack>>;
    before(async () => {
      made = await runStack(HOME, "dev", { ...DEV, buckets: { "postgres-repo": {} }, canary: true });
    });

    it("is one more pipeline, with a bucket of its own", () => {
      assert.isUndefined(made.error);
      const machines = byName(made.resources, "aws:sfn/stateMachine:StateMachine");
      assert.hasAllKeys(machines, ["bookings", "strata-canary"]);
      assert.equal(machines["strata-canary"]?.name, "strata-canary-dev");
      assert.property(made.outputs?.buckets, "strata-canary");
    });

    it("breaks no mandatory policy", async () => {
      const resources = made.resources.map(({ type, name, inputs }) => {
        const { protect = false, dependencies = {} } = made.options[`${type}::${name}`] ?? {};
        return { type, name, props: { arn: `arn:aws:mock:::${type}/${name}`, ...inputs }, protect, dependencies };
      });
      const { violations } = await analyze(
        policiesOf({ rules: RULES, waivers: [], today: "2026-01-01" }),
        "dev",
        resources,
      );
      assert.deepEqual(
        violations.filter(({ level }) => level === "mandatory").map(({ policy, urn }) => `${policy} ${urn}`),
        [],
      );
    });
  });

  it("is not there unless the stack asks for it, and named with the pipelines where those are chosen", async () => {
    const root = folderOf(SHOP);
    const without = await runStack(root, "dev", DEV);
    assert.notInclude(JSON.stringify(without.resources), "canary");
    const chosen = await runStack(root, "dev", { ...DEV, canary: true, pipelines: ["shop"] });
    assert.isUndefined(chosen.error);
    assert.hasAllKeys(byName(chosen.resources, "aws:sfn/stateMachine:StateMachine"), ["shop", "strata-canary"]);
  });

  it("shares its name with no pipeline of the root", async () => {
    const own = Object.fromEntries(
      Object.entries(SHOP).map(([path, text]) => [path.replace("pipelines/shop", "pipelines/strata-canary"), text]),
    );
    const { error, resources } = await runStack(folderOf(own), "dev", { ...DEV, canary: true });
    assert.match(error ?? "", /error\[D011\]: the pipeline `strata-canary` has the name of the stack's canary/);
    assert.deepEqual(resources, []);
  });
});
