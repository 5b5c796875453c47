/** How datasets are published: settings without mistakes → plan. */

import type { DatasetSyntax } from "../read/dataset.ts";
import { tableName } from "../read/location.ts";
import { isIceberg } from "../resolve/iceberg.ts";
import { type PipelineWorld, stagedTargets, type World } from "../resolve/world.ts";
import { compileExpectations } from "./expectations.ts";
import { type IcebergTable, type PublishPlan, type ReferencePlan, USUAL_PUBLISH } from "./types.ts";

/** Iceberg tables that datasets of the root write, by location. */
export function icebergTables(world: World): ReadonlyMap<string, IcebergTable> {
  return new Map(
    stagedTargets(world.pipelines)
      .filter(({ dataset }) => isIceberg(dataset))
      .map(({ pipeline, target }) => [
        target.value.location,
        { pipeline: pipeline.name, name: tableName(target.value) },
      ]),
  );
}

/** One dataset's part. */
export function planPublish(
  dataset: DatasetSyntax,
  pipeline: PipelineWorld,
  tables: ReadonlyMap<string, IcebergTable>,
): PublishPlan {
  const { publish } = dataset;
  const values = (names: PublishNames) => names.map(({ value }) => value);
  return {
    write: publish.write.value,
    format: publish.format.value,
    partitionBy: values(publish.partitionBy),
    mergeKey: values(publish.mergeKey),
    fileSizeMib: publish.fileSizeMib,
    compression: publish.compression,
    keep: publish.keep?.value ?? USUAL_PUBLISH.keep,
    skipUnchanged: publish.skipUnchanged,
    expectations: compileExpectations(pipeline.expectationsOf(dataset), (name, view) =>
      name === dataset.name.value ? undefined : reference(name, view, pipeline, tables),
    ),
  };
}

type PublishNames = readonly { readonly value: string }[];

function reference(
  name: string,
  view: string,
  pipeline: PipelineWorld,
  tables: ReadonlyMap<string, IcebergTable>,
): ReferencePlan {
  const target = pipeline.datasets.get(name)?.target?.value;
  if (target === undefined) throw new Error(`a reference to \`${name}\`, which has no target, after checks`);
  return { view, ...target, writer: name, iceberg: tables.get(target.location) };
}
