/**
 * What an execution has committed, read from the targets' records, which outlive their writer. A killed worker or a
 * cancelled command could not report it.
 */

import { type Plan, stagedDatasets } from "../../compiler/plan/types.ts";
import type { AskedTable } from "../catalog/crawl.ts";
import { UserError } from "../user-error.ts";

/** A target that an execution has committed to, in its current version; null for a number that was not counted. */
export interface Committed {
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly files: number | null;
}

/** By dataset: the current version if the execution has committed, or why that is unknown. Others are omitted. */
export type CommittedByName = ReadonlyMap<string, Committed | UserError>;

/** Sends a request to the reader of the lake. */
export type AskLake = <T>(request: Readonly<Record<string, unknown>>) => Promise<T>;

/** Reads the targets of the named datasets, in a lake without a writer. */
export async function committedBy(
  plan: Plan,
  ask: AskLake,
  execution: string,
  names: ReadonlySet<string>,
): Promise<CommittedByName> {
  const targets = stagedDatasets(plan).flatMap(({ name, target, publish: { format } }) =>
    target !== undefined && names.has(name)
      ? [{ name, location: target.location, ...(format === "iceberg" && { format }) }]
      : [],
  );
  if (targets.length === 0) return new Map();
  try {
    const answers = await ask<Answer[]>({ committed: { pipeline: plan.pipeline, execution, tables: targets } });
    return new Map(targets.flatMap((target, index) => outcome(target, answers[index] ?? {})));
  } catch (problem) {
    return new Map(targets.map(({ name }) => [name, new UserError((problem as Error).message)]));
  }
}

/** As the worker gives it (local/engine/tables.py). */
interface Answer {
  readonly current?: Committed;
  readonly error?: string;
}

function outcome({ name }: AskedTable, { current, error }: Answer): [string, Committed | UserError][] {
  if (error !== undefined) return [[name, new UserError(error)]];
  return current === undefined ? [] : [[name, current]];
}
