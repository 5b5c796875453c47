/** `--publish`: how one dataset's result is checked and published, as the job gets it. */

import * as z from "zod";
import { WRITING } from "./dataset.ts";
import { WORDS } from "./words.ts";

const severity = z.enum(["error", "warn"]).default("error").describe("`error` blocks the commit; `warn` is shown.");
const name = z.string().describe("Unique in its dataset.");
const sql = z.string();

/** Another target that an expectation reads. */
export const view = z
  .strictObject({
    view: z.string().describe("The view's name in the expectation's SQL."),
    location: z.string().describe("The target's URI, ending in `/`."),
  })
  .register(WORDS, { python: "View" })
  .describe("Another target that an expectation reads.");

const count = sql.describe("Query of one row with the column `n`, the number of offending rows, over `strata_result`.");
const sample = sql.describe("Query of the offending rows themselves.");

/** Bounds of a row count. */
export const rowBounds = z
  .strictObject({
    min: z.int().min(0).nullish().describe("Fewest rows."),
    max: z.int().min(0).nullish().describe("Most rows."),
    change: z.number().min(0).nullish().describe("Largest change against the last run's rows, as a fraction."),
  })
  .register(WORDS, { python: "RowBounds" })
  .describe("Bounds of the row count: `min`, `max`, and `change` against the last run's rows, as a fraction.");

/** What a compiled expectation of each kind has; `reads` and the like hold physical names here, logical ones in the plan. */
export const COMPILED = {
  predicate: {
    name,
    kind: z.enum(["not_null", "accepted_values", "expression"]).describe("Its kind."),
    severity,
    failing: sql.describe("Predicate that is true for an offending row; all of a dataset are counted in one pass."),
  },
  unique: {
    name,
    kind: z.literal("unique").describe("Its kind."),
    severity,
    count,
    quick: sql.describe(
      "A cheaper query with the column `n`: where it is 0, so is `count`'s, which then is not asked.",
    ),
    sample,
  },
  references: { name, kind: z.literal("references").describe("Its kind."), severity, count, sample },
  row_count: { name, kind: z.literal("row_count").describe("Its kind."), severity, rows: rowBounds },
  freshness: {
    name,
    kind: z.literal("freshness").describe("Its kind."),
    severity,
    newest: sql.describe("Aggregate: microseconds since 1970 of the newest row."),
    within_seconds: z.int().min(0).describe("Largest age of the newest row, in seconds."),
    of: z.string().nullish().describe("Parameter that the newest row is compared with. Default: the clock."),
  },
};

/** One compiled expectation, of one of its kinds. */
export const compiledExpectation = z
  .discriminatedUnion("kind", [
    z
      .strictObject(COMPILED.predicate)
      .register(WORDS, { python: "PredicateExpectation" })
      .describe("Looks at each row by itself."),
    z
      .strictObject(COMPILED.unique)
      .register(WORDS, { python: "UniqueExpectation" })
      .describe("Finds rows with the same key."),
    z
      .strictObject({
        ...COMPILED.references,
        reads: z.array(view).default([]).describe("The other targets that `count` and `sample` read."),
      })
      .register(WORDS, { python: "ReferencesExpectation" })
      .describe("Finds rows whose key another target does not have."),
    z
      .strictObject(COMPILED.row_count)
      .register(WORDS, { python: "RowCountExpectation" })
      .describe("Bounds the number of rows."),
    z
      .strictObject(COMPILED.freshness)
      .register(WORDS, { python: "FreshnessExpectation" })
      .describe("Bounds the age of the newest row."),
  ])
  .register(WORDS, { python: "Expectation" })
  .describe("One compiled expectation, of one of its kinds.");

const tableName = {
  database: z.string().describe("The catalog's database."),
  name: z.string().describe("The table's name."),
};

/** A change of a SQL text. */
export const qualifiedName = z
  .strictObject({
    start: z.int().min(0).describe("Where it begins, in characters of Unicode from 0."),
    end: z.int().min(0).describe("Where it ends; the same for an insertion."),
    text: z.string().describe("What takes its place."),
  })
  .register(WORDS, { python: "QualifiedName" })
  .describe("A change of the SQL: a name with a database, `db.t`, becomes that of a view.");

/** One dataset of `--publish`. A key with its default is left out. */
export const publish = z
  .strictObject({
    ...WRITING,
    params: z
      .array(z.string())
      .nullish()
      .describe("Names of the parameters that its SQL uses; only with `skip_unchanged`. Default: all count."),
    waits_for: z
      .array(z.string())
      .default([])
      .describe("Datasets of the same stage that it runs after: they write what it or its expectations read."),
    expectations: z.array(compiledExpectation).default([]).describe("Compiled to Spark SQL."),
    table: z
      .strictObject(tableName)
      .register(WORDS, { python: "TableName" })
      .describe("An Iceberg table in the catalog.")
      .nullish()
      .describe("Only with the format `iceberg`: the target's entry in the catalog."),
    tables: z
      .array(
        z
          .strictObject({ location: z.string().describe("Its URI, ending in `/`."), ...tableName })
          .register(WORDS, { python: "ReadTable" })
          .describe("An Iceberg table that is read."),
      )
      .default([])
      .describe("Sources and references that are Iceberg tables: they are read through the catalog, never by listing."),
    qualified_names: z
      .strictObject({
        sql: z.string().describe("SHA-256 of the SQL's UTF-8, in hexadecimal: the places are those of this text."),
        changes: z.array(qualifiedName).describe("In order, without overlaps."),
      })
      .register(WORDS, { python: "QualifiedNames" })
      .describe("Changes after which tables with a database have one name.")
      .nullish()
      .describe(
        "Names of tables with a database in the SQL (`db.t`), which the job replaces. Default: there are none.",
      ),
    sources: z
      .array(
        z
          .strictObject({
            location: z.string().describe("Its URI, ending in `/`."),
            columns: z.array(z.tuple([z.string(), z.string()])).describe("Name and Spark type of each column."),
          })
          .register(WORDS, { python: "DeclaredSource" })
          .describe("A source whose columns the author declared."),
      )
      .default([])
      .describe("What `pipeline.yaml` declares of the tables that it reads."),
  })
  .register(WORDS, { python: "PublishSettings" })
  .describe("How one dataset's result becomes its target's content.");
