/** What an execution input selects, and that the definition's own states start just that. */

import { assert } from "chai";
import type { Plan } from "../../compiler/plan/types.ts";
import { loadRoot } from "../../loading/load.ts";
import { checkSelection } from "../../local/selection.ts";
import { HOME } from "../../setup/node.mjs";
import { planOf } from "../asl/plans.ts";
import { unseal } from "../s3/arguments.ts";
import { distinct, type Keys, NAMES, ODD, PARAMS, pairsOf, WITH_PARAMS } from "./inputs.ts";
import { execute } from "./run.ts";

/** What docs/state-machine.md says of an input; undefined where it selects nothing. */
function documented(plan: Plan, { from, until, stages, datasets }: Keys) {
  const names = plan.stages.map(({ name }) => name);
  const first = from === undefined ? 0 : names.indexOf(from);
  const last = until === undefined ? names.length : names.indexOf(until);
  const named = ({ name }: { name: string }) => datasets?.includes(name) ?? true;
  const running = plan.stages.filter(
    (stage, at) =>
      first <= at && at <= last && (stages?.includes(stage.name) ?? true) && stage.datasets.some((each) => named(each)),
  );
  const chosen = running.flatMap((stage) => stage.datasets.filter(named).map(({ name }) => name));
  const crawlers = plan.crawlers.filter((crawler) => crawler.datasets.some((name) => chosen.includes(name)));
  if (running.length === 0) return undefined;
  return {
    stages: running.map(({ name }) => name),
    datasets: chosen,
    crawlers: crawlers.map(({ name }) => name).sort(),
  };
}

async function selected(plan: Plan, input: unknown) {
  const checked = await checkSelection(plan, input);
  if (!checked.ok) return undefined;
  const { stages, datasets, crawlers } = checked;
  return { stages, datasets, crawlers: [...crawlers].sort() };
}

describe("selection", function () {
  this.timeout(240_000);
  let plan: Plan;
  before(async () => {
    const { pipelines } = await loadRoot(HOME);
    const bookings = pipelines.find(({ name }) => name === "bookings")?.plan;
    if (bookings === undefined) throw new Error("bookings compiles");
    plan = bookings;
  });

  it("of every pair of values is what the documentation says", async () => {
    for (const input of pairsOf(plan))
      assert.deepEqual(await selected(plan, input), documented(plan, input), JSON.stringify(input));
  });

  it("is what the definition runs, for each selection that differs", async () => {
    const inputs = await distinct(plan, pairsOf(plan));
    assert.isAbove(inputs.length, 20);
    for (const input of inputs) {
      const { outcome, jobs, crawled } = await execute(plan, input);
      const expected = documented(plan, input);
      const label = JSON.stringify(input);
      assert.equal(outcome.status, expected === undefined ? "FAILED" : "SUCCEEDED", label);
      assert.deepEqual(
        jobs.map(({ stage }) => stage),
        expected?.stages ?? [],
        label,
      );
      for (const { datasets } of jobs) assert.deepEqual(datasets, input.datasets ?? null, label);
      assert.deepEqual([...crawled].sort(), expected?.crawlers ?? [], label);
    }
  });

  it("is refused by both, in the same words and before any job", async () => {
    for (const input of ODD) {
      const checked = await checkSelection(plan, input);
      const { outcome, jobs } = await execute(plan, input);
      const cause = checked.ok ? "" : checked.errors.join("\n");
      assert.deepInclude(outcome, { status: "FAILED", error: "Strata.BadInput", cause }, JSON.stringify(input));
      assert.isEmpty(jobs);
    }
  });

  it("allows Comment, the parent's id and nulls beside", async () => {
    const beside = { Comment: "why", AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: "arn", from: null, stages: null };
    assert.equal((await execute(plan, beside)).jobs.length, plan.stages.length);
  });

  it("names what is unknown and the known ones, the nearest first", async () => {
    assert.deepEqual(await checkSelection(plan, { stages: ["fact_stage", "fact_stag"] }), {
      ok: false,
      errors: [
        "there is no stage `fact_stag`; known: fact_stage, bronze_stage, dimension_stage, complex_transformation_stage",
      ],
    });
  });

  it("works for names with quotes, backslashes, blanks, braces, Unicode and 200 characters", async () => {
    const strange = planOf(NAMES.map((name) => [name, [`d ${name}`]] as const));
    for (const name of NAMES)
      for (const input of [{ stages: [name] }, { datasets: [`d ${name}`] }, { from: name, until: name }]) {
        const { jobs } = await execute(strange, input);
        assert.deepEqual(
          jobs.map(({ stage }) => stage),
          [name],
          JSON.stringify(input),
        );
      }
  });

  it("merges parameters with their defaults, and hands them over as text that is JSON", async () => {
    const { jobs } = await execute(WITH_PARAMS(), { params: { n: 3, s: 'quo"te \\ back' } });
    assert.deepInclude(JSON.parse(unseal(jobs[0]?.args["--params"] ?? "")), {
      day: "2017-08-15",
      n: 3,
      s: 'quo"te \\ back',
    });
    assert.deepInclude(JSON.parse(jobs[0]?.args["--param_types"] ?? ""), { day: "date", n: "int", s: "string" });
    for (const params of PARAMS.slice(0, 6).filter((each) => !("n" in each && each.n === 3))) {
      const { outcome, jobs: started } = await execute(WITH_PARAMS(), { params });
      assert.deepInclude(outcome, { error: "Strata.BadInput" }, JSON.stringify(params));
      assert.isEmpty(started);
    }
  });
});
