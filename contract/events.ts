/** Events: one JSON object a line on the job's stdout. */

import * as z from "zod";
import { WORDS } from "./words.ts";

const count = z.int().min(0);
const seconds = z.number().min(0);

/** What came of one expectation. */
export const expectationOutcome = z
  .strictObject({
    name: z.string().describe("Its name."),
    kind: z.string().describe("Its kind."),
    severity: z.enum(["error", "warn"]).describe("`error` blocks the commit."),
    status: z.enum(["PASSED", "FAILED"]).describe("The outcome."),
    failing: count
      .nullable()
      .describe("Offending rows; null where no row offends by itself, or it cannot be computed."),
    observed: z.int().optional().describe("The number that was compared with bounds: rows, or seconds of age."),
    before: count.optional().describe("Rows of the run before."),
    allowed: z.unknown().optional().describe("The bounds."),
    reason: z.string().optional().describe("Why an expectation on the whole result failed."),
    sample: z.string().optional().describe("Where offending rows are kept, relative to the state."),
  })
  .register(WORDS, { python: "ExpectationOutcome" })
  .describe("What came of one expectation.");

/** Why a dataset failed or was blocked. */
export const eventError = z
  .strictObject({
    class: z.string().describe("Its kind, `SOURCE_MISSING`.").register(WORDS, { attribute: "kind" }),
    message: z.string().describe("What is wrong, and what to do."),
    line: count.optional().describe("Line of the SQL."),
    column: count.optional().describe("Column of the SQL."),
    frame: z.string().optional().describe("The SQL around the position."),
  })
  .register(WORDS, { python: "EventError" })
  .describe("Why a dataset failed or was blocked.");

/** A column of a source that is not as it was. */
export const sourceChange = z
  .strictObject({
    table: z.string().describe("The table's name in the SQL."),
    column: z.string().describe("The column's name."),
    before: z.string().optional().describe("Its type then; not for a new column."),
    now: z.string().optional().describe("Its type now; not for one that is gone."),
  })
  .register(WORDS, { python: "SourceChange" })
  .describe("A column of a source that is not as it was.");

/** What a finished dataset's event and its ledger record both say. */
export const OUTCOME = {
  status: z.enum(["SUCCEEDED", "FAILED", "SKIPPED", "BLOCKED", "NOT_SELECTED"]).describe("The outcome."),
  rows: count
    .nullable()
    .describe(
      "Rows of the target's current version; null when FAILED, except for `PUBLISH_INTERRUPTED`, which is committed.",
    ),
  bytes: count.nullable().describe("Bytes of the target's current version; null as `rows`."),
  files: count.nullable().describe("Files of the target's current version; null as `rows`."),
  rows_written: count.nullable().describe("Rows of this attempt's result; null where none was computed or committed."),
  rows_in: count.nullable().describe("Rows of its sources; null where unknown."),
  generation: count.nullable().describe("The target's generation; null where it has none."),
  snapshot: z.string().optional().describe("An Iceberg snapshot's id, as text."),
  repeated: z.literal(true).optional().describe("This execution had committed before, so nothing was done."),
  warnings: z.array(z.string()).optional().describe("What the author should know of it."),
  source_changes: z
    .array(sourceChange)
    .optional()
    .describe(
      "Columns of sources that its pipeline does not write, compared with the dataset's last run that succeeded; only if some changed.",
    ),
  expectations: z.array(expectationOutcome).describe("What came of each expectation."),
  error: eventError.optional().describe("Only when FAILED or BLOCKED."),
};

/** Keys of every event. */
export const eventContext = z
  .strictObject({
    strata: z.literal(1).describe("Format version."),
    time: z.string().describe("ISO 8601, UTC."),
    pipeline: z.string().describe("The pipeline."),
    stage: z.string().describe("The stage."),
    execution: z.string().describe("The execution."),
  })
  .register(WORDS, { python: "EventContext" })
  .describe("What every event has.");

const named = { name: z.string().describe("The dataset.") };

/** What each event has beside the common keys. */
export const EVENTS = {
  job_started: own("job_started", {
    engine: z.string().describe("`sail 0.7.2`, `spark 4.1.1`."),
    plan: z.string().describe("The plan's digest."),
    datasets: count.describe("Datasets of the stage."),
  }),
  dataset_started: own("dataset_started", named).describe(
    "It computes now, or ends without having to; one that waits for a slot has not begun.",
  ),
  dataset_finished: own("dataset_finished", {
    ...named,
    ...OUTCOME,
    seconds: seconds.describe("How long it took."),
    commit_seconds: seconds.nullable().describe("How long the commit took; null where there was none."),
    failed_expectations: count.describe("How many of `expectations` failed."),
    target: z.string().nullable().describe("The target's URI; null without a target."),
    _aws: z.unknown().describe("CloudWatch's embedded metric format, below.").register(WORDS, { attribute: "aws" }),
  }),
  ledger_failed: own("ledger_failed", { ...named, message: z.string().describe("Why.") }).describe(
    "The state cannot be written or read: a warning, no dataset fails by it.",
  ),
  error_shown: own("error_shown", { ...named, message: z.string().describe("The engine's message.") }).describe(
    "An engine's message with values of rows, before the `dataset_finished` of a failed dataset; from the local worker to the terminal only, never on AWS, in a ledger or in a result's JSON.",
  ),
  job_finished: own("job_finished", {
    status: z.enum(["SUCCEEDED", "FAILED"]).describe("What the job came to."),
    seconds: seconds.describe("How long it took."),
    failed: z.array(z.string()).describe("Datasets that failed."),
    error: z.string().optional().describe("The job's first line; only when FAILED."),
  }),
};

/** An event's own keys. */
function own<Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) {
  const python = name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return z
    .strictObject({ event: z.literal(name).describe("Which event it is."), ...shape })
    .register(WORDS, { python });
}

/** Any event. */
export const event = z.discriminatedUnion("event", [
  EVENTS.job_started.extend(eventContext.shape),
  EVENTS.dataset_started.extend(eventContext.shape),
  EVENTS.dataset_finished.extend(eventContext.shape),
  EVENTS.ledger_failed.extend(eventContext.shape),
  EVENTS.error_shown.extend(eventContext.shape),
  EVENTS.job_finished.extend(eventContext.shape),
]);
