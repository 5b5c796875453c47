/**
 * What an execution has committed, read from the targets' records, which outlive their writer. A killed worker or a
 * cancelled command could not report it.
 */

import { type DatasetPlan, type Plan, stagedDatasets } from "../../compiler/plan/types.ts";
import { folderOf } from "../catalog/files.ts";
import { currentSnapshot, hasCommitted, readIceberg } from "../catalog/iceberg.ts";
import { readRecord } from "../catalog/record.ts";
import { UserError } from "../user-error.ts";

/** A target that an execution has committed to, in its current version; null for a number that was not counted. */
export interface Committed {
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly files: number | null;
}

/** By dataset: the current version if the execution has committed, or why that is unknown. Others are omitted. */
export type CommittedByName = ReadonlyMap<string, Committed | UserError>;

/** Reads the targets of the named datasets, in a lake without a writer. */
export async function committedBy(
  plan: Plan,
  lake: string,
  execution: string,
  names: ReadonlySet<string>,
): Promise<CommittedByName> {
  const datasets = stagedDatasets(plan).filter(({ name }) => names.has(name));
  const found = await Promise.all(
    datasets.map(async (dataset) => [dataset.name, await look(dataset, lake, plan.pipeline, execution)] as const),
  );
  return new Map(found.flatMap(([name, committed]) => (committed === undefined ? [] : [[name, committed]])));
}

async function look(dataset: DatasetPlan, lake: string, pipeline: string, execution: string) {
  if (dataset.target === undefined) return undefined;
  const folder = folderOf(lake, dataset.target.location);
  try {
    return await (dataset.publish.format === "iceberg" ? inTable : inRecord)(folder, pipeline, execution);
  } catch (problem) {
    if (problem instanceof UserError) return problem;
    return new UserError(`what is committed in ${folder} cannot be read: ${(problem as Error).message}`);
  }
}

async function inRecord(folder: string, pipeline: string, execution: string): Promise<Committed | undefined> {
  const record = await readRecord(folder);
  if (!record?.executions?.includes(`${pipeline}/${execution}`)) return undefined;
  const sum = (key: "rows" | "bytes") => record.files.reduce((total, file) => total + (file[key] ?? 0), 0);
  return { rows: sum("rows"), bytes: sum("bytes"), files: record.files.length };
}

async function inTable(folder: string, pipeline: string, execution: string): Promise<Committed | undefined> {
  const metadata = await readIceberg(folder);
  if (metadata === undefined || !hasCommitted(metadata, pipeline, execution)) return undefined;
  const summary = currentSnapshot(metadata)?.summary;
  const number = (name: string) => (summary?.[name] === undefined ? null : Number(summary[name]));
  return {
    rows: number("total-records"),
    bytes: number("total-files-size"),
    files: number("total-data-files"),
  };
}
