/** The policy pack in previews of the real engine: the program keeps it, and a program that does not is stopped. */

import { assert } from "chai";
import { Project } from "./project.ts";

describe("a preview with the policy pack", function () {
  this.timeout(300_000);
  let project: Project;
  before(async () => {
    project = await new Project().start("dev", "prod");
  });
  after(() => project.stop());
  const preview = (stack: string) => project.pulumi(stack, ["preview", "--stack", stack, "--policy-pack", "policy"]);

  it("of dev and prod has no mandatory violation", async () => {
    for (const stack of ["dev", "prod"]) {
      const { code, stdout, stderr } = await preview(stack);
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /Policies:/);
      assert.notMatch(stdout, /\[mandatory\]/);
    }
  });

  it("of a program that opens a bucket is stopped, and says which rule and what to do", async () => {
    project.edit("components/private-bucket.ts", "restrictPublicBuckets: true", "restrictPublicBuckets: false");
    const { code, stdout } = await preview("dev");
    assert.notEqual(code, 0);
    assert.match(stdout, /\[mandatory\][\s\S]*public[\s\S]*To fix it:/);
  });
});
