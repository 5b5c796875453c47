/** What Glue answers in an execution of two stages with a crawler, and what comes of it, for both readers of a definition. */

import { MOST_POLLS } from "../../compiler/emit/asl/crawl-states.ts";
import type { Answers } from "./fake-aws.ts";

const READY = (Status?: string) => ({ Crawler: { State: "READY", ...(Status && { LastCrawl: { Status } }) } });
const RUNNING = { Crawler: { State: "RUNNING" } };
const STOPPING = { Crawler: { State: "STOPPING", LastCrawl: { Status: "FAILED" } } };
const DONE = { Id: "jr", JobRunState: "SUCCEEDED" };

export const GOOD: Answers = { startJobRun: [DONE], getCrawler: [READY("SUCCEEDED")] };

export interface Case {
  readonly answers: Answers;
  /** Undefined: it succeeds. */
  readonly error?: string;
  /** How often jobs and crawlers are started, and crawlers looked at. */
  readonly calls: readonly [jobs: number, crawls: number, looks: number];
}

const jobs = (startJobRun: Answers[string], error: string | undefined, calls: Case["calls"]): Case => ({
  answers: { startJobRun },
  ...(error !== undefined && { error }),
  calls,
});
const failedCrawl = "States.QueryEvaluationError";

const RETRIED = {
  ConcurrentRunsExceededException: 8,
  ResourceNumberLimitExceededException: 8,
  ThrottlingException: 6,
  AWSGlueException: 6,
};

export const CASES: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(
    Object.entries(RETRIED).flatMap(([code, retries]) => [
      [`a job that throws ${code} once is tried again`, jobs([{ throw: code }, DONE], undefined, [3, 1, 2])],
      [`a job that always throws ${code} is given up on`, jobs([{ throw: code }], `Glue.${code}`, [retries + 1, 0, 0])],
    ]),
  ),
  ...Object.fromEntries(
    ["EntityNotFoundException", "InvalidInputException", "InternalServiceException"].map((code) => [
      `a job that throws ${code} is not tried again`,
      jobs([{ throw: code }], `Glue.${code}`, [1, 0, 0]),
    ]),
  ),
  ...Object.fromEntries(
    ["FAILED", "TIMEOUT", "ERROR", "STOPPED", "EXPIRED"].map((state) => [
      `a run that is ${state} fails its Task, so that a redrive starts it again`,
      jobs(
        [{ Id: "jr_1", JobRunState: state, ErrorMessage: '1 of 1 datasets failed: "a"' }],
        ["STOPPED", "EXPIRED"].includes(state) ? failedCrawl : "States.TaskFailed",
        [1, 0, 0],
      ),
    ]),
  ),
  "a crawl that succeeds": { answers: {}, calls: [2, 1, 2] },
  "a crawler that was running is waited for and started again": {
    answers: {
      startCrawler: [{ throw: "CrawlerRunningException" }, {}],
      getCrawler: [RUNNING, READY("FAILED"), READY("SUCCEEDED")],
    },
    calls: [2, 2, 4],
  },
  "the outcome of a crawl is read only when READY and present": {
    answers: { getCrawler: [RUNNING, STOPPING, READY(), READY("SUCCEEDED")] },
    calls: [2, 1, 5],
  },
  "a crawl that fails": { answers: { getCrawler: [READY("FAILED")] }, error: failedCrawl, calls: [2, 1, 2] },
  "a crawl that is cancelled": { answers: { getCrawler: [READY("CANCELLED")] }, error: failedCrawl, calls: [2, 1, 2] },
  "a crawler that does not exist": {
    answers: { startCrawler: [{ throw: "EntityNotFoundException" }] },
    error: "Glue.EntityNotFoundException",
    calls: [2, 1, 0],
  },
  "a crawler that is throttled": {
    answers: { getCrawler: [{ throw: "ThrottlingException" }, READY("SUCCEEDED")] },
    calls: [2, 1, 3],
  },
  "a crawler that is throttled by the SDK's general name": {
    answers: { startCrawler: [{ throw: "GlueException" }, {}] },
    calls: [2, 2, 2],
  },
  "a crawl that never ends is given up on": {
    answers: { getCrawler: [RUNNING] },
    error: failedCrawl,
    calls: [2, 1, MOST_POLLS + 1],
  },
};
