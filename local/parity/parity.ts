/** Runs a pipeline on Sail and on Spark over the same sources, and compares its targets. */

import { join } from "node:path";
import { type DatasetPlan, stagedDatasets } from "../../compiler/plan/types.ts";
import type { DatasetError } from "../run/result.ts";
import { type RunEvent, type RunnerOptions, type RunResult, runPipeline } from "../run/run.ts";
import { startWorker, type Worker } from "../worker/worker.ts";
import { type Comparison, compareTargets } from "./compare.ts";
import { fillScratch, withScratch } from "./lakes.ts";

/** Version of the JSON form. */
const PARITY_VERSION = 1;

const ENGINES = ["sail", "spark"] as const;

export type EngineName = (typeof ENGINES)[number];

export interface DatasetParity extends Omit<Comparison, "rows"> {
  readonly name: string;
  /** Null if an engine did not write the dataset. */
  readonly rows: { readonly sail: number | null; readonly spark: number | null };
}

export interface Parity {
  readonly version: typeof PARITY_VERSION;
  readonly datasets: readonly DatasetParity[];
}

/** Why an engine did not write a dataset, by the dataset's name. */
export type Failures = ReadonlyMap<string, Partial<Readonly<Record<EngineName, string>>>>;

export interface ParityOptions extends Pick<RunnerOptions, "plan" | "home" | "lake" | "concurrency" | "signal"> {
  readonly engines: Readonly<Record<EngineName, Pick<RunnerOptions, "python" | "jars">>>;
  readonly input: Readonly<Record<string, unknown>>;
  readonly selected: ReadonlySet<string>;
  readonly onEvent: (engine: EngineName, event: RunEvent) => void;
}

/**
 * Runs and compares. The temporary lakes are always deleted at the end; undefined after an abort. Throws `UserError` if an
 * engine does not start or a target cannot be read.
 */
export function parity(
  options: ParityOptions,
): Promise<{ readonly parity: Parity; readonly failures: Failures } | undefined> {
  return withScratch(async (scratch) => {
    const results: Partial<Record<EngineName, RunResult>> = {};
    for (const engine of ENGINES) {
      const lake = join(scratch, engine);
      await fillScratch(lake, options.lake, options.plan, options.selected);
      if (options.signal.aborted) return undefined;
      results[engine] = await runPipeline({
        ...options,
        ...options.engines[engine],
        engine,
        lake,
        state: join(lake, ".strata", "state"),
        onEvent: (event) => options.onEvent(engine, event),
      });
      if (options.signal.aborted) return undefined;
    }
    return compared(options, scratch, results as Record<EngineName, RunResult>);
  });
}

async function compared(
  { plan, home, engines, selected, signal }: ParityOptions,
  scratch: string,
  results: Readonly<Record<EngineName, RunResult>>,
): Promise<{ parity: Parity; failures: Failures } | undefined> {
  const failures = new Map<string, Partial<Record<EngineName, string>>>();
  const datasets: DatasetParity[] = [];
  const worker = startWorker({ home, python: engines.sail.python, engine: "sail", lake: scratch, reads: true });
  const abort = () => void worker.kill();
  signal.addEventListener("abort", abort, { once: true });
  try {
    for (const dataset of stagedDatasets(plan).filter(({ name }) => selected.has(name))) {
      const errors = errorsOf(dataset, results);
      if (Object.keys(errors).length > 0) failures.set(dataset.name, errors);
      datasets.push(await comparedDataset(dataset, scratch, results, failures.has(dataset.name), worker));
    }
  } catch (problem) {
    if (!signal.aborted) throw problem;
  } finally {
    signal.removeEventListener("abort", abort);
    await worker.kill();
  }
  return signal.aborted ? undefined : { parity: { version: PARITY_VERSION, datasets }, failures };
}

async function comparedDataset(
  dataset: DatasetPlan,
  scratch: string,
  results: Readonly<Record<EngineName, RunResult>>,
  hasFailed: boolean,
  worker: Worker,
): Promise<DatasetParity> {
  const { name, target, publish } = dataset;
  if (target === undefined || hasFailed) {
    const rows = { sail: rowsOf(dataset, results.sail), spark: rowsOf(dataset, results.spark) };
    return { name, equal: !hasFailed && rows.sail === rows.spark, rows, columns: [], examples: [] };
  }
  const lakes = { sail: join(scratch, "sail"), spark: join(scratch, "spark") };
  const table = { name, location: target.location, ...(publish.format === "iceberg" && { format: publish.format }) };
  return { name, ...(await compareTargets(lakes, table, keyOf(dataset), worker)) };
}

function resultOf({ name }: DatasetPlan, { stages }: RunResult) {
  return stages.flatMap(({ datasets }) => datasets).find((each) => each.name === name);
}

function rowsOf(dataset: DatasetPlan, result: RunResult): number | null {
  return resultOf(dataset, result)?.rows ?? null;
}

function errorsOf(
  dataset: DatasetPlan,
  results: Readonly<Record<EngineName, RunResult>>,
): Partial<Record<EngineName, string>> {
  const errors: Partial<Record<EngineName, string>> = {};
  for (const engine of ENGINES) {
    const result = resultOf(dataset, results[engine]);
    if (result !== undefined && ["SUCCEEDED", "SKIPPED", "COMMITTED"].includes(result.status)) continue;
    errors[engine] = result?.error
      ? `${result.error.message}${placeOf(dataset, result.error)}`
      : (results[engine].error?.cause ?? "not run: an earlier dataset failed");
  }
  return errors;
}

/** ` (sql/a.sql:3:4)`; empty if the job has no position. */
function placeOf({ sqlFile }: DatasetPlan, { line, column }: DatasetError): string {
  return line === undefined || column === undefined ? "" : ` (sql/${sqlFile}:${line}:${column})`;
}

/** Columns of the dataset's `unique` expectation; none: empty. */
function keyOf({ config }: DatasetPlan): readonly string[] {
  const { strata } = JSON.parse(config) as { strata?: { expectations?: readonly { unique?: unknown }[] } };
  const key = strata?.expectations?.find?.(({ unique }) => unique !== undefined)?.unique;
  return typeof key === "string" ? [key] : Array.isArray(key) ? key.map(String) : [];
}
