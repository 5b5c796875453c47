/** The program's function by the Automation API, inline: the engine without a project folder or a language host. */

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { assert } from "chai";
import { program } from "../../components/program.ts";
import { HOME } from "../../setup/node.mjs";
import { FakeCloud } from "./fake-aws/cloud.ts";
import { serveFakeAws } from "./fake-aws/provider.ts";
import { pulumiPath } from "./project.ts";

describe("the program inline, by the Automation API", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "strata-inline-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("deploys, and is unchanged the second time", async () => {
    const cloud = new FakeCloud("111111111111");
    const { port, stop } = await serveFakeAws(cloud);
    mkdirSync(join(folder, "state"));
    try {
      const pulumiCommand = await PulumiCommand.get({ root: dirname(dirname(pulumiPath())) });
      const stack = await LocalWorkspace.createOrSelectStack(
        { stackName: "dev", projectName: "strata", program: () => program(HOME) },
        {
          pulumiCommand,
          projectSettings: { name: "strata", runtime: "nodejs", backend: { url: `file://${join(folder, "state")}` } },
          envVars: {
            PULUMI_CONFIG_PASSPHRASE: "x",
            PULUMI_HOME: folder,
            PULUMI_SKIP_UPDATE_CHECK: "true",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
            PULUMI_DEBUG_PROVIDERS: `aws:${port},aws-native:${port}`,
          },
        },
      );
      await stack.setAllConfig({
        "strata:region": { value: "eu-central-1" },
        "strata:allowedAccountIds": { value: '["111111111111"]' },
        "strata:buckets": { value: '{"postgres-repo":{}}' },
      });
      const first = await stack.up();
      assert.equal(first.summary.result, "succeeded");
      assert.equal(first.outputs.buckets?.value["postgres-repo"], "postgres-repo-dev-111111111111");
      const calls = cloud.calls.length;
      const second = await stack.up();
      // The stack reads its own last outputs, to determine which targets no dataset writes any more.
      assert.sameMembers(Object.keys(second.summary.resourceChanges ?? {}), ["same", "read"]);
      assert.lengthOf(cloud.calls, calls);
    } finally {
      stop();
    }
  });
});
