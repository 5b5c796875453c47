/** What a stage's job always gets: where its state is, how much at once, and Iceberg's catalog only where one is used. */

import { assert } from "chai";
import { bind } from "../../compiler/plan/bind.ts";
import type { Plan } from "../../compiler/plan/types.ts";
import { jobArguments } from "../../components/job-arguments.ts";
import { stackBindings, workersOf } from "../../settings/bindings.ts";
import { planOf, publishing } from "../asl/plans.ts";
import { settingsFrom } from "../iam/subjects.ts";

const PLAN = planOf([
  ["load", ["orders"]],
  ["sum", ["totals"]],
]);

function argumentsOf(plan: Plan, index: number, values: Readonly<Record<string, unknown>> = {}) {
  const settings = settingsFrom("dev", { buckets: { lake: { name: "acme-lake" } }, ...values });
  const { bindings } = stackBindings(plan, settings, ["load", "sum"]);
  const access = bindings?.stages[index];
  const physical = bindings && bind(plan, bindings);
  const stage = physical?.stages[index];
  if (physical === undefined || bindings === undefined || stage === undefined || access === undefined)
    throw new Error("the plan binds");
  return jobArguments({
    plan: bind(plan, bindings),
    stage,
    bindings,
    access,
    workers: workersOf(plan, stage.name, settings),
  });
}

/** Spark's settings, of the one argument that holds them. */
const sparkOf = (args: Record<string, string>) => new Map(args["--conf"]?.split(" --conf ").map(pair));
const pair = (text: string): [string, string] => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)];

describe("a job's default arguments", () => {
  it("name the stage's own place in the state bucket, and no other's", () => {
    const states = [0, 1].map((index) => argumentsOf(PLAN, index)["--state"]);
    assert.deepEqual(
      states,
      ["load", "sum"].map((stage) => `s3://strata-state-dev-111111111111/p/${stage}/`),
    );
    assert.equal(argumentsOf(PLAN, 0)["--TempDir"], `${states[0]}temp/`);
  });

  it("say how many datasets at once only where the settings do, for the stack or a stage", () => {
    assert.notProperty(argumentsOf(PLAN, 0), "--concurrency");
    const values = { concurrency: 8, stages: { sum: { concurrency: 3 }, load: { numberOfWorkers: 4 } } };
    assert.equal(argumentsOf(PLAN, 0, values)["--concurrency"], "8");
    assert.equal(argumentsOf(PLAN, 1, values)["--concurrency"], "3");
    assert.notProperty(argumentsOf(PLAN, 1, { concurrency: 8, stages: { sum: { concurrency: 0 } } }), "--concurrency");
    for (const wrong of [65, -1, 1.5, "many"]) assert.throws(() => argumentsOf(PLAN, 0, { concurrency: wrong }));
  });

  it("know nothing of Iceberg without an Iceberg table", () => {
    assert.notMatch(JSON.stringify(argumentsOf(PLAN, 0)), /iceberg/i);
  });

  it("bring Iceberg and its catalog to the stages that write or read such a table", () => {
    const plan = publishing(PLAN, { orders: { format: "iceberg" } });
    const [writes, other] = [argumentsOf(plan, 0), argumentsOf(plan, 1)];
    assert.notProperty(other, "--datalake-formats");
    assert.equal(writes["--datalake-formats"], "iceberg");
    const expected = new Map([
      ["spark.sql.extensions", "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"],
      ["spark.sql.catalog.strata", "org.apache.iceberg.spark.SparkCatalog"],
      ["spark.sql.catalog.strata.catalog-impl", "org.apache.iceberg.aws.glue.GlueCatalog"],
      ["spark.sql.catalog.strata.io-impl", "org.apache.iceberg.aws.s3.S3FileIO"],
      ["spark.sql.catalog.strata.warehouse", "s3://acme-lake/"],
    ]);
    assert.deepEqual(sparkOf(writes), new Map([...sparkOf(other), ...expected]));
    const source = { location: "s3://lake/gold/t0/", bucket: "lake", prefix: "gold/t0/" };
    const reading: Plan = {
      ...plan,
      stages: plan.stages.map((stage, index) => ({
        ...stage,
        datasets: stage.datasets.map((dataset) => ({
          ...dataset,
          reads:
            index === 1
              ? [{ ...source, table: "o", writer: "orders", iceberg: { pipeline: "p", name: "t0" } }]
              : dataset.reads,
        })),
      })),
    };
    assert.deepEqual(sparkOf(argumentsOf(reading, 1)), sparkOf(writes));
  });
});
