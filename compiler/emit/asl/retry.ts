/** When a call is tried again: for throttling and concurrency only. Anything else is somebody's mistake or a lost cause. */

import type { Retrier } from "./types.ts";

/** Another run of the job, or the account's quota of runs, is in the way: minutes. Names: Glue StartJobRun, API reference. */
const CONCURRENCY: Retrier = {
  ErrorEquals: ["Glue.ConcurrentRunsExceededException", "Glue.ResourceNumberLimitExceededException"],
  IntervalSeconds: 60,
  MaxAttempts: 8,
  BackoffRate: 1.5,
  MaxDelaySeconds: 600,
  JitterStrategy: "FULL",
};

/** "Rate exceeded" comes under either name; seconds. */
const THROTTLING: Retrier = {
  ErrorEquals: ["Glue.ThrottlingException", "Glue.AWSGlueException"],
  IntervalSeconds: 5,
  MaxAttempts: 6,
  BackoffRate: 2,
  MaxDelaySeconds: 60,
  JitterStrategy: "FULL",
};

export const JOB_RETRY: readonly Retrier[] = [CONCURRENCY, THROTTLING];
export const CRAWLER_RETRY: readonly Retrier[] = [THROTTLING];

export const LAMBDA_RETRY: readonly Retrier[] = [
  { ...THROTTLING, ErrorEquals: ["Lambda.TooManyRequestsException", "Lambda.ServiceException"] },
];
