/** Arguments of a job run, and the group of datasets that it runs: a stage. */

import * as z from "zod";
import { PARAM_TYPES } from "./param-types.ts";
import { MOST_AT_ONCE } from "./stack.ts";
import { WORDS } from "./words.ts";

const text = z.string();

/** A value that is passed as its JSON text. */
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
      "JSON array of the stage's dataset objects, each with `sql_text`; a larger group is the `s3://` URI of an object with the array.",
    ),
    pipeline: text.default("").describe("The pipeline's name as the author wrote it."),
    stage: text.default("").describe("The stage's name as the author wrote it."),
    execution: text.default("").describe("Name of the execution."),
    plan: text.default("").describe("Digest of the plan."),
    params: text.default("{}").describe("JSON object: parameter name → value as string, number or boolean."),
    param_types: jsonText(z.record(text, z.enum(PARAM_TYPES)))
      .optional()
      .describe("JSON object: declared parameter name → Spark type. Default: no parameters."),
    datasets: jsonText(z.array(text).nullable())
      .default([])
      .describe("JSON array of the selected datasets of any stage; `[]` or `null`: all of this stage."),
    publish: text
      .default("{}")
      .describe(
        "JSON object: dataset → how its result is checked and published, below; a larger one is the `s3://` URI of an object with it. Datasets with defaults only are left out.",
      ),
    state: text
      .optional()
      .describe(
        "Location of the ledger: `s3://<state bucket>/<stage's prefix>` on AWS, a folder locally. Default: no ledger.",
      ),
    concurrency: jsonText(z.int().min(1).max(MOST_AT_ONCE))
      .optional()
      .describe(`Datasets at the same time, 1 to ${MOST_AT_ONCE}. Default: computed from the cluster's cores.`),
    store: text
      .optional()
      .describe(
        "Absent on AWS; a lake folder (`<lake>/<bucket>/<prefix>`) locally; an `http(s)://` S3 endpoint in tests.",
      ),
    written_by: text.optional().describe("Version of Strata that compiled the pipeline; messages name it."),
    arguments_version: text.optional().describe("Version of the arguments and of their encoding, below."),
    digests: text.optional().describe("SHA-256 of the encoded arguments, below."),
  })
  .register(WORDS, { python: "JobArguments" })
  .describe("Arguments of a job run. All of them are passed as text.");

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
