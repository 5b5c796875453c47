/** How datasets are published: settings without mistakes → plan. */

import { tableName } from "../read/location.ts";
import type { Dataset, Pipeline, Root } from "../resolve/types.ts";
import { compileExpectations } from "./expectations.ts";
import { type IcebergTable, type PublishPlan, type ReferencePlan, USUAL_PUBLISH } from "./types.ts";

/** Iceberg tables that datasets of the root write, by location. */
export function icebergTables({ targets }: Root): ReadonlyMap<string, IcebergTable> {
  const tables = targets.all.filter(({ isIceberg }) => isIceberg);
  return new Map(
    tables.map(({ pipeline, target: { value } }) => [
      value.location,
      { pipeline: pipeline.name, name: tableName(value) },
    ]),
  );
}

/** One dataset's part. */
export function planPublish(
  { name, publish, expectations, pipeline }: Dataset,
  tables: ReadonlyMap<string, IcebergTable>,
): PublishPlan {
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
    expectations: compileExpectations(expectations, (other, view) =>
      other === name.value ? undefined : reference(other, view, pipeline, tables),
    ),
  };
}

type PublishNames = readonly { readonly value: string }[];

function reference(
  name: string,
  view: string,
  pipeline: Pipeline,
  tables: ReadonlyMap<string, IcebergTable>,
): ReferencePlan {
  const target = pipeline.datasets.get(name)?.target?.value;
  if (target === undefined) throw new Error(`a reference to \`${name}\`, which has no target, after checks`);
  return { view, ...target, writer: name, iceberg: tables.get(target.location) };
}
