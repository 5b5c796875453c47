/** When a call is tried again: for throttling and concurrency only. Anything else is a mistake, or fails again. */

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

const SECONDS = {
  IntervalSeconds: 5,
  MaxAttempts: 6,
  BackoffRate: 2,
  MaxDelaySeconds: 60,
  JitterStrategy: "FULL",
} as const;

/**
 * "Rate exceeded" comes as Glue's own name or as the SDK's name for what a service's model has no name for, which is
 * `Glue.GlueException` where AWS's record has `DynamoDb.DynamoDbException` (docs/state-machine.md, "What AWS confirms");
 * `glue:startJobRun.sync`, which is older, uses the first SDK's name.
 */
const throttling = (general: string): Retrier => ({ ErrorEquals: ["Glue.ThrottlingException", general], ...SECONDS });

export const JOB_RETRY: readonly Retrier[] = [CONCURRENCY, throttling("Glue.AWSGlueException")];
export const CRAWLER_RETRY: readonly Retrier[] = [throttling("Glue.GlueException")];

export const LAMBDA_RETRY: readonly Retrier[] = [
  { ErrorEquals: ["Lambda.TooManyRequestsException", "Lambda.ServiceException"], ...SECONDS },
];
