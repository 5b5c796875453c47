/** How datasets are published: settings without mistakes → plan. */

import { camel } from "../../contract/camel.ts";
import { WRITING_KEYS } from "../../contract/dataset.ts";
import { tableName } from "../read/location.ts";
import type { WritingSyntax } from "../read/strata.ts";
import type { Dataset, Pipeline, Root } from "../resolve/types.ts";
import { compileExpectations } from "./expectations.ts";
import type { IcebergTable, PublishPlan, ReferencePlan, WritingPlan } from "./types.ts";

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
  return {
    ...writingPlan(publish),
    expectations: compileExpectations(expectations, (other, view) =>
      other === name.value ? undefined : reference(other, view, pipeline, tables),
    ),
  };
}

/** What is written, without places. */
function writingPlan(syntax: WritingSyntax): WritingPlan {
  const plain = (read: Placed | readonly Placed[]) => ("value" in read ? read.value : read.map(({ value }) => value));
  const values = WRITING_KEYS.map((key) => [camel(key), plain(syntax[camel(key)])]);
  return Object.fromEntries(values) as WritingPlan;
}

type Placed = { readonly value: unknown };

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
