/** What happens when jobs and crawlers do not do what they should. */

import { assert } from "chai";
import { interpret } from "../../local/interpreter/interpret.ts";
import { emitLocal, planOf } from "../asl/plans.ts";
import { CASES, GOOD } from "./cases.ts";
import { runHere } from "./fake-aws.ts";

const plan = planOf([
  ["one", ["a"]],
  ["two", ["b"]],
]);

describe("an execution, whatever Glue answers", () => {
  for (const [name, { answers, error, calls }] of Object.entries(CASES))
    it(name, async () => {
      const outcome = await runHere(plan, {}, { ...GOOD, ...answers }, "x-1");
      assert.deepEqual([outcome.status, outcome.error], [error === undefined ? "SUCCEEDED" : "FAILED", error]);
      const counted = ["startJobRun", "startCrawler", "getCrawler"].map(
        (call) => outcome.calls.filter(([each]) => each === call).length,
      );
      assert.deepEqual(counted, [...calls]);
      if (error === "States.TaskFailed") assert.include(outcome.cause, "1 of 1 datasets failed", "the job's message");
    });
});

describe("the interpreter", () => {
  it("ends a handler when its Task's time is over", async () => {
    const { definition } = emitLocal(plan);
    const short = JSON.parse(JSON.stringify(definition), (key, value) => (key === "TimeoutSeconds" ? 1 : value));
    let aborted = false;
    const outcome = await interpret(
      short,
      {},
      {
        executionName: "x",
        handlers: {
          startJobRun: (_, signal) => new Promise(() => signal.addEventListener("abort", () => (aborted = true))),
          startCrawler: async () => ({}),
          getCrawler: async () => ({}),
        },
      },
    );
    assert.deepInclude(outcome, { status: "FAILED", error: "States.Timeout" });
    assert.isTrue(aborted);
  });

  it("refuses a Task that nothing implements, before anything starts", async () => {
    const { definition } = emitLocal(plan);
    const foreign = JSON.parse(JSON.stringify(definition).replaceAll("glue:startJobRun.sync", "sns:publish"));
    const handlers = { startJobRun: async () => ({}), startCrawler: async () => ({}), getCrawler: async () => ({}) };
    let problem: unknown;
    await interpret(foreign, {}, { executionName: "x", handlers }).catch((each) => (problem = each));
    assert.match(String(problem), /no local stand-in/);
  });
});
