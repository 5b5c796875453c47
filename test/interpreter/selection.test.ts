/** Every selection of the sample: the definition's own states and `checkSelection` decide the same. */

import { assert } from "chai";
import type { Plan } from "../../compiler/plan/types.ts";
import { loadRoot } from "../../loading/load.ts";
import { checkSelection } from "../../local/selection.ts";
import { HOME } from "../../setup/node.mjs";
import { planOf } from "../asl/plans.ts";
import { unseal } from "../s3/arguments.ts";
import { execute } from "./run.ts";

let plan: Plan;

/** Runs an input both ways and compares. */
async function agree(of: Plan, input: Record<string, unknown>): Promise<void> {
  const expected = await checkSelection(of, input);
  const { outcome, jobs, crawled } = await execute(of, input);
  const label = JSON.stringify(input);
  if (!expected.ok) {
    assert.deepInclude(outcome, { status: "FAILED", error: "Strata.BadInput" }, label);
    assert.isEmpty(jobs, `${label}: no job before the input is checked`);
    return;
  }
  assert.equal(outcome.status, "SUCCEEDED", label);
  assert.deepEqual(
    jobs.map(({ stage }) => stage),
    [...expected.stages],
    label,
  );
  for (const { stage, datasets } of jobs) {
    const own = of.stages.find(({ name }) => name === stage)?.datasets.map(({ name }) => name) ?? [];
    const chosen = own.filter((name) => datasets === null || datasets.includes(name));
    assert.deepEqual(
      chosen,
      own.filter((name) => expected.datasets.includes(name)),
      label,
    );
  }
  assert.sameMembers([...crawled], [...expected.crawlers], label);
}

describe("selection", function () {
  this.timeout(240_000);
  before(async () => {
    const { pipelines } = await loadRoot(HOME);
    const bookings = pipelines.find(({ name }) => name === "bookings")?.plan;
    if (bookings === undefined) throw new Error("bookings compiles");
    plan = bookings;
  });

  it("every pair of from and until", async () => {
    const names = [undefined, ...plan.stages.map(({ name }) => name)];
    for (const from of names)
      for (const until of names) await agree(plan, { ...(from && { from }), ...(until && { until }) });
  });

  it("every pair of stages", async () => {
    const names = plan.stages.map(({ name }) => name);
    for (const one of names) for (const other of names) await agree(plan, { stages: [one, other] });
  });

  it("every pair of datasets", async () => {
    const names = plan.stages.flatMap(({ datasets }) => datasets.map(({ name }) => name));
    for (const [index, one] of names.entries())
      for (const other of names.slice(0, index + 1)) await agree(plan, { datasets: [other, one] });
  });

  it("every dataset with every stage as from, until and stages", async () => {
    const datasets = ["bronze_seats", "dim_seat", "fact_bookings", "fact_detailed_flight_status"];
    for (const dataset of datasets) {
      for (const { name } of plan.stages)
        for (const key of ["from", "until"]) await agree(plan, { datasets: [dataset], [key]: name });
      for (const { name } of plan.stages) await agree(plan, { datasets: [dataset], stages: [name] });
    }
  });

  for (const input of [
    { stages: [] },
    { datasets: [] },
    { stages: ["nope"] },
    { datasets: ["nope"] },
    { from: "nope" },
    { until: "nope" },
    { unknown: 1 },
    { stages: ["fact_stage", "fact_stage"] },
    { stages: "fact_stage" },
    { stages: 3 },
    { datasets: { a: "dim_seat" } },
    { datasets: [0] },
    { from: 1 },
    { from: ["fact_stage"] },
    { params: { x: 1 } },
    { params: [1] },
    { params: "x" },
    { datasets: ['quo"te\\back'] },
    { from: "fact_stage", unknown: null, more: true },
  ]) {
    it(`refuses ${JSON.stringify(input)}`, async () => {
      const checked = await checkSelection(plan, input);
      assert.isFalse(checked.ok);
      await agree(plan, input);
    });
  }

  it("allows Comment, the parent's id and nulls beside", () =>
    agree(plan, { Comment: "why", AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: "arn", from: null, stages: null }));

  it("names what is unknown and the known ones, the nearest first", async () => {
    const input = { stages: ["fact_stage", "fact_stag"] };
    const cause =
      "there is no stage `fact_stag`; known: fact_stage, bronze_stage, dimension_stage, complex_transformation_stage";
    assert.deepInclude((await execute(plan, input)).outcome, { cause });
    assert.deepEqual(await checkSelection(plan, input), { ok: false, errors: [cause] });
  });

  it("works for names with quotes, backslashes, blanks, braces, Unicode and 200 characters", async () => {
    const names = [
      'st"age',
      "a\\b",
      "sp ace",
      "{}",
      "$.x",
      "États 😀",
      "10",
      "9",
      "__proto__",
      "x".repeat(200),
      "it's, (really)",
    ];
    const strange = planOf(names.map((name) => [name, [`d ${name}`]] as const));
    for (const name of names) {
      await agree(strange, { stages: [name] });
      await agree(strange, { datasets: [`d ${name}`] });
      await agree(strange, { from: name, until: name });
    }
  });

  it("merges parameters with their defaults, and hands them over as text that is JSON", async () => {
    const extras =
      'params: { day: { type: date, default: "2017-08-15" }, n: { type: int }, s: { type: string, default: "a" } }';
    const withParams = planOf([["s", ["d"]]], extras, "SELECT :day AS day, :n AS n, :s AS s");
    const { jobs } = await execute(withParams, { params: { n: 3, s: 'quo"te \\ back' } });
    assert.deepEqual(JSON.parse(unseal(jobs[0]?.args["--params"] ?? "")), {
      day: "2017-08-15",
      n: 3,
      s: 'quo"te \\ back',
    });
    assert.deepEqual(JSON.parse(jobs[0]?.args["--param_types"] ?? ""), { day: "date", n: "int", s: "string" });
    for (const params of [{}, { n: null }, { n: [1] }, { n: 1, m: 2 }]) {
      const { outcome, jobs: started } = await execute(withParams, { params });
      assert.deepInclude(outcome, { error: "Strata.BadInput" }, JSON.stringify(params));
      assert.isEmpty(started);
    }
  });
});
