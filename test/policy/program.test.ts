/** The committed program's resources of dev and prod, put to the whole pack with the committed waivers. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { policiesOf } from "../../policy/pack.ts";
import { RULES } from "../../policy/rules/all.ts";
import { HOME } from "../../setup/node.mjs";
import { folderOf, removeFolders, SHOP } from "../cli/strata.ts";
import { committedSettings, DEV, runStack } from "../components/stack.ts";
import { type Analysis, analyze, type Resource } from "./engine.ts";

/** Resources of the program, each with what the mock answers and the options that it was registered with. */
async function resourcesOf(root: string, stack: string, settings: Readonly<Record<string, unknown>>) {
  const { resources, options } = await runStack(root, stack, settings);
  return resources.map(({ type, name, inputs }): Resource => {
    const { protect = false, dependencies = {} } = options[`${type}::${name}`] ?? {};
    return { type, name, props: { arn: `arn:aws:mock:::${type}/${name}`, ...inputs }, protect, dependencies };
  });
}

const describeAll = ({ violations }: Analysis, level: string) =>
  violations
    .filter((each) => each.level === level)
    .map(({ policy, urn, message }) => `${policy}: ${urn.split("::").slice(2).join(" ")}: ${message}`)
    .sort();

describe("the program's stacks, by the policies", function () {
  this.timeout(180_000);
  afterEach(removeFolders);
  const waivers = JSON.parse(readFileSync(join(HOME, "policy", "waivers.json"), "utf8")) as unknown;
  const policies = () => policiesOf({ rules: RULES, waivers, today: new Date().toISOString().slice(0, 10) });

  for (const stack of ["dev", "prod"]) {
    describe(`the sample, stack ${stack}`, () => {
      let resources: Resource[];
      let analysis: Analysis;
      before(async () => {
        resources = await resourcesOf(HOME, stack, committedSettings(stack));
        analysis = await analyze(policies(), stack, resources);
      });

      it("break no mandatory policy", () => {
        assert.deepEqual(describeAll(analysis, "mandatory"), []);
      });

      it("leave no policy without an answer", () => {
        assert.deepEqual(analysis.postponed, []);
      });

      it("give every AWS resource one of the stack's providers", async () => {
        const { options } = await runStack(HOME, stack, committedSettings(stack));
        const own = ["pulumi:providers:aws::aws", "pulumi:providers:aws-native::aws-native"];
        const wrong = Object.entries(options).filter(
          ([label, { provider }]) => /^aws(-native)?:/.test(label) && !own.includes(provider),
        );
        assert.deepEqual(wrong, []);
      });

      it("are seen: without its parts a bucket breaks the policies", async () => {
        const bare = resources.filter(({ type }) => !/^aws:s3\/bucket[A-Z]/.test(type));
        const found = await analyze(policies(), stack, bare);
        const broken = new Set(found.violations.map(({ policy }) => policy));
        assert.includeMembers(
          [...broken],
          ["bucket-blocks-public-access", "bucket-encrypted", "bucket-tls-only", "bucket-tidied"],
        );
      });
    });
  }

  it("break no mandatory policy with read-setup, whose function the sample does not have", async () => {
    const root = folderOf({ ...SHOP, "pipelines/shop/pipeline.yaml": "setup: runtime\n" });
    const resources = await resourcesOf(root, "prod", DEV);
    assert.include(
      resources.map(({ type }) => type),
      "aws:lambda/function:Function",
    );
    assert.deepEqual(describeAll(await analyze(policies(), "prod", resources), "mandatory"), []);
  });
});
