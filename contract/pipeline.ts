/** `pipeline.yaml`: what concerns a pipeline as a whole; every key is optional. */

import * as z from "zod";
import { expectations } from "./expectations.ts";
import { LOCATION, nameOf } from "./names.ts";
import { PARAM_TYPES } from "./param-types.ts";
import { isSparkType } from "./spark-types.ts";
import { finding, WORDS } from "./words.ts";

/** Longest text of a named query, in bytes (Athena CreateNamedQuery). */
const MAX_QUERY_BYTES = 262_144;

const sparkType = z
  .string()
  .check(
    finding((type) => {
      const help = "for example `string`, `int`, `decimal(10,2)`, `timestamp`, `array<string>`";
      return isSparkType(type) ? [] : [{ message: `\`${type}\` is not a type of Spark SQL`, help }];
    }),
  )
  .register(WORDS, { called: "the type of column `{key}`" });

const source = z
  .strictObject({
    s3_path: z
      .string()
      .meta(LOCATION)
      .optional()
      .describe(
        "`s3://<bucket>/<prefix>/` of its files: datasets may then read the source by its name, without an entry in `tables`.",
      ),
    columns: z
      .record(nameOf("a column"), sparkType)
      .register(WORDS, { called: "`columns`" })
      .optional()
      .describe(
        "Name and Spark type of each column, in order: the type that the SQL sees, for partition folders too ([engines.md](engines.md#source-files-that-strata-did-not-write)).",
      ),
    rows: z
      .int()
      .min(0)
      .optional()
      .describe("About how many; a large table that is replaced under its readers gets the note `W005`."),
  })
  .register(WORDS, { called: "source `{key}`", owns: true });

const param = z
  .strictObject({
    type: z
      .enum(PARAM_TYPES)
      .register(WORDS, { help: `known types: ${PARAM_TYPES.join(", ")}` })
      .describe("Type of the value in SQL."),
    default: z
      .union([z.string(), z.number(), z.boolean()])
      .optional()
      .describe("Value where an execution gives none. Default: every execution must give one."),
  })
  .register(WORDS, { called: "parameter `{key}`", owns: true });

/** Spark reads `:name` only for an identifier. */
const PARAM_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

const paramName = nameOf("a parameter")
  .check(
    finding((name) => {
      const help = "use at most 128 letters, digits and `_`, starting with a letter: SQL reads it as `:name`";
      const isIdentifier = name === "" || PARAM_NAME.test(name);
      return isIdentifier ? [] : [{ code: "C016", message: `\`${name}\` cannot be the name of a parameter`, help }];
    }),
  )
  .meta({ pattern: PARAM_NAME.source });

const query = z
  .string()
  .check(
    finding((sql) => {
      const bytes = new TextEncoder().encode(sql).length;
      if (bytes > 0 && bytes <= MAX_QUERY_BYTES) return [];
      const message = `{it} ${bytes === 0 ? "is empty" : `is too long: ${bytes.toLocaleString("en-US")} bytes`}`;
      const help = `write 1 to ${MAX_QUERY_BYTES.toLocaleString("en-US")} bytes, which Athena takes`;
      return [{ code: "L001", message, help }];
    }),
  )
  .meta({ minLength: 1 })
  .register(WORDS, { called: "query `{key}`" });

/** `pipeline.yaml`. */
export const pipeline = z
  .strictObject({
    description: z.string().optional().describe("For people."),
    sources: z
      .record(nameOf("a source"), source)
      .register(WORDS, { called: "`{key}`" })
      .optional()
      .describe("Source tables that no dataset here writes, by name; `strata schemas` writes their columns, below."),
    params: z
      .record(paramName, param)
      .register(WORDS, { called: "`{key}`" })
      .optional()
      .describe("Parameters, `:name` in SQL."),
    crawlers: z
      .record(nameOf("a crawler"), z.string().meta(LOCATION).register(WORDS, { called: "crawler `{key}`" }))
      .register(WORDS, { called: "`{key}`" })
      .optional()
      .describe("Crawler to the `s3://<bucket>/<prefix>/` that it crawls. Default: derived from the targets."),
    queries: z
      .record(nameOf("a query"), query)
      .register(WORDS, { called: "`{key}`" })
      .optional()
      .describe("Named queries of Athena, name to SQL."),
    setup: z
      .enum(["inline", "runtime"])
      .register(WORDS, {
        called: "`setup`",
        help: "write `inline` (groups in the definition) or `runtime` (groups read from S3 by read-setup)",
      })
      .default("inline")
      .describe("`inline`, or `runtime`: groups are read from S3 by read-setup ([read-setup.md](read-setup.md))."),
    expectations: expectations.default([]).describe("Expectations of every dataset that has a target, below."),
  })
  .register(WORDS, { called: "`pipeline.yaml`", owns: true })
  .describe("What concerns the pipeline as a whole.");
