/** What a change of configuration changes, on Pulumi's real engine. AWS is a fake. */

import { assert } from "chai";
import { SHOP } from "../cli/strata.ts";
import { Project, type Step } from "./project.ts";

const STAGES = "pipelines/shop/etl_stages.json";
const SQL = "sql/shop/totals.sql";
const short = (steps: readonly Step[]) =>
  steps.map(({ op, type, name }) => `${op} ${type.split(":").at(-1)} ${name}`).sort();

describe("a change of configuration", function () {
  this.timeout(300_000);
  let project: Project;
  before(async () => {
    project = await new Project().start("dev");
    // No crawlers: derived ones would follow the datasets, too.
    project.use({ ...SHOP, "pipelines/shop/pipeline.yaml": "crawlers: {}\n" });
    project.edit("Pulumi.dev.yaml", "postgres-repo: {}", "lake: {}");
    await project.up("dev");
  });
  after(() => project.stop());
  beforeEach(() => {
    for (const path of [STAGES, SQL]) project.write(path, SHOP[path] ?? "");
  });

  it("of a SQL file changes the definition and nothing else, in a diff that shows the changed line", async () => {
    project.write(SQL, "SELECT sum(amount) AS total, count(*) AS orders\nFROM orders_bronze\n");
    assert.deepEqual(short(await project.steps("dev")), ["update StateMachine shop"]);
    const { stdout } = await project.pulumi("dev", ["preview", "--stack", "dev", "--diff"]);
    const changed = stdout.split("\n").filter((line) => /^\s*[-+~]/.test(line));
    assert.isTrue(
      changed.some((line) => line.includes("count(*) AS orders")),
      stdout,
    );
    assert.isFalse(
      changed.some((line) => line.includes("SELECT id, amount")),
      "the other stage's group is unchanged",
    );
  });

  it("that adds a stage adds exactly its resources, changes the machine and its role, and replaces none", async () => {
    project.write(STAGES, '{ "bronze": ["orders"], "gold": ["totals"], "mart": [] }\n');
    const steps = await project.steps("dev");
    const created = steps.filter(({ op }) => op === "create");
    assert.isNotEmpty(created);
    for (const { name } of created) assert.match(name, /^shop\/mart(\/|$)/);
    assert.deepEqual(short(steps.filter(({ op }) => op !== "create")), [
      // Samples of the new stage expire, too.
      "update BucketLifecycleConfiguration state",
      "update RolePolicy shop",
      "update StateMachine shop",
    ]);
  });

  it("that renames a stage makes the new one and deletes the old one, and touches no other stage", async () => {
    project.write(STAGES, '{ "bronze": ["orders"], "mart": ["totals"] }\n');
    const steps = await project.steps("dev");
    const own = (op: string) => steps.filter((step) => step.op === op).map(({ name }) => name.split("/")[1]);
    assert.deepEqual([...new Set(own("create"))], ["mart"]);
    assert.deepEqual([...new Set(own("delete"))], ["gold"]);
    assert.isEmpty(steps.filter(({ name }) => name.startsWith("shop/bronze")));
    assert.isEmpty(steps.filter(({ op }) => op.includes("replace")));
  });

  it("that moves a dataset changes two roles' policies and the machine, and no job", async () => {
    project.write(STAGES, '{ "bronze": ["orders", "totals"], "gold": [] }\n');
    assert.deepEqual(short(await project.steps("dev")), [
      "update RolePolicy shop/bronze",
      "update RolePolicy shop/gold",
      "update StateMachine shop",
    ]);
  });

  it("of a stage's workers changes its job only", async () => {
    const settings = project.read("Pulumi.dev.yaml");
    project.edit("Pulumi.dev.yaml", "config:\n", "config:\n  strata:stages: { gold: { workerType: G.2X } }\n");
    const steps = short(await project.steps("dev"));
    project.write("Pulumi.dev.yaml", settings);
    assert.deepEqual(steps, ["update Job shop/gold"]);
  });

  it("that takes a target away is named, and nothing is deleted", async () => {
    project.edit("pipelines/shop/sql_queries.json", "s3://lake/gold/totals/", "s3://lake/gold/sums/");
    const { stdout, stderr } = await project.pulumi("dev", ["preview", "--stack", "dev"]);
    const steps = await project.steps("dev");
    project.edit("pipelines/shop/sql_queries.json", "s3://lake/gold/sums/", "s3://lake/gold/totals/");
    assert.match(
      stdout + stderr,
      /warning\[D010\]: no dataset writes `s3:\/\/lake-dev-111111111111\/gold\/totals\/` any more/,
    );
    assert.isEmpty(steps.filter(({ op }) => op === "delete" || op.includes("replace")));
  });

  it("keeps the code and the groups that executions of older definitions read, and takes them up again", async () => {
    const objects = () =>
      project.clouds.dev.resources
        .filter(({ type }) => type === "aws:s3/bucketObjectv2:BucketObjectv2")
        .map(({ inputs }) => String(inputs.key))
        .sort();
    const entry = project.read("glue/job.py");
    const large = (letter: string) => `SELECT sum(amount) AS total FROM orders_bronze -- ${letter.repeat(140_000)}\n`;
    project.write(SQL, large("x"));
    await project.up("dev");
    const first = objects();
    assert.lengthOf(
      first.filter((key) => key.startsWith("groups/shop/")),
      1,
    );
    project.write(SQL, large("y"));
    project.write("glue/job.py", `${entry}\n# another version\n`);
    await project.up("dev");
    assert.includeMembers(objects(), first);
    assert.lengthOf(objects(), first.length + 2, "the other group and the other entry point");
    project.write(SQL, large("x"));
    project.write("glue/job.py", entry);
    await project.up("dev");
    assert.lengthOf(objects(), first.length + 2);
    project.write(SQL, SHOP[SQL] ?? "");
    await project.up("dev");
  });

  it("can be saved as a plan and deployed as it was seen; what was not seen is refused", async () => {
    project.write(SQL, "SELECT sum(amount) AS total, 1 AS one FROM orders_bronze\n");
    const saved = await project.pulumi("dev", ["preview", "--stack", "dev", "--save-plan", "plan.json"]);
    assert.equal(saved.code, 0, saved.stderr);
    project.write(STAGES, '{ "bronze": ["orders"], "gold": ["totals"], "unseen": [] }\n');
    const refused = await project.pulumi("dev", [
      "up",
      "--stack",
      "dev",
      "--yes",
      "--skip-preview",
      "--plan",
      "plan.json",
    ]);
    assert.notEqual(refused.code, 0);
    assert.match(refused.stdout + refused.stderr, /plan/);
    project.write(STAGES, SHOP[STAGES] ?? "");
    await project.up("dev", "--plan", "plan.json");
    const machine = project.clouds.dev.resources.find(({ type }) => type === "aws:sfn/stateMachine:StateMachine");
    assert.include(String(machine?.inputs.definition), "1 AS one");
  });
});
