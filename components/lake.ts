/** The data buckets of a stack: those that it creates, and existing ones, which it does not change. */

import * as pulumi from "@pulumi/pulumi";
import { stagedDatasets } from "../compiler/plan/types.ts";
import type { BoundPlan } from "../settings/bind-root.ts";
import { bucketBindings } from "../settings/bindings.ts";
import { nameFor } from "../settings/names.ts";
import type { StackContext } from "./context.ts";
import { PrivateBucket } from "./private-bucket.ts";

/**
 * Days after which files of an attempt expire. The dataset's next run removes orphan files, so the rule is only for datasets
 * that do not run again. It must be longer than any pipeline's pause: if the job was killed between commit and promotion,
 * the only copy of committed files is there until the next run promotes them (docs/publish.md).
 */
const ATTEMPT_DAYS = 400;

/** Logical bucket → physical name, of every bucket that a pipeline uses. */
export function createLake(
  context: StackContext,
  pipelines: readonly BoundPlan[],
): Record<string, pulumi.Output<string>> {
  const used = new Set(pipelines.flatMap(({ plan }) => plan.buckets));
  const existing = new Set(context.settings.buckets.filter((each) => each.existing).map(({ logical }) => logical));
  const targets = pipelines.flatMap(({ plan }) => stagedDatasets(plan).flatMap(({ target }) => target ?? []));
  const lake = bucketBindings(context.settings).filter(({ logical }) => used.has(logical));
  return Object.fromEntries(
    lake.map(({ logical, physical }) => {
      if (existing.has(logical)) return [logical, pulumi.output(physical)];
      const ownPlaces = targets
        .filter(({ bucket }) => bucket === logical)
        .map(({ prefix }) => `${prefix}_strata/attempts/`);
      const bucket = new PrivateBucket(`lake/${nameFor("logical", logical)}`, {
        context,
        bucket: physical,
        holdsData: true,
        expiring: [...new Set(ownPlaces)].sort().map((prefix) => ({ prefix, days: ATTEMPT_DAYS })),
        key: context.keys.data,
        accessLogs: context.accessLogs,
      });
      return [logical, bucket.bucket];
    }),
  );
}
