/** Arguments of a job run: a stage. All are text. */

import * as z from "zod";
import { MOST_AT_ONCE } from "./stack.ts";
import { WORDS } from "./words.ts";

const text = z.string();

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
    datasets: text
      .default("[]")
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
    concurrency: text
      .regex(/^([1-9]|[1-5]\d|6[0-4])$/)
      .register(WORDS, { help: `a number from 1 to ${MOST_AT_ONCE}` })
      .optional()
      .describe(`datasets at the same time, 1 to ${MOST_AT_ONCE}; absent: from the cluster's cores`),
    store: text
      .optional()
      .describe(
        "absent on AWS; a lake folder (`<lake>/<bucket>/<prefix>`) locally; an `http(s)://` S3 endpoint in tests",
      ),
    arguments_version: text.optional().describe("version of how arguments travel, below"),
    digests: text.optional().describe("SHA-256 of arguments as they travel, below"),
  })
  .register(WORDS, { python: "JobArguments" });
