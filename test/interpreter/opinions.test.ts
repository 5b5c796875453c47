/**
 * Second and third opinions: the expression by another implementation of JSONata, and whole definitions by another engine.
 * They show that others read a definition as our interpreter does; that AWS does so is shown by `strata verify` only.
 */

import { assert } from "chai";
import { type Selected, selectionExpression } from "../../compiler/emit/asl/selection.ts";
import type { Plan } from "../../compiler/plan/types.ts";
import { loadRoot } from "../../loading/load.ts";
import { evaluate } from "../../local/interpreter/expressions.ts";
import { HOME } from "../../setup/node.mjs";
import { emitLocal, planOf } from "../asl/plans.ts";
import { unseal } from "../s3/arguments.ts";
import { CASES, GOOD } from "./cases.ts";
import { type Answers, runHere } from "./fake-aws.ts";
import { NAMES, ODD, PARAMS, pairsOf, WITH_PARAMS } from "./inputs.ts";
import { askOpinions, type Opinions, opinionsProblem, type ReportedOutcome } from "./opinions.ts";

describe("other readers of a definition", function () {
  this.timeout(300_000);
  let others: Opinions;
  let plan: Plan;
  before(async function () {
    const problem = opinionsProblem();
    if (problem !== undefined) {
      process.stdout.write(`    skipped: ${problem}\n`);
      this.skip();
    }
    others = askOpinions();
    const bookings = (await loadRoot(HOME)).pipelines.find(({ name }) => name === "bookings")?.plan;
    if (bookings === undefined) throw new Error("bookings compiles");
    plan = bookings;
  });
  after(() => others?.stop());

  /** The expression by both implementations of JSONata. */
  async function agree(of: Plan, input: unknown): Promise<{ error: string; run: string[] }> {
    const text = selectionExpression(
      of,
      of.crawlers.map(({ name }) => name),
    );
    const states = { input, context: { Execution: { Name: "é 😀" } } };
    const ours = await evaluate(`{% ${text} %}`, "Assign", { states, variables: {} });
    const theirs = await others.evaluate(text, states);
    assert.deepEqual(opened(theirs), opened(ours), JSON.stringify(input).slice(0, 200));
    return ours as { error: string; run: string[] };
  }

  it("Java's JSONata selects the same for every pair of the sample", async () => {
    for (const input of pairsOf(plan)) await agree(plan, input);
  });

  it("and refuses the same, in the same words", async () => {
    for (const input of ODD) assert.notEqual((await agree(plan, input)).error, "", JSON.stringify(input));
  });

  it("and reads names of every kind", async () => {
    const strange = planOf(NAMES.map((name) => [name, [`d ${name}`]] as const));
    for (const name of NAMES) {
      assert.deepEqual((await agree(strange, { stages: [name] })).run, [name]);
      assert.deepEqual((await agree(strange, { datasets: [`d ${name}`] })).run, [name]);
      await agree(strange, { from: `${name}x` });
    }
    await agree(strange, { from: "😀😀😀" });
  });

  it("and values of parameters", async () => {
    for (const params of PARAMS) await agree(WITH_PARAMS(), { params });
  });

  it("and does so for 5,000 datasets", async () => {
    const many = planOf(
      Array.from({ length: 10 }, (_, stage) => [
        `stage_${stage}`,
        Array.from({ length: 500 }, (_, index) => `dataset_${stage}_${index}`),
      ]),
    );
    for (const input of [{}, { from: "stage_7" }, { datasets: ["dataset_3_77", "datset_3_78"] }])
      await agree(many, input);
  });

  /** A whole execution by both engines. */
  async function alike(of: Plan, input: unknown, answers: Answers = GOOD): Promise<ReportedOutcome> {
    const ours = await runHere(of, input, answers, "x-1");
    const theirs = await others.run(emitLocal(of).definition, input, answers, "x-1");
    assert.deepEqual(comparable(theirs), comparable(ours), JSON.stringify([input, answers]).slice(0, 300));
    return ours;
  }

  it("LocalStack's engine runs the same for every pair of the sample", async () => {
    for (const input of pairsOf(plan)) await alike(plan, input);
  });

  it("and ends the same for every kind of bad input", async () => {
    for (const input of ODD) {
      const { status, error, calls } = await alike(plan, input);
      assert.deepEqual([status, error, calls.length], ["FAILED", "Strata.BadInput", 0], JSON.stringify(input));
    }
  });

  const two = () =>
    planOf([
      ["one", ["a"]],
      ["two", ["b"]],
    ]);

  it("and comes to the same end, whatever Glue answers", async () => {
    // For LocalStack such a run has not ended: it asks for ever.
    for (const [name, { answers }] of Object.entries(CASES))
      if (!name.includes("EXPIRED")) await alike(two(), {}, { ...GOOD, ...answers });
  });

  it("and gives jobs what read-setup answered, whatever their stages are called", async () => {
    const stages = ["{% $states.input %}", "{% 1 + 1 %}"];
    const of = planOf(
      stages.map((name, index) => [name, [`d${index}`]] as const),
      "setup: runtime",
    );
    const Payload = { groups: ["s3://code/g0", "s3://code/g1"], publish: ["{}", "s3://code/p1"] };
    const { status, calls } = await alike(of, {}, { ...GOOD, invokeLambda: [{ Payload }] });
    assert.equal(status, "SUCCEEDED");
    assert.deepInclude(calls[0]?.[2] as object, { stages });
  });
});

/** With a job's arguments decoded: JSON has more than one spelling of a character. */
function opened(selected: unknown): object {
  const open = (text: string) => (text === "" ? "" : unseal(text));
  const { params, datasets, execution, ...rest } = selected as Selected;
  const json = (text: string) => (text === "" ? "" : JSON.parse(open(text)));
  return { ...rest, params: json(params), datasets: json(datasets), execution: open(execution) };
}

/** Without what is each engine's own: the order of parallel calls, spaces in JSON, the words around what `$error` says. */
function comparable({ status, error, cause, output, calls }: ReportedOutcome): object {
  const sorted = calls.map((call) => JSON.stringify(call)).sort();
  const asJson = (text: string) => {
    try {
      return JSON.stringify(JSON.parse(text), Object.keys(JSON.parse(text)).sort());
    } catch {
      return text;
    }
  };
  // What `$error` said: the last words, behind the expression that says them.
  const said = /.*((?:job run|crawler) [^"}]*)/s.exec(cause ?? "")?.[1];
  const why = error === "States.QueryEvaluationError" ? said : asJson(cause ?? "");
  return { status, ...(error === undefined ? { output } : { error, why }), calls: sorted };
}
