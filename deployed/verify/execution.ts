/** Starts the canary's execution with an empty input, waits for its end, and reads its history. */

import { randomBytes } from "node:crypto";
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import type { Clients } from "../clients.ts";

/** Limits of the wait, and the clock. */
export interface Waiting {
  /** Resolves after a number of milliseconds; rejects when the command is cancelled. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Milliseconds since an arbitrary point in time. */
  readonly now: () => number;
  /** Most milliseconds of an execution: a job's start, a crawl's ten minutes, and a margin. */
  readonly longest: number;
  /** Reports what the command waits for. */
  readonly onProgress: (message: string) => void;
}

/** An execution that ended, or that still ran at the time limit. */
export interface Ended {
  readonly arn: string;
  /** Step Functions' status; `RUNNING` at the time limit. */
  readonly status: string;
  readonly error: string;
  readonly cause: string;
  readonly events: readonly HistoryEvent[];
}

const POLL_MILLISECONDS = 5_000;

/** Runs a state machine once, with the empty input of a schedule. */
export async function runOnce(
  { sfn }: Pick<Clients, "sfn">,
  stateMachineArn: string,
  waiting: Waiting,
): Promise<Ended> {
  const name = `verify-${randomBytes(6).toString("hex")}`;
  const { executionArn: arn = "" } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: "{}" }));
  waiting.onProgress(`started ${arn}`);
  const end = waiting.now() + waiting.longest;
  for (;;) {
    const seen: DescribeExecutionCommandOutput = await sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
    const { status = "", error = "", cause = "" } = seen;
    if (status !== "RUNNING" || waiting.now() >= end)
      return { arn, status, error, cause, events: await historyOf({ sfn }, arn) };
    waiting.onProgress(`${status.toLowerCase()} for ${Math.round((waiting.longest - (end - waiting.now())) / 1000)} s`);
    await waiting.pause(POLL_MILLISECONDS);
  }
}

async function historyOf({ sfn }: Pick<Clients, "sfn">, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, ...(nextToken && { nextToken }) }),
    );
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return events;
}

/** True if the execution got as far as starting a Glue job. */
export function askedForJob({ events }: Ended): boolean {
  return events.some(({ taskScheduledEventDetails }) => taskScheduledEventDetails?.resource?.startsWith("startJobRun"));
}

/** Id of the job run; undefined if Glue returned none. */
export function jobRunOf({ events }: Ended): string | undefined {
  const output = events.flatMap(({ taskSubmittedEventDetails: details }) =>
    details?.resource?.startsWith("startJobRun") ? (details.output ?? []) : [],
  )[0];
  if (output === undefined) return undefined;
  try {
    const { JobRunId } = JSON.parse(output) as { JobRunId?: unknown };
    return typeof JobRunId === "string" ? JobRunId : undefined;
  } catch {
    return undefined;
  }
}
