/** The Iceberg tables of a plan. */

import type { DatasetPlan, IcebergTable, Plan, StagePlan } from "./types.ts";

/** An Iceberg table and its place, logical or physical as the plan is. */
export interface TablePlace {
  readonly location: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly table: IcebergTable;
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
      iceberg === undefined ? [] : [[location, { location, bucket, prefix, table: iceberg }] as const],
    ),
  );
  return [...known.values()];
}

/** The Iceberg tables that a stage writes, and those that it reads without writing them; each with its place. */
export function stageTables(
  plan: Pick<Plan, "pipeline">,
  stage: StagePlan,
): { written: TablePlace[]; read: TablePlace[] } {
  const written = stage.datasets.flatMap(({ target, publish }) => {
    if (target === undefined || publish.format !== "iceberg") return [];
    const { location, bucket, prefix } = target;
    return [{ location, bucket, prefix, table: { pipeline: plan.pipeline, name: target.table } }];
  });
  const own = new Set(written.map(({ location }) => location));
  const read = stage.datasets.flatMap(tablesRead).filter(({ location }) => !own.has(location));
  return { written, read };
}
