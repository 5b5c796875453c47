/** Step Functions' limits, retries and redrive, as our interpreter has them. Handlers are fakes. */

import { assert } from "chai";
import type { StateMachine, States } from "../../compiler/emit/asl/types.ts";
import { type Handlers, type InterpretOptions, interpret, ServiceError } from "../../local/interpreter/interpret.ts";
import { MAX_PAYLOAD_BYTES } from "../../local/interpreter/limits.ts";
import { emitLocal, planOf } from "../asl/plans.ts";

const HANDLERS: Handlers = {
  startJobRun: async () => ({ Id: "jr", JobRunState: "SUCCEEDED" }),
  startCrawler: async () => ({}),
  getCrawler: async () => ({ Crawler: { State: "READY", LastCrawl: { Status: "SUCCEEDED" } } }),
};

const machine = (States: States): StateMachine => ({ Comment: "", QueryLanguage: "JSONata", StartAt: "A", States });
const run = (definition: StateMachine, input: unknown, more: Partial<InterpretOptions> = {}) =>
  interpret(definition, input, {
    executionName: "x",
    handlers: HANDLERS,
    waitSeconds: () => 0,
    retrySeconds: () => 0,
    ...more,
  });

describe("data", () => {
  const assigning = (text: string) => machine({ A: { Type: "Pass", Assign: { v: text }, Output: {}, End: true } });
  const quoted = (bytes: number) => "x".repeat(bytes - 2);

  it("a state takes and gives 256 KiB, and not a byte more", async () => {
    const pass = machine({ A: { Type: "Pass", End: true } });
    assert.equal((await run(pass, quoted(MAX_PAYLOAD_BYTES))).status, "SUCCEEDED");
    assert.deepInclude(await run(pass, quoted(MAX_PAYLOAD_BYTES + 1)), { error: "States.DataLimitExceeded" });
  });

  it("and so does a variable, counted in bytes of UTF-8", async () => {
    // The brackets of the one value that is assigned count, too.
    assert.equal((await run(assigning(quoted(MAX_PAYLOAD_BYTES - 2)), {})).status, "SUCCEEDED");
    assert.deepInclude(await run(assigning(quoted(MAX_PAYLOAD_BYTES)), {}), { error: "States.DataLimitExceeded" });
    assert.deepInclude(await run(assigning("é".repeat(MAX_PAYLOAD_BYTES / 2)), {}), {
      error: "States.DataLimitExceeded",
    });
  });

  it("all variables have at most 10 MiB", async () => {
    const text = quoted(MAX_PAYLOAD_BYTES - 10);
    const states = Array.from({ length: 45 }, (_, index) => [
      index === 0 ? "A" : `S${index}`,
      { Type: "Pass", Assign: { [`v${index}`]: text }, Output: {}, Next: index === 44 ? "End" : `S${index + 1}` },
    ]);
    const outcome = await run(machine({ ...Object.fromEntries(states), End: { Type: "Succeed" } }), {});
    assert.deepInclude(outcome, { error: "States.DataLimitExceeded" });
    assert.deepInclude(outcome, { status: "FAILED" });
  });

  it("an expression that answers nothing, throws, or is not a boolean in a Choice fails its state, by name", async () => {
    const output = (text: string) => machine({ A: { Type: "Pass", Output: text, End: true } });
    const error = "States.QueryEvaluationError";
    assert.deepInclude(await run(output("{% $states.input.x %}"), {}), {
      error,
      cause:
        "An error occurred while executing the state 'A'. The JSONata expression '$states.input.x' specified for the field 'Output' returned nothing (undefined).",
    });
    const thrown = await run(output("{% $error('no way') %}"), {});
    assert.deepInclude(thrown, { error });
    assert.match(JSON.stringify(thrown), /no way/);
    const choice = machine({
      A: { Type: "Choice", Choices: [{ Condition: "{% 1 %}", Next: "B" }], Default: "B" },
      B: { Type: "Succeed" },
    });
    assert.deepInclude(await run(choice, {}), { error });
  });

  it("expressions see the execution's name and input, variables as they were, and no key that objects have by themselves", async () => {
    const definition = machine({
      A: { Type: "Pass", Assign: { v: 1 }, Next: "B" },
      B: { Type: "Pass", Assign: { v: 2 }, Output: "{% [$v, $states.context.Execution.Name] %}", Next: "C" },
      C: {
        Type: "Pass",
        Output: {
          before: "{% $states.input %}",
          now: "{% $v %}",
          given: "{% $states.context.Execution.Input.a %}",
          odd: "{% $exists($states.context.constructor) %}",
        },
        End: true,
      },
    });
    const outcome = await run(definition, { a: "{% 1 %}" });
    assert.deepInclude(outcome, { output: { before: [1, "x"], now: 2, given: "{% 1 %}", odd: false } });
  });
});

describe("retries", () => {
  const { definition } = emitLocal(planOf([["one", ["a"]]]));
  const busy = (name: string): Handlers => ({
    ...HANDLERS,
    startJobRun: () => Promise.reject(new ServiceError(name, "busy")),
  });

  it("wait longer each time, up to a cap", async () => {
    const seconds: number[] = [];
    const note = (_: string, each: number) => {
      seconds.push(each);
      return 0;
    };
    await run(definition, {}, { handlers: busy("Glue.ConcurrentRunsExceededException"), retrySeconds: note });
    assert.deepEqual(seconds, [60, 90, 135, 202.5, 303.75, 455.625, 600, 600]);
  });

  it("of one kind do not use up those of another", async () => {
    const names = [..."ct".repeat(6)].map((each) =>
      each === "c" ? "Glue.ConcurrentRunsExceededException" : "Glue.ThrottlingException",
    );
    const startJobRun = async () => {
      const name = names.shift();
      if (name !== undefined) throw new ServiceError(name, "busy");
      return { Id: "jr", JobRunState: "SUCCEEDED" };
    };
    assert.equal((await run(definition, {}, { handlers: { ...HANDLERS, startJobRun } })).status, "SUCCEEDED");
  });

  it("wait any time up to that: the jitter", async () => {
    const quick = JSON.parse(JSON.stringify(definition), (key, value) => (key === "IntervalSeconds" ? 0.01 : value));
    let calls = 0;
    const startJobRun = async () => {
      calls += 1;
      if (calls < 3) throw new ServiceError("Glue.ThrottlingException", "busy");
      return { Id: "jr", JobRunState: "SUCCEEDED" };
    };
    const outcome = await interpret(
      quick,
      {},
      {
        executionName: "x",
        handlers: { ...HANDLERS, startJobRun },
        waitSeconds: () => 0,
      },
    );
    assert.equal(outcome.status, "SUCCEEDED");
  });

  it("end at once with an abort, without another call", async () => {
    const controller = new AbortController();
    let calls = 0;
    const startJobRun = async () => {
      calls += 1;
      setImmediate(() => controller.abort());
      throw new ServiceError("Glue.ThrottlingException", "busy");
    };
    const outcome = await run(
      definition,
      {},
      {
        handlers: { ...HANDLERS, startJobRun },
        signal: controller.signal,
        retrySeconds: () => 3600,
      },
    );
    assert.deepEqual([outcome.status, calls], ["ABORTED", 1]);
  });
});

describe("a redrive", () => {
  it("starts the job again that failed, with the same arguments, and none before it", async () => {
    const { definition } = emitLocal(
      planOf([
        ["one", ["a"]],
        ["two", ["b"]],
      ]),
    );
    const jobs: string[] = [];
    let isBroken = true;
    const startJobRun: Handlers["startJobRun"] = async (parameters) => {
      jobs.push(JSON.stringify(parameters));
      return { Id: "jr", JobRunState: isBroken && parameters.JobName.endsWith("two") ? "STOPPED" : "SUCCEEDED" };
    };
    const handlers = { ...HANDLERS, startJobRun };
    const first = await run(definition, { datasets: ["b", "a"] }, { handlers });
    assert.equal(first.status, "FAILED");
    isBroken = false;
    const redrive = "stopped" in first ? first.stopped : undefined;
    if (redrive === undefined) throw new Error("it failed");
    assert.deepInclude(await run(definition, { datasets: ["b", "a"] }, { handlers, redrive }), { status: "SUCCEEDED" });
    assert.lengthOf(jobs, 3);
    assert.equal(jobs[2], jobs[1]);
  });

  it("crawls again what failed or was stopped by that, and nothing that had succeeded", async () => {
    const plan = planOf(
      [["one", ["a", "b", "c"]]],
      "crawlers: { good: s3://lake/gold/t0/, bad: s3://lake/gold/t1/, slow: s3://lake/gold/t2/ }\n",
    );
    const { definition, bindings } = emitLocal(plan);
    const nameOf = (crawler: string) => bindings.crawlers.find((each) => each.crawler === crawler)?.name ?? "";
    const started: string[] = [];
    let isBroken = true;
    let looks = 0;
    let goodIsDone = () => {};
    const good = new Promise<void>((resolve) => (goodIsDone = resolve));
    const handlers: Handlers = {
      ...HANDLERS,
      startCrawler: async (name, signal) => {
        started.push(name);
        if (!isBroken) return {};
        // The slow one ends only by the failure of the bad one, which waits for the good one.
        if (name === nameOf("slow")) await new Promise((resolve) => signal.addEventListener("abort", resolve));
        if (name === nameOf("bad")) {
          await good;
          throw new ServiceError("Glue.EntityNotFoundException", "gone");
        }
        return {};
      },
      getCrawler: async (name) => {
        const answer = await HANDLERS.getCrawler(name, new AbortController().signal);
        // The second look is the last one; what follows it is done before the next turn of Node's loop.
        looks += name === nameOf("good") ? 1 : 0;
        if (looks === 2) setImmediate(goodIsDone);
        return answer;
      },
    };
    const first = await run(definition, {}, { handlers });
    assert.deepInclude(first, { status: "FAILED", error: "Glue.EntityNotFoundException", cause: "gone" });
    isBroken = false;
    const redrive = "stopped" in first ? first.stopped : undefined;
    if (redrive === undefined) throw new Error("it failed");
    started.length = 0;
    assert.equal((await run(definition, {}, { handlers, redrive })).status, "SUCCEEDED");
    assert.sameMembers(started, [nameOf("bad"), nameOf("slow")]);
  });

  it("of bad input fails again at once", async () => {
    const { definition } = emitLocal(planOf([["one", ["a"]]]));
    const first = await run(definition, []);
    const redrive = "stopped" in first ? first.stopped : undefined;
    if (redrive === undefined) throw new Error("it failed");
    assert.deepInclude(await run(definition, [], { redrive }), { error: "Strata.BadInput" });
  });
});
