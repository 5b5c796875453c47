/** A plan → the plan in one stack's names: the one place where logical buckets become physical. */

import type { Bindings, BucketBinding } from "./bindings.ts";
import { withBuckets } from "./config.ts";
import type { DatasetPlan, IcebergTable, Plan } from "./types.ts";

/** A plan whose locations, and those in `config`, name physical buckets. Its digest is the plan's. */
export interface PhysicalPlan extends Plan, Pick<Bindings, "databases"> {}

/** What has a place in a bucket. */
interface Placed {
  readonly location: string;
  readonly bucket: string;
  readonly prefix: string;
}

/** Binds a plan; a bucket that is not mapped keeps its name, as a lake's do. */
export function bind(plan: Plan, { buckets, databases }: Pick<Bindings, "buckets" | "databases">): PhysicalPlan {
  const nameOf = physicalName(buckets);
  const place = <P extends Placed>(each: P): P => {
    const bucket = nameOf(each.bucket);
    return { ...each, bucket, location: `s3://${bucket}/${each.prefix}` };
  };
  const isMapped = buckets.some(({ logical, physical }) => logical !== physical);
  const dataset = (each: DatasetPlan): DatasetPlan => ({
    ...each,
    config: isMapped ? withBuckets(each.config, nameOf) : each.config,
    reads: each.reads.map(place),
    target: each.target && place(each.target),
    publish: {
      ...each.publish,
      expectations: each.publish.expectations.map((one) => ({ ...one, reads: one.reads.map(place) })),
    },
  });
  return {
    ...plan,
    databases,
    stages: plan.stages.map((stage) => ({ ...stage, datasets: stage.datasets.map(dataset) })),
    unstaged: plan.unstaged.map(dataset),
    crawlers: plan.crawlers.map(place),
    externals: plan.externals.map(place),
    buckets: plan.buckets.map(nameOf),
  };
}

/** Logical bucket → physical one. */
export function physicalName(buckets: readonly BucketBinding[]): (logical: string) => string {
  const names = new Map(buckets.map(({ logical, physical }) => [logical, physical]));
  return (logical) => names.get(logical) ?? logical;
}

/** The catalog's database of an Iceberg table. Throws where its pipeline has none. */
export function databaseOf({ pipeline }: IcebergTable, { databases }: Pick<Bindings, "databases">): string {
  const database = databases.find((each) => each.pipeline === pipeline)?.database;
  if (database === undefined) throw new Error(`no database for pipeline ${pipeline}`);
  return database;
}
