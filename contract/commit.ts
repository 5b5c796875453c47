/** The commit record, `<target>/_strata/commit.json`. */

import * as z from "zod";
import { RECORD_VERSION } from "./version.ts";
import { WORDS } from "./words.ts";

/** The largest whole number that every reader of JSON has exactly is the limit of each. */
const whole = z.int().min(0);

/** One file of a target's content. */
export const recordFile = z
  .object({
    path: z.string().describe("Relative to the target."),
    rows: whole.describe("Rows."),
    bytes: whole.describe("Bytes."),
    staged: z
      .string()
      .nullish()
      .describe(
        "Where the engine wrote it, below `_strata/attempts/<attempt>/`; only while the record is not published.",
      ),
  })
  .register(WORDS, { python: "RecordFile" })
  .describe("A file of the target's content.");

const column = z
  .object({ name: z.string().describe("Its name."), type: z.string().describe("Its Spark type, `decimal(10,2)`.") })
  .register(WORDS, { python: "Column" })
  .describe("A column of the target.");

const schema = z.array(column).describe("Columns with Spark types, in the SQL's order.");
const partitionBy = z.array(z.string()).describe("Columns that are folders.");

const generation = z
  .object({
    generation: whole.describe("Its number."),
    time: z.string().describe("When it was committed, ISO 8601, UTC."),
    execution: z.string().describe("The execution that committed it."),
    files: z.array(recordFile).describe("Its files."),
    schema,
    partition_by: partitionBy,
  })
  .register(WORDS, { python: "Generation" })
  .describe("An earlier content that can be gone back to.");

/** A record. Every key is there; a reader leaves keys alone that it does not know. */
export const commitRecord = z
  .object({
    strata: z.literal(RECORD_VERSION).describe("Format version; a newer one is refused."),
    generation: whole.describe("Counts commits of this target from 1."),
    published: z.boolean().describe("`false`: committed, but not all files are promoted."),
    attempt: z.string().describe("The attempt that committed it; part of its files' names."),
    execution: z.string().describe("The execution, `<pipeline>/…`."),
    pipeline: z.string().describe("The pipeline."),
    stage: z.string().describe("The stage."),
    dataset: z.string().describe("The dataset."),
    time: z.string().describe("When it was committed, ISO 8601, UTC."),
    write: z
      .string()
      .describe("The write mode, or `restore` after `recover --to`, or `rebuild` after `recover --rebuild`."),
    files: z.array(recordFile).describe("The target's content."),
    rows: whole.describe("Sum over the files.").register(WORDS, { derived: true }),
    bytes: whole.describe("Sum over the files.").register(WORDS, { derived: true }),
    schema,
    partition_by: partitionBy,
    fingerprints: z
      .record(z.string(), z.string())
      .describe("What it was computed from: `sql`, `params`, `sources`, `settings` to a digest."),
    executions: z.array(z.string()).describe("Executions that have committed here, newest last, at most 4,000."),
    drops: z.array(z.string()).describe("While not published: files of the old content that the promotion deletes."),
    keep: whole.describe("Earlier generations to keep."),
    kept: z.array(generation).describe("Earlier generations, kept by `keep`, newest first."),
    kept_drops: z.array(z.string()).describe("While not published: kept files that the promotion deletes."),
  })
  .register(WORDS, { python: "CommitRecord" })
  .describe("What a target's content is.");
