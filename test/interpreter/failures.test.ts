/** What happens when jobs and crawlers do not do what they should. */

import { assert } from "chai";
import { MOST_POLLS } from "../../compiler/emit/asl/crawl-states.ts";
import { interpret, ServiceError } from "../../local/interpreter/interpret.ts";
import { emitLocal, planOf } from "../asl/plans.ts";
import { execute } from "./run.ts";

const plan = planOf([
  ["one", ["a"]],
  ["two", ["b"]],
]);
const crawler = (State: string, Status?: string) => ({ Crawler: { State, ...(Status && { LastCrawl: { Status } }) } });

describe("jobs that fail", () => {
  it("end the execution at their stage, with the job's own words", async () => {
    const run = { Id: "jr", JobRunState: "FAILED", ErrorMessage: "1 of 1 datasets failed: a" };
    const { outcome, jobs, crawled } = await execute(
      plan,
      {},
      { startJobRun: () => Promise.reject(new ServiceError("States.TaskFailed", JSON.stringify(run))) },
    );
    assert.deepInclude(outcome, { status: "FAILED", error: "States.TaskFailed", cause: JSON.stringify(run) });
    assert.lengthOf(jobs, 1);
    assert.isEmpty(crawled);
  });

  for (const state of ["STOPPED", "TIMEOUT", "ERROR", "EXPIRED"]) {
    it(`a run that is ${state} fails inside its Task, so that a redrive starts it again`, async () => {
      const { outcome, jobs } = await execute(
        plan,
        {},
        { startJobRun: async () => ({ Id: "jr", JobRunState: state }) },
      );
      assert.equal(outcome.status, "FAILED");
      assert.notDeepInclude(outcome, { error: "Strata.BadInput" });
      assert.lengthOf(jobs, 1);
    });
  }

  it("are tried again when throttled or when another run is under way, then succeed", async () => {
    let left = 3;
    const { outcome, jobs } = await execute(
      plan,
      { stages: ["one"] },
      {
        startJobRun: async () => {
          left -= 1;
          if (left >= 0)
            throw new ServiceError(
              left % 2 ? "Glue.ConcurrentRunsExceededException" : "Glue.ThrottlingException",
              "busy",
            );
          return { Id: "jr", JobRunState: "SUCCEEDED" };
        },
      },
    );
    assert.equal(outcome.status, "SUCCEEDED");
    assert.lengthOf(jobs, 4);
  });

  it("are given up on when it goes on and on", async () => {
    const { outcome, jobs } = await execute(
      plan,
      {},
      { startJobRun: () => Promise.reject(new ServiceError("Glue.ConcurrentRunsExceededException", "busy")) },
    );
    assert.deepInclude(outcome, { status: "FAILED", error: "Glue.ConcurrentRunsExceededException" });
    assert.lengthOf(jobs, 9, "one try and eight retries");
  });

  for (const error of ["Glue.EntityNotFoundException", "States.TaskFailed", "Glue.InvalidInputException"]) {
    it(`are not tried again for ${error}`, async () => {
      const { jobs } = await execute(plan, {}, { startJobRun: () => Promise.reject(new ServiceError(error, "no")) });
      assert.lengthOf(jobs, 1);
    });
  }
});

describe("crawlers", () => {
  it("one that was running is waited for and started again", async () => {
    let starts = 0;
    let looks = 0;
    const { outcome, crawled } = await execute(
      plan,
      {},
      {
        startCrawler: async () => {
          starts += 1;
          if (starts === 1) throw new ServiceError("Glue.CrawlerRunningException", "running");
          return {};
        },
        getCrawler: async () => {
          looks += 1;
          return looks < 3 ? crawler("RUNNING") : crawler("READY", "SUCCEEDED");
        },
      },
    );
    assert.equal(outcome.status, "SUCCEEDED");
    assert.lengthOf(crawled, 2);
  });

  it("the outcome is read only when READY and present", async () => {
    const answers = [
      crawler("RUNNING", "FAILED"),
      crawler("STOPPING", "FAILED"),
      crawler("READY"),
      crawler("READY", "SUCCEEDED"),
    ];
    const { outcome } = await execute(
      plan,
      {},
      { getCrawler: async () => (answers.length > 1 ? answers.shift() : answers[0]) },
    );
    assert.equal(outcome.status, "SUCCEEDED");
  });

  for (const status of ["FAILED", "CANCELLED"]) {
    it(`a crawl that is ${status} fails the execution`, async () => {
      const { outcome } = await execute(plan, {}, { getCrawler: async () => crawler("READY", status) });
      assert.equal(outcome.status, "FAILED");
      assert.notDeepInclude(outcome, { error: "Strata.BadInput" });
    });
  }

  it("one that never ends is given up on after a bound", async () => {
    let looks = 0;
    const { outcome } = await execute(
      plan,
      {},
      {
        getCrawler: async () => {
          looks += 1;
          return crawler("RUNNING");
        },
      },
    );
    assert.equal(outcome.status, "FAILED");
    assert.equal(looks, MOST_POLLS + 1);
  });
});

describe("the interpreter", () => {
  it("starts no handler after an abort", async () => {
    const controller = new AbortController();
    const { outcome, jobs } = await execute(
      plan,
      {},
      {
        startJobRun: async () => {
          controller.abort();
          throw new ServiceError("Glue.ThrottlingException", "busy");
        },
      },
      controller.signal,
    );
    assert.equal(outcome.status, "ABORTED");
    await new Promise((resolve) => setImmediate(resolve));
    assert.lengthOf(jobs, 1);
  });

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

  it("refuses a Task that nothing stands in for, before anything starts", async () => {
    const { definition } = emitLocal(plan);
    const foreign = JSON.parse(JSON.stringify(definition).replaceAll("glue:startJobRun.sync", "sns:publish"));
    const handlers = { startJobRun: async () => ({}), startCrawler: async () => ({}), getCrawler: async () => ({}) };
    let problem: unknown;
    await interpret(foreign, {}, { executionName: "x", handlers }).catch((each) => (problem = each));
    assert.match(String(problem), /no local stand-in/);
  });

  it("refuses payloads beyond 256 KiB as Step Functions does", async () => {
    const { outcome } = await execute(
      plan,
      {},
      { startJobRun: async () => ({ Id: "x".repeat(300_000), JobRunState: "SUCCEEDED" }) },
    );
    assert.deepInclude(outcome, { status: "FAILED", error: "States.DataLimitExceeded" });
  });
});
