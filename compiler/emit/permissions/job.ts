/** What a stage's job may do. */

import type { StackBindings, StageAccess } from "../../plan/bindings.ts";
import type { StagePlan } from "../../plan/types.ts";
import { allow, type Statement } from "./document.ts";
import { bucketArn, isSame, listing, objectsArn, type S3Location, uniqueLocations, useKeys } from "./locations.ts";
import { logStatements } from "./logs.ts";
import { networkStatements } from "./network.ts";

/** Prefix of the job's code in the code bucket. */
export const CODE_PREFIX = "code/";

/** Where a stage reads and writes data. A target that is a source, too, is only among the targets. */
export interface StageLocations {
  readonly sources: readonly S3Location[];
  readonly targets: readonly S3Location[];
}

/** The locations of a stage's datasets, and those that their expectations compare with. */
export function stageLocations(stage: StagePlan): StageLocations {
  const targets = uniqueLocations(stage.datasets.flatMap(({ target }) => target ?? []));
  const isTarget = (location: S3Location) => targets.some((target) => isSame(target, location));
  const sources = uniqueLocations(
    stage.datasets.flatMap(({ reads, publish }) => [...reads, ...publish.expectations.flatMap((each) => each.reads)]),
  );
  return { sources: sources.filter((location) => !isTarget(location)), targets };
}

/**
 * Statements about data: they grow with the datasets, so packing may split them.
 *
 * The commit record is written on a condition, which needs no action of its own: If-Match and If-None-Match are conditions of
 * s3:PutObject (S3 user guide, "Enforce conditional writes on Amazon S3 buckets"); to compare a tag may take s3:GetObject,
 * which targets have, too. Everything of the job's own below a target (`_strata/`) is below the target's prefix, for those who read it, too:
 * files of a commit that is not published yet lie there.
 */
export function dataStatements({ sources, targets }: StageLocations, partition: string): Statement[] {
  return [
    allow(
      "ReadSources",
      ["s3:GetObject"],
      sources.map((location) => objectsArn(location, partition)),
    ),
    allow(
      "WriteTargets",
      ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
      targets.map((location) => objectsArn(location, partition)),
    ),
    ...listing(uniqueLocations([...sources, ...targets]), partition),
  ];
}

/** Statements that every job has, whatever its datasets: code, state, keys, logs, network. */
export function jobStatements(locations: StageLocations, access: StageAccess, bindings: StackBindings): Statement[] {
  const { partition, codeBucket, groupPrefix, stateBucket } = bindings;
  const state = { bucket: stateBucket, prefix: access.statePrefix };
  return [
    allow(
      "ReadCode",
      ["s3:GetObject"],
      [CODE_PREFIX, groupPrefix].map((prefix) => objectsArn({ bucket: codeBucket, prefix }, partition)),
    ),
    // The job's own prefix: what Glue keeps for a run, and from the ledger on the records of attempts.
    allow("KeepState", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], [objectsArn(state, partition)]),
    allow("ListState", ["s3:ListBucket"], [bucketArn(stateBucket, partition)], {
      StringLike: { "s3:prefix": [`${access.statePrefix}*`] },
    }),
    useKeys("Decrypt", ["kms:Decrypt"], [...locations.sources, ...locations.targets], bindings, [
      bindings.operationsKey,
      bindings.dataKey,
    ]),
    useKeys("Encrypt", ["kms:GenerateDataKey"], locations.targets, bindings, [bindings.dataKey]),
    ...logStatements([...access.logGroups, ...access.otherLogGroups], bindings),
    ...networkStatements(bindings),
  ];
}
