/** Mistakes, secrets and interruptions, on Pulumi's real engine. AWS is a fake. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { SHOP, strata } from "../cli/strata.ts";
import { Project } from "./project.ts";

describe("bad luck with a stack", function () {
  this.timeout(300_000);
  let project: Project;
  beforeEach(async () => {
    project = await new Project().start("dev");
    project.use(SHOP);
    project.edit("Pulumi.dev.yaml", "postgres-repo: {}", "lake: {}");
  });
  afterEach(() => project.stop());

  it("a mistake in SQL ends the preview as `strata check` says, without a stack trace, and nothing is registered", async () => {
    project.write("sql/shop/totals.sql", "SELECT sum(amount) AS total FROM orders_silver\n");
    const { code, stdout, stderr } = await project.pulumi("dev", ["preview", "--stack", "dev"]);
    assert.notEqual(code, 0);
    const check = await strata(["check", "--root", project.home]);
    for (const line of check.stdout.split("\n").filter((each) => each.includes("error[")))
      assert.include(stdout + stderr, line);
    assert.notMatch(stdout + stderr, /^\s+at .*\(.*:\d+:\d+\)/m);
    assert.isEmpty(project.clouds.dev.calls);
  });

  it("a setting of the wrong type is refused by Pulumi.yaml's types", async () => {
    project.edit("Pulumi.dev.yaml", /strata:logRetentionDays:.*/, "strata:logRetentionDays: fortnight");
    const { code, stdout, stderr } = await project.pulumi("dev", ["preview", "--stack", "dev"]);
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /logRetentionDays/);
    assert.isEmpty(project.clouds.dev.calls);
  });

  it("an account that is not allowed gets nothing", async () => {
    project.edit("Pulumi.dev.yaml", "111111111111", "999999999999");
    const { code, stdout, stderr } = await project.pulumi("dev", ["up", "--stack", "dev", "--yes", "--skip-preview"]);
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /account ID not allowed/i);
    assert.isEmpty(project.clouds.dev.resources);
  });

  it("a secret setting is refused unseen, and is in plain text nowhere", async () => {
    const secret = "planted-5ecret-9c4e";
    const set = await project.pulumi("dev", [
      "config",
      "set",
      "--stack",
      "dev",
      "--secret",
      "--path",
      "strata:alertEmails[0]",
      secret,
    ]);
    assert.equal(set.code, 0, set.stderr);
    const { code, stdout, stderr } = await project.pulumi("dev", ["up", "--stack", "dev", "--yes", "--skip-preview"]);
    assert.notEqual(code, 0);
    assert.include(stdout + stderr, "D004");
    assert.notInclude(stdout + stderr, secret);
    const files = readdirSync(project.folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    for (const file of files.filter(({ parentPath }) => !parentPath.includes("node_modules")))
      assert.notInclude(readFileSync(join(file.parentPath, file.name), "latin1"), secret, file.name);
  });

  it("an up that is interrupted leaves a state from which refresh and up go on to the end", async () => {
    const held = project.clouds.dev.hold(({ type, method }) => method === "create" && type === "aws:glue/job:Job");
    let interrupt = () => {};
    const first = project.pulumi("dev", ["up", "--stack", "dev", "--yes", "--skip-preview"], (child) => {
      interrupt = () => process.kill(child.pid ?? 0, "SIGINT");
    });
    await held.reached;
    interrupt();
    // The engine cancels at the provider before it waits for what is under way.
    while (project.clouds.dev.cancellations === 0) await new Promise((resolve) => setImmediate(resolve));
    held.release();
    assert.notEqual((await first).code, 0);
    const made = project.clouds.dev.resources.length;
    assert.isAbove(made, 0);
    const refreshed = await project.pulumi("dev", ["refresh", "--stack", "dev", "--yes", "--skip-preview"]);
    assert.equal(refreshed.code, 0, refreshed.stdout + refreshed.stderr);
    await project.up("dev");
    assert.deepEqual(await project.steps("dev"), []);
    assert.isTrue(project.clouds.dev.resources.some(({ type }) => type === "aws:sfn/stateMachine:StateMachine"));
    const ids = project.clouds.dev.calls
      .filter(({ method }) => method === "create")
      .map(({ type, name }) => `${type} ${name}`);
    assert.lengthOf(new Set(ids), ids.length, "nothing was made twice");
  });

  it("two updates of one stack at once: one fails because the stack is locked", async () => {
    await project.up("dev");
    project.write("sql/shop/totals.sql", "SELECT max(amount) AS total FROM orders_bronze\n");
    const held = project.clouds.dev.hold(({ method }) => method === "update");
    const first = project.up("dev");
    await held.reached;
    const second = await project.pulumi("dev", ["up", "--stack", "dev", "--yes", "--skip-preview"]);
    held.release();
    await first;
    assert.notEqual(second.code, 0);
    assert.match(second.stdout + second.stderr, /lock/);
  });
});
