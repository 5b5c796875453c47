/**
 * The plan: what the compiler computed from the two JSON files, `pipeline.yaml` and the SQL files.
 *
 * It is frozen, plain JSON with several readers (the ASL emitter, permissions, the Pulumi components, the local run,
 * `strata plan`); a fact is computed once, here, and never again by a reader. Nothing in it depends on a stack, an
 * account or an engine: buckets are logical, names are the author's.
 */

import type * as z from "zod";
import { type CamelKeys, camelKeys } from "../../contract/camel.ts";
import { USUAL_WRITING, type writing } from "../../contract/dataset.ts";
import type { ParamType } from "../../contract/param-types.ts";

/** Version of the plan's format; it grows whenever a reader of an older plan would misread a newer one. */
export const PLAN_VERSION = 1;

/** One compiled pipeline. */
export interface Plan {
  readonly version: typeof PLAN_VERSION;
  /** The pipeline's name: its folder below `pipelines/`. */
  readonly pipeline: string;
  /** SHA-256 (64 hex digits) of everything else in the plan; equal plans have equal digests. */
  readonly digest: string;
  readonly description: string | undefined;
  /** `inline`: groups are constants of the definition. `runtime`: read-setup reads them at the start of an execution. */
  readonly setup: "inline" | "runtime";
  /** In the author's order, which is the order they run in. */
  readonly stages: readonly StagePlan[];
  /** Datasets that no stage lists: compiled and checked, never run. */
  readonly unstaged: readonly DatasetPlan[];
  readonly params: readonly ParamPlan[];
  readonly crawlers: readonly CrawlerPlan[];
  readonly queries: readonly QueryPlan[];
  /** Locations read by this pipeline that none of its own datasets writes, by location. */
  readonly externals: readonly ExternalPlan[];
  /** Logical buckets of every source and target, sorted, each once. */
  readonly buckets: readonly string[];
}

/** A stage: the author's ordered group of datasets; one Glue job. */
export interface StagePlan {
  readonly name: string;
  /** In the author's order. */
  readonly datasets: readonly DatasetPlan[];
}

/** A dataset: one SELECT and the table it writes. */
export interface DatasetPlan {
  readonly name: string;
  /** Path below `sql/` as the author wrote it. */
  readonly sqlFile: string;
  readonly sql: string;
  /** The dataset's object of `sql_queries.json` as compact JSON text: every key in order, every number as written. */
  readonly config: string;
  /** In the order of `tables`. */
  readonly reads: readonly SourcePlan[];
  readonly target: TargetPlan | undefined;
  readonly targetName: string | undefined;
  /** Names of datasets of the same stage whose targets this one or its expectations read, sorted. */
  readonly waitsFor: readonly string[];
  /** Names of the parameters that its SQL uses, sorted. */
  readonly params: readonly string[];
  /** How its result is checked and becomes the target's content; all defaults where the author says nothing. */
  readonly publish: PublishPlan;
}

/** How a result is written, by the contract's keys (`contract/dataset.ts`). */
export type WritingPlan = CamelKeys<z.output<typeof writing>>;

/** How a dataset's result is checked and published: `strata` of its entry, defaults filled in. */
export interface PublishPlan extends WritingPlan {
  /** Compiled to Spark SQL, in the author's order, the pipeline's defaults first. */
  readonly expectations: readonly ExpectationPlan[];
}

/** How a dataset is published whose author says nothing. */
export const USUAL_PUBLISH: PublishPlan = { ...camelKeys(USUAL_WRITING), expectations: [] };

/** Kinds of expectations. */
export type ExpectationKind =
  | "not_null"
  | "unique"
  | "accepted_values"
  | "references"
  | "row_count"
  | "freshness"
  | "expression";

/** One compiled expectation; exactly one of `failing`, `count`, `rows` and `newest` is set (docs/job.md). */
export interface ExpectationPlan {
  /** Unique in its dataset. */
  readonly name: string;
  readonly kind: ExpectationKind;
  /** `error` blocks the commit; `warn` is told. */
  readonly severity: "error" | "warn";
  /** Predicate that is true for an offending row. */
  readonly failing?: string;
  /** Query of one row with the column `n`, the number of offending rows, over `strata_result` and `reads`. */
  readonly count?: string;
  /** A cheaper query of one row with the column `n`: where it is 0, so is that of `count`, which then is not asked. */
  readonly quick?: string;
  /** Query of the offending rows themselves, for `count`. */
  readonly sample?: string;
  /** Other targets that `count` and `sample` read; empty for all other expectations. */
  readonly reads: readonly ReferencePlan[];
  /** Bounds of the number of rows; `change` is a fraction of the last generation's. */
  readonly rows?: { readonly min?: number; readonly max?: number; readonly change?: number };
  /** Aggregate: microseconds since 1970 of the newest row. */
  readonly newest?: string;
  readonly withinSeconds?: number;
  /** Parameter that the newest row is compared with; absent: the clock. */
  readonly of?: string;
}

/** Another dataset's target that an expectation reads: its committed content. */
export interface ReferencePlan {
  /** The view's name in the expectation's SQL. */
  readonly view: string;
  readonly location: string;
  readonly bucket: string;
  readonly prefix: string;
  /** The dataset of this pipeline that writes it. */
  readonly writer: string;
  readonly iceberg: IcebergTable | undefined;
}

/** An Iceberg table that a dataset of this root writes: in the database of its pipeline. */
export interface IcebergTable {
  readonly pipeline: string;
  readonly name: string;
}

/** A source table of a dataset. */
export interface SourcePlan {
  /** The view's name in the SQL. */
  readonly table: string;
  /** The whole address with its logical bucket, ending in `/`. */
  readonly location: string;
  readonly bucket: string;
  /** Ends in `/`. */
  readonly prefix: string;
  /** The dataset of this pipeline that writes it, if any. */
  readonly writer: string | undefined;
  /** Set where a dataset of this root writes it as an Iceberg table: it is read through the catalog. */
  readonly iceberg: IcebergTable | undefined;
}

/** Where a dataset's result goes. */
export interface TargetPlan {
  readonly location: string;
  readonly bucket: string;
  readonly prefix: string;
  /** The catalog table's name: the prefix's last folder as a crawler spells it. */
  readonly table: string;
}

/** A parameter of the pipeline, `:name` in SQL. */
export interface ParamPlan {
  readonly name: string;
  readonly type: ParamType;
  /** As text; undefined: every execution must give it. */
  readonly default: string | undefined;
}

/** A crawler over one prefix; every table below it is the target of one dataset. */
export interface CrawlerPlan {
  readonly name: string;
  readonly location: string;
  readonly bucket: string;
  readonly prefix: string;
  /** Datasets (in stages) whose targets lie below the prefix, in plan order. */
  readonly datasets: readonly string[];
  /** Number of folders from the bucket to a table, the bucket counted: a crawler's TableLevelConfiguration. */
  readonly tableLevel: number;
  /** Glob patterns relative to the prefix that a crawl leaves out: folders of other tables, the job's own places. */
  readonly exclusions: readonly string[];
}

/** A named query of `pipeline.yaml`. */
export interface QueryPlan {
  readonly name: string;
  readonly sql: string;
}

/** A location that is read here and written elsewhere. */
export interface ExternalPlan {
  readonly location: string;
  readonly bucket: string;
  readonly prefix: string;
  /** View names it is read as, sorted. */
  readonly tables: readonly string[];
  /** Columns as declared in `pipeline.yaml`, name and Spark type, in order; empty if not declared. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** The pipeline and dataset of this repository that write it, if any. */
  readonly writer: { readonly pipeline: string; readonly dataset: string } | undefined;
}

/** Every dataset that a stage lists, in the order of the stages. */
export function stagedDatasets(plan: Plan): DatasetPlan[] {
  return plan.stages.flatMap((stage) => stage.datasets);
}

/** Every place that the plans read or write, logical. */
export function knownPlaces(plans: readonly Plan[]): { readonly bucket: string; readonly prefix: string }[] {
  return plans.flatMap((plan) =>
    [...stagedDatasets(plan), ...plan.unstaged].flatMap(({ reads, target }) => [...reads, ...(target ? [target] : [])]),
  );
}
