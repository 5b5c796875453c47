/** Arguments of a job run, and the group of datasets that it runs: a stage. */

import * as z from "zod";
import { MOST_AT_ONCE } from "./stack.ts";
import { WORDS } from "./words.ts";

const text = z.string();

/** A value that travels as its JSON text. */
function jsonText<Schema extends z.ZodType>(schema: Schema) {
  return z.codec(text, schema, {
    decode: (json) => JSON.parse(json),
    encode: (value) => JSON.stringify(value),
  });
}

/** Arguments by name; on a command line each has `--` in front. */
export const jobArguments = z
  .strictObject({
    group_list: text.describe(
      "JSON array of the stage's dataset objects, each with `sql_text`; or the `s3://` address of an object that holds it (larger groups)",
    ),
    pipeline: text.default("").describe("The pipeline's name as the author wrote it"),
    stage: text.default("").describe("The stage's name as the author wrote it"),
    execution: text.default("").describe("name of the execution"),
    plan: text.default("").describe("the plan's digest"),
    params: text.default("{}").describe("JSON object: parameter name → value as string, number or boolean"),
    param_types: text.default("{}").describe("JSON object: declared parameter name → Spark type"),
    datasets: jsonText(z.array(text).nullable())
      .default([])
      .describe("JSON array of the datasets selected, of any stage; `[]` or `null` for all of this one"),
    publish: text
      .default("{}")
      .describe(
        "JSON object: dataset → how its result is checked and published, below; or the `s3://` address of an object that holds it; datasets with nothing but defaults are left out",
      ),
    state: text
      .optional()
      .describe(
        "where the ledger is kept: `s3://<state bucket>/<stage's prefix>` on AWS, a folder locally; absent: no ledger",
      ),
    concurrency: jsonText(z.int().min(1).max(MOST_AT_ONCE))
      .optional()
      .describe(`datasets at the same time, 1 to ${MOST_AT_ONCE}; absent: from the cluster's cores`),
    store: text
      .optional()
      .describe(
        "absent on AWS; a lake folder (`<lake>/<bucket>/<prefix>`) locally; an `http(s)://` S3 endpoint in tests",
      ),
    written_by: text.optional().describe("version of Strata that compiled the pipeline; messages name it"),
    arguments_version: text.optional().describe("version of how arguments travel, below"),
    digests: text.optional().describe("SHA-256 of arguments as they travel, below"),
  })
  .register(WORDS, { python: "JobArguments" })
  .describe("Arguments of a job run. All of them travel as text.");

const source = z
  .object({
    table_name: text.describe("The view's name in the SQL.").register(WORDS, { attribute: "table" }),
    s3_path: text.describe("Location of the Parquet files behind it.").register(WORDS, { attribute: "location" }),
  })
  .register(WORDS, { python: "Source" })
  .describe("A table that a dataset reads.");

/** One dataset of `--group_list`: its entry in `sql_queries.json`, and its SQL. */
export const groupDataset = z
  .object({
    sql_name: text.describe("The dataset's name.").register(WORDS, { attribute: "name" }),
    sql_text: text.describe("Its SELECT.").register(WORDS, { attribute: "sql" }),
    tables: z
      .array(source)
      .default([])
      .describe("The tables that its SQL reads.")
      .register(WORDS, { attribute: "sources" }),
    s3_target: text
      .nullish()
      .describe("Location of the table that it writes. Default: its rows are counted only.")
      .register(WORDS, { attribute: "target" }),
  })
  .register(WORDS, { python: "Dataset" })
  .describe("One SELECT and the table that it writes.");
