/** The ledger: a record of each attempt, `<state>/ledger/<dataset>/<time>-<attempt>.json`, and samples of offending rows beside it. */

import * as z from "zod";
import { OUTCOME } from "./events.ts";
import { WORDS } from "./words.ts";

/** A source as it was read. */
const sourceColumns = z
  .strictObject({
    table: z.string().describe("The table's name in the SQL."),
    location: z.string().describe("Its URI, ending in `/`."),
    columns: z.array(z.tuple([z.string(), z.string()])).describe("Name and Spark type of each column, in order."),
  })
  .register(WORDS, { python: "SourceColumns" })
  .describe("The columns of a source as it was read.");

/** One attempt. */
export const ledgerRecord = z
  .strictObject({
    strata: z.literal(1).describe("Format version."),
    pipeline: z.string().describe("The pipeline."),
    stage: z.string().describe("The stage."),
    execution: z.string().describe("The execution."),
    dataset: z.string().describe("The dataset."),
    attempt: z.string().describe("The attempt."),
    target: z.string().nullable().describe("The target's URI; null without a target."),
    write: z.string().describe("The write mode."),
    started: z.string().describe("ISO 8601, UTC."),
    finished: z.string().describe("ISO 8601, UTC."),
    seconds: z.number().min(0).describe("How long it took."),
    phases: z.record(z.string(), z.number()).describe("Seconds of each phase."),
    ...OUTCOME,
    fingerprints: z.record(z.string(), z.string()).describe("What it was computed from."),
    sources: z
      .array(sourceColumns)
      .optional()
      .describe(
        "Columns of the sources that its pipeline does not write, as the last attempt that succeeded read them: this one, or one before it.",
      ),
    versions: z
      .strictObject({
        strata: z.string().describe("The job's."),
        engine: z.string().describe("The engine's, with its name."),
        plan: z.string().describe("The plan's digest."),
        python: z.string().describe("Python's."),
      })
      .register(WORDS, { python: "Versions" })
      .describe("Versions of the job, the engine and Python, and the plan's digest."),
  })
  .register(WORDS, { python: "LedgerRecord" })
  .describe("What came of one attempt.");

/** Offending rows of one attempt. */
export const ledgerSample = z
  .strictObject({
    strata: z.literal(1).describe("Format version."),
    dataset: z.string().describe("The dataset."),
    rows: z.record(z.string(), z.array(z.string())).describe("Expectation to rows, each a JSON object as text."),
  })
  .register(WORDS, { python: "LedgerSample" })
  .describe("Rows that failed an expectation: rows of your data.");
