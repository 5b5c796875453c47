/** The unchanged project on Pulumi's real engine, dev and prod: preview, up, up again, destroy. AWS is a fake. */

import { assert } from "chai";
import { Project } from "./project.ts";

describe("the project through the CLI", function () {
  this.timeout(300_000);
  let project: Project;
  before(async () => {
    project = await new Project().start("dev", "prod");
  });
  after(() => project.stop());

  it("previews dev and prod at once, and registers nothing in any account", async () => {
    const [dev, prod] = await Promise.all([project.steps("dev"), project.steps("prod")]);
    for (const steps of [dev, prod]) {
      assert.deepEqual([...new Set(steps.map(({ op }) => op))], ["create"]);
      for (const stage of ["bronze_stage", "dimension_stage", "fact_stage", "complex_transformation_stage"])
        assert.isTrue(steps.some(({ type, name }) => type === "aws:glue/job:Job" && name === `bookings/${stage}`));
    }
    assert.lengthOf(dev, prod.length);
    assert.isEmpty([...project.clouds.dev.calls, ...project.clouds.prod.calls]);
  });

  it("deploys dev and prod at once, each to its own account", async () => {
    const [dev] = await Promise.all([project.up("dev"), project.up("prod")]);
    assert.match(
      dev.stdout,
      /stateMachineArn\s*: "arn:aws:states:eu-central-1:111111111111:stateMachine:bookings-dev"/,
    );
    const names = (stack: "dev" | "prod") =>
      project.clouds[stack].resources.filter(({ type }) => type === "aws:s3/bucket:Bucket").map(({ id }) => id);
    assert.include(names("dev"), "postgres-repo-dev-111111111111");
    assert.include(names("prod"), "postgres-repo-prod-222222222222");
    assert.isEmpty(names("dev").filter((name) => names("prod").includes(name)));
  });

  it("changes nothing the second time", async () => {
    for (const stack of ["dev", "prod"] as const) {
      const calls = project.clouds[stack].calls.length;
      assert.deepEqual(await project.steps(stack), []);
      const { stdout } = await project.up(stack);
      assert.match(stdout, /\d+ unchanged/);
      assert.lengthOf(project.clouds[stack].calls, calls);
    }
  });

  it("refreshes without a difference", async () => {
    const { code, stdout } = await project.pulumi("dev", [
      "refresh",
      "--stack",
      "dev",
      "--yes",
      "--skip-preview",
      "--expect-no-changes",
    ]);
    assert.equal(code, 0, stdout);
  });

  it("destroys dev, whose settings let it, and leaves nothing", async () => {
    const { code, stdout } = await project.pulumi("dev", ["destroy", "--stack", "dev", "--yes", "--skip-preview"]);
    assert.equal(code, 0, stdout);
    assert.deepEqual(
      project.clouds.dev.resources.map(({ type, id }) => `${type} ${id}`),
      [],
    );
  });

  it("refuses to destroy prod, and deletes no data on the way", async () => {
    const before = project.clouds.prod.resources.filter(({ type }) =>
      /s3\/bucket:|kms\/key|catalogDatabase/.test(type),
    );
    const { code, stdout, stderr } = await project.pulumi("prod", [
      "destroy",
      "--stack",
      "prod",
      "--yes",
      "--skip-preview",
    ]);
    assert.notEqual(code, 0);
    // Which refusal comes first depends on the order of parallel deletions: the code's bucket keeps what older definitions read.
    assert.match(stdout + stderr, /protect|code\/\S+ is still there/);
    const after = project.clouds.prod.resources.map(({ id }) => id);
    const data = before.filter(({ name }) => /^lake\/|^state$|^keys\/data$|^bookings$/.test(name));
    assert.isAtLeast(data.length, 4);
    for (const { id } of data) assert.include(after, id);
  });
});
