/** A dataset's entry in `sql_queries.json`, and its settings under `strata`. */

import * as z from "zod";
import { expectations } from "./expectations.ts";
import { columns, LOCATION, NOT_BLANK, nameOf } from "./names.ts";
import { WORDS } from "./words.ts";

/**
 * How a dataset's result is written. Authors set these under `strata`, the plan carries them, and the job gets those that
 * differ from their default: a new one is added here and used where the job writes. A default stays for ever: a definition
 * that was deployed before its change would mean something else.
 */
export const WRITING = {
  write: z
    .enum(["replace", "append", "replace_partitions", "merge"])
    .default("replace")
    .describe("How the new rows meet those that are there, below."),
  format: z
    .enum(["parquet", "iceberg"])
    .default("parquet")
    .describe("`iceberg`: an Iceberg table, whole at every moment for every reader ([publish.md](publish.md))."),
  partition_by: columns
    .default([])
    .describe(
      "Columns that become folders `column=value`; they stay columns for every reader, with their types and in their place.",
    ),
  merge_key: columns.default([]).describe("For `merge`: the columns that identify a row."),
  sort_by: columns
    .default([])
    .describe(
      "Columns by which the rows are sorted, the first one counts most; ascending, NULLs first. Readers that filter on them skip files and row groups.",
    ),
  // Large enough for Athena to read with few requests, small enough to be read side by side.
  file_size_mib: z.int().min(1).max(4096).default(128).describe("Size that output files aim at, in MiB."),
  compression: z.enum(["zstd", "snappy", "gzip", "none"]).default("zstd").describe("Codec of the files."),
  keep: z
    .int()
    .min(0)
    .max(100)
    .default(0)
    .describe("Earlier generations kept for `strata recover --to` (Parquet; Iceberg keeps snapshots by itself)."),
  skip_unchanged: z
    .boolean()
    .default(false)
    .describe("`true`: not run if SQL, parameters, source generations and settings are those of the last commit."),
};

/** Every setting of how a result is written, in order. */
export const WRITING_KEYS = Object.keys(WRITING) as (keyof typeof WRITING)[];

/** What authors get who say nothing; the job takes the same for a key that is not there. */
export const USUAL_WRITING = z.strictObject(WRITING).parse({});

/** `strata` of a dataset. */
export const datasetSettings = z
  .strictObject({
    ...WRITING,
    expectations: expectations.default([]).describe("What must hold of the result before it is committed, below."),
    description: z.string().optional().describe("For people."),
    allow: z
      .record(z.string(), z.string().meta(NOT_BLANK).register(WORDS, { called: "the reason for `{key}`" }))
      .register(WORDS, { called: "`{key}` of {owner}" })
      .optional()
      .describe("Codes of diagnostics that are lowered, with the reason ([diagnostics.md](diagnostics.md))."),
  })
  .describe("Strata's settings of a dataset.");

const table = z
  .object({
    table_name: nameOf("a source table").describe("The view's name in the SQL."),
    s3_path: z.string().meta(LOCATION).describe("`s3://<bucket>/<prefix>/` of the Parquet files behind it."),
  })
  .register(WORDS, { called: "a table of {owner}" });

/** One dataset. Keys that are not listed are the author's own. */
export const dataset = z
  .object({
    sql_name: z.string().describe("The dataset's name again."),
    sql_file: z.string().describe("Path of its SQL file below `sql/`."),
    tables: z
      .array(table)
      .optional()
      .describe(
        "The tables that its SQL reads. A name that is not listed is a dataset of the pipeline or one of `sources` ([datasets.md](datasets.md#tables)).",
      ),
    s3_target: z
      .string()
      .meta(LOCATION)
      .optional()
      .describe("`s3://<bucket>/<prefix>/` that the result is written to. Default: it is not written."),
    target_name: z.string().optional().describe("Name of the result, for people."),
    strata: datasetSettings.optional().describe("Strata's settings."),
  })
  .register(WORDS, { called: "dataset `{key}`", owns: true });

/** `sql_queries.json`. */
export const queries = z
  .record(nameOf("a dataset"), dataset)
  .register(WORDS, { called: "`sql_queries.json`" })
  .describe("Every dataset of the pipeline by its name.");

/** `etl_stages.json`. */
export const stages = z
  .record(
    nameOf("a stage"),
    z.array(z.string().register(WORDS, { called: "a dataset of {of}" })).register(WORDS, { called: "stage `{key}`" }),
  )
  .meta({ minProperties: 1 })
  .register(WORDS, { called: "`etl_stages.json`" })
  .describe("Stages in the order in which they run, each with its datasets in order.");
