/**
 * The job's argument `--publish` of each stage: how its datasets are checked and become their targets' content
 * (docs/architecture.md). Text of one form for one plan, since its digest names the object that a large one travels as.
 */

import type { BucketBinding, DatabaseBinding } from "../../plan/bindings.ts";
import type { DatasetPlan, ExpectationPlan, IcebergTable, Plan, PublishPlan, StagePlan } from "../../plan/types.ts";

/** The job's default of a key (glue/strata_glue/arguments/settings.py); not what an author's silence means. */
const JOB_DEFAULTS = {
  write: "replace",
  format: "parquet",
  file_size_mib: 128,
  compression: "zstd",
  keep: 0,
  skip_unchanged: false,
} as const;

/** What a stage without any setting is told; the definition leaves it out. */
export const NOTHING_TO_PUBLISH = "{}";

/** One stage's argument. */
export interface PublishArgument {
  readonly stage: string;
  /** A JSON object: dataset → its settings; datasets with nothing but defaults are left out. */
  readonly json: string;
}

/** An Iceberg table and its (logical) place. */
export interface TablePlace {
  readonly bucket: string;
  readonly prefix: string;
  readonly table: IcebergTable;
}

/** The names that locations and tables have in a stack; without buckets locations stay logical. */
export interface PublishNames {
  readonly buckets: readonly BucketBinding[];
  /** One for each pipeline that an Iceberg table of the plan belongs to. */
  readonly databases: readonly DatabaseBinding[];
}

/** The arguments of a plan, in the order of the stages. Throws where a table's pipeline has no database. */
export function publishOf(plan: Plan, names: PublishNames): PublishArgument[] {
  return plan.stages.map((stage) => ({ stage: stage.name, json: stageJson(plan, stage, names) }));
}

/** Pipelines whose databases hold Iceberg tables that the plan writes or reads: its own first. */
export function pipelinesWithTables(plan: Plan): string[] {
  const read = plan.stages.flatMap(({ datasets }) => datasets.flatMap(tablesRead).map(({ table }) => table.pipeline));
  return [...new Set([plan.pipeline, ...read])];
}

/** Iceberg tables that a dataset or its expectations read, each place once. */
export function tablesRead({ reads, publish }: DatasetPlan): TablePlace[] {
  const places = [...reads, ...publish.expectations.flatMap((each) => each.reads)];
  const known = new Map(
    places.flatMap(({ location, bucket, prefix, iceberg }) =>
      iceberg === undefined ? [] : [[location, { bucket, prefix, table: iceberg }] as const],
    ),
  );
  return [...known.values()];
}

/** The Iceberg tables that a stage writes, and those that it reads without writing them; each with its place. */
export function stageTables(
  plan: Pick<Plan, "pipeline">,
  stage: StagePlan,
): { written: TablePlace[]; read: TablePlace[] } {
  const written = stage.datasets.flatMap(({ target, publish }) =>
    target === undefined || publish.format !== "iceberg"
      ? []
      : [{ bucket: target.bucket, prefix: target.prefix, table: { pipeline: plan.pipeline, name: target.table } }],
  );
  const own = new Set(written.map(({ bucket, prefix }) => `${bucket}/${prefix}`));
  const read = stage.datasets.flatMap(tablesRead).filter(({ bucket, prefix }) => !own.has(`${bucket}/${prefix}`));
  return { written, read };
}

/** As text and not as one object, so that a dataset called `__proto__` or `10` is one like others. */
function stageJson(plan: Plan, stage: StagePlan, names: PublishNames): string {
  const entries = stage.datasets.flatMap((dataset) => {
    const json = JSON.stringify(settingsOf(plan, dataset, names));
    return json === "{}" ? [] : [`${JSON.stringify(dataset.name)}:${json}`];
  });
  return `{${entries.join(",")}}`;
}

/** Every key that differs from the job's default; JSON leaves out what is undefined. */
function settingsOf(plan: Plan, dataset: DatasetPlan, names: PublishNames): object {
  const { publish, params, target } = dataset;
  const { expectations } = publish;
  const isIceberg = publish.format === "iceberg" && target !== undefined;
  const tables = tablesRead(dataset).map(({ table, ...place }) => ({
    location: physical(place, names),
    ...address(table, names),
  }));
  return {
    ...plainSettings(publish),
    // An empty list says "none", which is not the same as not to say it: then every parameter counts.
    params: publish.skipUnchanged ? params : undefined,
    expectations: expectations.length > 0 ? expectations.map((each) => expectation(each, names)) : undefined,
    table: isIceberg ? address({ pipeline: plan.pipeline, name: target.table }, names) : undefined,
    tables: tables.length > 0 ? tables : undefined,
    sources: declaredSources(plan, dataset, names),
  };
}

/** What the author declared of the tables that it reads and others write; undefined where that is nothing. */
function declaredSources({ externals }: Plan, { reads }: DatasetPlan, names: PublishNames): object[] | undefined {
  const read = new Set(reads.map(({ location }) => location));
  const declared = externals.filter(({ location, columns }) => columns.length > 0 && read.has(location));
  if (declared.length === 0) return undefined;
  return declared.map((place) => ({
    location: physical(place, names),
    columns: place.columns.map(({ name, type }) => [name, type]),
  }));
}

function plainSettings(publish: PublishPlan): object {
  const some = (list: readonly string[]) => (list.length > 0 ? list : undefined);
  const plain: Record<keyof typeof JOB_DEFAULTS, unknown> = {
    write: publish.write,
    format: publish.format,
    file_size_mib: publish.fileSizeMib,
    compression: publish.compression,
    keep: publish.keep,
    skip_unchanged: publish.skipUnchanged,
  };
  const isUsual = ([key, value]: [string, unknown]) => JOB_DEFAULTS[key as keyof typeof JOB_DEFAULTS] === value;
  return {
    ...Object.fromEntries(Object.entries(plain).filter((entry) => !isUsual(entry))),
    partition_by: some(publish.partitionBy),
    merge_key: some(publish.mergeKey),
  };
}

function expectation(each: ExpectationPlan, names: PublishNames): object {
  const reads = each.reads.map((place) => ({ view: place.view, location: physical(place, names) }));
  return {
    name: each.name,
    kind: each.kind,
    severity: each.severity,
    failing: each.failing,
    count: each.count,
    quick: each.quick,
    sample: each.sample,
    reads: reads.length > 0 ? reads : undefined,
    rows: each.rows,
    newest: each.newest,
    within_seconds: each.withinSeconds,
    of: each.of,
  };
}

function physical({ bucket, prefix }: { bucket: string; prefix: string }, { buckets }: PublishNames): string {
  return `s3://${buckets.find(({ logical }) => logical === bucket)?.physical ?? bucket}/${prefix}`;
}

/** Where the catalog has a table. */
function address({ pipeline, name }: IcebergTable, { databases }: PublishNames): { database: string; name: string } {
  const database = databases.find((each) => each.pipeline === pipeline)?.database;
  if (database === undefined) throw new Error(`no database for pipeline ${pipeline}`);
  return { database, name };
}
