/**
 * The plan: what the compiler computed from the two JSON files, `pipeline.yaml` and the SQL files.
 *
 * It is frozen, plain JSON with several readers (the ASL emitter, permissions, the Pulumi components, the local run,
 * `strata plan`); a fact is computed once, by the compiler, and never again by a reader. Nothing in it depends on a stack,
 * an account or an engine: buckets are logical, names are the author's.
 */

import * as z from "zod";
import { camelKeys } from "./camel.ts";
import { WRITING } from "./dataset.ts";
import { PARAM_TYPES } from "./param-types.ts";
import { COMPILED, qualifiedName } from "./publish.ts";
import { PLAN_VERSION } from "./version.ts";

const text = z.string();
const names = z.array(text);

/** Where something is, with its logical bucket. */
const place = {
  location: text.describe("The URI, ending in `/`."),
  bucket: text.describe("The bucket."),
  prefix: text.describe("The prefix, ending in `/`."),
};

/** An Iceberg table that a dataset of this root writes: in the database of its pipeline. */
export const icebergTable = z.strictObject({
  pipeline: text.describe("The pipeline that writes it; its database has the table."),
  name: text.describe("The table's name."),
});

const iceberg = icebergTable
  .optional()
  .describe("Set where a dataset of this root writes it as an Iceberg table: it is read through the catalog.");

/** Another dataset's target that an expectation reads: its committed content. */
export const reference = z.strictObject({
  view: text.describe("The view's name in the expectation's SQL."),
  ...place,
  writer: text.describe("The dataset of this pipeline that writes it."),
  iceberg,
});

const reads = z.array(reference).describe("Other targets that it reads; empty for all kinds but `references`.");
const { within_seconds: withinSeconds, ...freshness } = COMPILED.freshness;

/** One compiled expectation, of one of its kinds. */
export const expectationPlan = z.discriminatedUnion("kind", [
  z.strictObject({ ...COMPILED.predicate, reads }),
  z.strictObject({ ...COMPILED.unique, reads }),
  z.strictObject({ ...COMPILED.references, reads }),
  z.strictObject({ ...COMPILED.row_count, reads }),
  z.strictObject({ ...freshness, withinSeconds, reads }),
]);

/** How a dataset's result is checked and published: `strata` of its entry, defaults filled in. */
export const publishPlan = z.strictObject({
  ...camelKeys(WRITING),
  expectations: z
    .array(expectationPlan)
    .describe("Compiled to Spark SQL, in the author's order, the pipeline's defaults first."),
});

/** A source table of a dataset. */
export const sourcePlan = z.strictObject({
  table: text.describe("The view's name in the SQL."),
  ...place,
  writer: text.optional().describe("The dataset of this pipeline that writes it, if any."),
  derived: z
    .literal(true)
    .optional()
    .describe("Set where `tables` does not list it: its name in the SQL is a dataset's or a declared source's."),
  iceberg,
});

/** Where a dataset's result goes. */
export const targetPlan = z.strictObject({
  ...place,
  table: text.describe("The catalog table's name: the prefix's last folder as a crawler spells it."),
});

/** A dataset: one SELECT and the table that it writes. */
export const datasetPlan = z.strictObject({
  name: text.describe("The dataset's name."),
  sqlFile: text.describe("Path below `sql/` as the author wrote it."),
  sql: text.describe("The SQL file's text."),
  qualifiedNames: z
    .array(qualifiedName)
    .optional()
    .describe("Changes of `sql` after which tables with a database have one name; not set where there are none."),
  config: text.describe(
    "The dataset's object of `sql_queries.json` as compact JSON text: every key in order, every number as written; `tables` with the derived entries behind the author's.",
  ),
  reads: z.array(sourcePlan).describe("In the order of `tables`, derived ones last, in the order of the SQL."),
  target: targetPlan.optional().describe("Without it the result's rows are counted only."),
  targetName: text.optional().describe("`target_name`: the author's name of the table."),
  waitsFor: names.describe(
    "Names of datasets of the same stage whose targets this one or its expectations read, sorted.",
  ),
  params: names.describe("Names of the parameters that its SQL uses, sorted."),
  publish: publishPlan.describe("How its result is checked and published."),
});

/** A stage: the author's ordered group of datasets; one Glue job. */
export const stagePlan = z.strictObject({
  name: text.describe("The stage's name, and its state's."),
  datasets: z.array(datasetPlan).describe("In the author's order."),
});

/** A parameter of the pipeline, `:name` in SQL. */
export const paramPlan = z.strictObject({
  name: text.describe("The parameter's name."),
  type: z.enum(PARAM_TYPES).describe("Its Spark type."),
  default: text.optional().describe("As text. Without it every execution must give a value."),
});

/** A crawler over one prefix; every table below it is the target of one dataset. */
export const crawlerPlan = z.strictObject({
  name: text.describe("The crawler's name."),
  ...place,
  datasets: names.describe("Datasets (in stages) whose targets lie below the prefix, in plan order."),
  tableLevel: z
    .int()
    .describe("Folders from the bucket to a table, the bucket counted: a crawler's TableLevelConfiguration."),
  exclusions: names.describe(
    "Glob patterns relative to the prefix that a crawl leaves out: folders of other tables, the job's own folders.",
  ),
});

/** A named query of `pipeline.yaml`. */
export const queryPlan = z.strictObject({
  name: text.describe("The query's name."),
  sql: text.describe("Its text, in Athena's dialect."),
});

/** A location that is read here and written elsewhere. */
export const externalPlan = z.strictObject({
  ...place,
  tables: names.describe("View names that it is read as, sorted."),
  columns: z
    .array(z.strictObject({ name: text.describe("The column."), type: text.describe("Its Spark type.") }))
    .describe("Columns as declared in `pipeline.yaml`, with their Spark types, in order; empty if not declared."),
  writer: z
    .strictObject({ pipeline: text.describe("The pipeline."), dataset: text.describe("Its dataset.") })
    .optional()
    .describe("The pipeline and dataset of this root that write it, if any."),
});

/** One compiled pipeline. */
export const plan = z.strictObject({
  version: z.literal(PLAN_VERSION).describe("Version of the plan's format."),
  pipeline: text.describe("The pipeline's name: its folder below `pipelines/`."),
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe("SHA-256 of everything else in the plan; equal plans have equal digests."),
  description: text.optional().describe("What the author says of the pipeline."),
  setup: z
    .enum(["inline", "runtime"])
    .describe(
      "`inline`: groups are constants of the definition. `runtime`: read-setup reads them at the start of an execution.",
    ),
  stages: z.array(stagePlan).describe("In the author's order, which is the order in which they run."),
  unstaged: z.array(datasetPlan).describe("Datasets that no stage lists: compiled and checked, never run."),
  params: z.array(paramPlan).describe("Declared parameters, in the author's order."),
  crawlers: z.array(crawlerPlan).describe("In the author's order."),
  queries: z.array(queryPlan).describe("Athena's named queries, in the author's order."),
  externals: z
    .array(externalPlan)
    .describe("Locations read by this pipeline that none of its own datasets writes, by location."),
  buckets: names.describe("Logical buckets of every source and target, sorted, each once."),
});
