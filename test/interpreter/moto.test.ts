/**
 * The same documents on a second interpreter, moto's. Its `glue:startJobRun.sync` crashes, so job Tasks and the crawl
 * become Pass states here: what is compared is the selection, all of it emitted states, on another's reading of ASL.
 */

import { assert } from "chai";
import type { State, StateMachine } from "../../compiler/emit/asl/types.ts";
import { MOST_ENCODED_CHARACTERS } from "../../compiler/emit/job/encoding.ts";
import { checkSelection } from "../../compiler/emit/selection.ts";
import type { Plan } from "../../compiler/plan/types.ts";
import { loadRoot } from "../../loading/load.ts";
import { HOME } from "../../setup/node.mjs";
import { emitLocal, planOf } from "../asl/plans.ts";
import { type Moto, motoProblem, startMoto } from "../moto.ts";
import { unseal } from "../s3/arguments.ts";
import { execute } from "./run.ts";

/** Job Tasks note in the output that they ran; the crawl does nothing, its list stays in the output. */
function withoutServices(definition: StateMachine): string {
  const replace = ([name, state]: [string, State]): [string, unknown] => {
    if (state.Type === "Task")
      return [
        name,
        {
          Type: "Pass",
          Result: true,
          ResultPath: `$.ran_${name.replace(/\W/g, "_")}`,
          Next: "Next" in state ? state.Next : "",
        },
      ];
    if (state.Type === "Map" && name === "Strata: crawl")
      return [name, { Type: "Pass", Next: "Next" in state ? state.Next : "" }];
    return [name, state];
  };
  return JSON.stringify({ ...definition, States: Object.fromEntries(Object.entries(definition.States).map(replace)) });
}

describe("moto's interpreter", function () {
  this.timeout(240_000);
  let moto: Moto;
  let plan: Plan;

  before(async function () {
    const problem = motoProblem();
    if (problem !== undefined) {
      process.stdout.write(`    skipped: ${problem}\n`);
      this.skip();
    }
    moto = await startMoto();
    await fetch(`${moto.url}/moto-api/config`, {
      method: "POST",
      body: JSON.stringify({ stepfunctions: { execute_state_machine: true } }),
    });
    const bookings = (await loadRoot(HOME)).pipelines.find(({ name }) => name === "bookings")?.plan;
    if (bookings === undefined) throw new Error("bookings compiles");
    plan = bookings;
  });
  after(() => moto?.stop());

  const call = async (action: string, body: object): Promise<Record<string, string>> => {
    const credential =
      "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/states/aws4_request, SignedHeaders=host, Signature=x";
    const headers = {
      "X-Amz-Target": `AWSStepFunctions.${action}`,
      "Content-Type": "application/x-amz-json-1.0",
      Authorization: credential,
    };
    const answer = await fetch(moto.url, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${action}: ${answer.status} ${text.slice(0, 300)}`);
    return JSON.parse(text) as Record<string, string>;
  };

  let machines = 0;
  const create = async (of: Plan) => {
    machines += 1;
    const { definition } = emitLocal(of);
    const body = {
      name: `m${machines}`,
      definition: withoutServices(definition),
      roleArn: "arn:aws:iam::123456789012:role/x",
    };
    return (await call("CreateStateMachine", body)).stateMachineArn ?? "";
  };
  let executions = 0;
  const run = async (stateMachineArn: string, input: unknown) => {
    executions += 1;
    const { executionArn } = await call("StartExecution", {
      stateMachineArn,
      name: `x${executions}`,
      input: JSON.stringify(input),
    });
    for (let left = 600; left > 0; left -= 1) {
      const described = await call("DescribeExecution", { executionArn });
      if (described.status !== "RUNNING") return described;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("the execution does not end");
  };

  it("decides as ours does, for selections of every kind", async () => {
    const machine = await create(plan);
    const { bindings } = emitLocal(plan);
    const inputs: Record<string, unknown>[] = [
      {},
      { from: "fact_stage" },
      { until: "dimension_stage" },
      { from: "dimension_stage", until: "fact_stage" },
      { from: "fact_stage", until: "bronze_stage" },
      { stages: ["fact_stage", "bronze_stage"] },
      { stages: ["nope"] },
      { stages: ["fact_stage", "fact_stage"] },
      { stages: [] },
      { datasets: ["dim_seat"] },
      { datasets: ["fact_bookings", "bronze_seats"], from: "dimension_stage" },
      { datasets: ["dim_seat"], stages: ["fact_stage"] },
      { datasets: ["nope"] },
      { datasets: ["dim_seat", "dim_seat"] },
      { unknown: 1 },
      { from: 3 },
      { stages: "fact_stage" },
      { params: { x: 1 } },
      { from: "nope" },
      { Comment: "why" },
      { datasets: ['quo"te\\back'] },
    ];
    for (const input of inputs) {
      const label = JSON.stringify(input);
      const [theirs, ours] = [await run(machine, input), await execute(plan, input)];
      assert.equal(theirs.status, ours.outcome.status, `${label}: ${theirs.cause}`);
      if (ours.outcome.status !== "SUCCEEDED") {
        assert.equal(theirs.error, "Strata.BadInput", label);
        continue;
      }
      const output = JSON.parse(theirs.output ?? "{}") as { crawlers?: string[]; [ran: `ran_${string}`]: boolean };
      const ran = bindings.stages
        .filter(({ state }) => output[`ran_${state.replace(/\W/g, "_")}`])
        .map(({ stage }) => stage);
      assert.deepEqual(
        ran,
        ours.jobs.map(({ stage }) => stage),
        label,
      );
      const crawled = (output.crawlers ?? [])
        .filter((name) => name !== "")
        .map((name) => bindings.crawlers.find((each) => each.name === name)?.crawler);
      assert.sameMembers(crawled, [...ours.crawled], label);
    }
  });

  it("merges parameters as ours does", async () => {
    const of = planOf(
      [["s", ["d"]]],
      'crawlers: {}\nparams: { day: { type: date, default: "2017-08-15" }, n: { type: int } }',
      "SELECT :day AS day, :n AS n",
    );
    const machine = await create(of);
    const good = await run(machine, { params: { n: 3 } });
    assert.deepEqual(JSON.parse(unseal(JSON.parse(good.output ?? "{}").params)), { day: "2017-08-15", n: 3 });
    for (const params of [{}, { n: 1, m: 2 }]) {
      assert.isFalse(checkSelection(of, { params }).ok);
      assert.equal((await run(machine, { params })).error, "Strata.BadInput");
    }
  });

  it("encodes parameters, datasets and the execution's name as ours does, and starts no job where one is too long", async () => {
    const of = planOf([["s", ["d", "été 日本"]]], 'params: { v: { type: string, default: "" } }', "SELECT :v AS v");
    const machine = await create(of);
    const most = MOST_ENCODED_CHARACTERS - JSON.stringify({ v: "" }).length;
    const texts = ["", "é", "日本 🚀", 'it\'s "q" \\ back\n$.x {} %s \u2028', "x".repeat(most)];
    for (const v of texts) {
      const input = { params: { v }, datasets: ["été 日本"] };
      const [theirs, ours] = [await run(machine, input), await execute(of, input)];
      assert.equal(ours.outcome.status, "SUCCEEDED");
      assert.equal(theirs.status, "SUCCEEDED", `${theirs.error}: ${theirs.cause}`);
      const answer = JSON.parse(theirs.output ?? "{}") as Record<string, string>;
      const [job] = ours.jobs;
      assert.equal(unseal(answer.execution ?? ""), `x${executions}`);
      assert.equal(unseal(job?.args["--execution"] ?? ""), "test-1");
      for (const [key, value] of Object.entries(input)) {
        // JSON has more than one spelling of a character; what it means is one.
        assert.deepEqual(JSON.parse(unseal(answer[key] ?? "")), value);
        assert.deepEqual(JSON.parse(unseal(job?.args[`--${key}`] ?? "")), value);
      }
    }
    const long = { params: { v: "x".repeat(most + 1) } };
    const [theirs, ours] = [await run(machine, long), await execute(of, long)];
    assert.deepEqual([theirs.status, ours.outcome.status], ["FAILED", "FAILED"]);
    assert.isEmpty(ours.jobs);
    assert.match(JSON.stringify(ours.outcome), /10,000 characters/);
    const checked = checkSelection(of, long);
    assert.deepInclude(checked, { ok: false });
    assert.match(JSON.stringify(checked), /`params` has 10,001 characters as JSON, more than the 10,000/);
  });
});
