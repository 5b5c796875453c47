/** A run's result: the JSON of `strata run --format json`, built from the job's events. */

import { join } from "node:path";
import type * as z from "zod";
import type { DatasetPlan, Plan } from "../../compiler/plan/types.ts";
import type { OUTCOME } from "../../contract/events.ts";
import type { Outcome } from "../interpreter/interpret.ts";
import { UserError } from "../user-error.ts";
import type { DatasetFinished, JobEvent } from "../worker/worker.ts";
import type { CommittedByName } from "./committed.ts";

/**
 * `COMMITTED`: its rows are the target's content, by the target's record; the job ended before it could report that.
 * `BLOCKED`: a dataset that it waits for failed. `NOT_RUN`: the run was cancelled before it started.
 */
export type DatasetStatus = "SUCCEEDED" | "COMMITTED" | "FAILED" | "SKIPPED" | "BLOCKED" | "NOT_RUN" | "NOT_SELECTED";

/** The selection of an execution input. */
export interface Selected {
  readonly stages: ReadonlySet<string>;
  readonly datasets: ReadonlySet<string>;
}

/** What the job reports of a finished dataset (docs/job.md). */
type Reported = Readonly<z.output<z.ZodObject<typeof OUTCOME>>>;

export type DatasetError = NonNullable<Reported["error"]>;

/** The result of one expectation. */
export type ExpectationResult = Reported["expectations"][number];

export interface DatasetResult
  extends Pick<Reported, "rows" | "bytes" | "files" | "expectations" | "repeated" | "warnings" | "error"> {
  readonly name: string;
  readonly status: DatasetStatus;
  readonly seconds: number;
  /** Seconds of these for publishing (docs/publish.md); null if it did not get that far. */
  readonly commitSeconds: number | null;
  readonly target: string | null;
  /** Columns of sources that changed since its last run that succeeded; absent if there are none. */
  readonly sourceChanges?: NonNullable<Reported["source_changes"]>;
  /** With `repeated`: its SQL differs from the one that this execution committed. */
  readonly sqlChanged?: true;
}

export interface StageResult {
  readonly name: string;
  /** `NOT_SELECTED`: not in the selection. `NOT_RUN`: the execution failed, or was cancelled, before it. */
  readonly status: "SUCCEEDED" | "FAILED" | "NOT_SELECTED" | "NOT_RUN";
  readonly seconds: number;
  readonly datasets: readonly DatasetResult[];
}

export interface CrawlerResult {
  readonly name: string;
  readonly status: "SUCCEEDED" | "FAILED";
  /** Tables that the crawl recorded. */
  readonly tables: readonly string[];
  /** Unreadable tables that the execution did not write; absent if there are none. */
  readonly warnings?: readonly string[];
  readonly error?: string;
}

export interface RunResult {
  /** Version of this format. */
  readonly version: 1;
  readonly execution: string;
  readonly status: "SUCCEEDED" | "FAILED" | "CANCELLED";
  readonly seconds: number;
  /** Name and version; null if no stage ran. */
  readonly engine: string | null;
  readonly stages: readonly StageResult[];
  readonly crawlers: readonly CrawlerResult[];
  /** Why the execution failed, beyond its datasets. */
  readonly error?: { readonly name: string; readonly cause: string };
}

/** Collects the events of one execution. */
export class RunRecorder {
  readonly #plan: Plan;
  readonly #state: string;
  readonly #started = performance.now();
  readonly #datasets = new Map<string, DatasetResult>();
  readonly #stages = new Map<string, { status: "SUCCEEDED" | "FAILED"; seconds: number }>();
  readonly #crawlers: CrawlerResult[] = [];
  /** The job's `job_started` event. */
  readonly #begun = { stages: new Set<string>(), datasets: new Set<string>() };
  #changed: ReadonlySet<string> = new Set();
  #engine: string | null = null;

  /** `state`: the folder that paths of samples are relative to. */
  constructor(plan: Plan, state: string) {
    this.#plan = plan;
    this.#state = state;
  }

  engine(name: string): void {
    this.#engine = name;
  }

  job(stage: string, event: JobEvent): void {
    if (event.event === "job_started") this.#begun.stages.add(stage);
    if (event.event === "dataset_started") this.#begun.datasets.add(event.name);
    if (event.event === "dataset_finished") this.#datasets.set(event.name, datasetResult(event, this.#state));
    if (event.event === "job_finished") this.#stages.set(stage, { status: event.status, seconds: event.seconds });
  }

  /** A stage whose job ended without an event: killed, out of time, or out of memory. */
  stageBroken(stage: string, seconds: number): void {
    this.#stages.set(stage, { status: "FAILED", seconds });
  }

  crawler(result: CrawlerResult): void {
    this.#crawlers.push(result);
  }

  /** Datasets that this execution had committed with different SQL. */
  sqlChanged(names: ReadonlySet<string>): void {
    this.#changed = names;
  }

  /** Those of the `selected` datasets whose end no event reported: only their targets know. */
  unsettled(selected: Selected): Set<string> {
    return new Set([...selected.datasets].filter((name) => !isDone(this.#datasets.get(name))));
  }

  /** `committed`: the targets' records of the unsettled datasets. */
  finish(execution: string, outcome: Outcome, selected: Selected, committed: CommittedByName): RunResult {
    const failed = outcome.status !== "SUCCEEDED";
    const cancelled = outcome.status === "ABORTED";
    return {
      version: 1,
      execution,
      status: cancelled ? "CANCELLED" : failed ? "FAILED" : "SUCCEEDED",
      seconds: round((performance.now() - this.#started) / 1000),
      engine: this.#engine,
      stages: this.#plan.stages.map(({ name, datasets }) => {
        const own = cancelled && !this.#begun.stages.has(name) ? undefined : this.#stages.get(name);
        const unheard = (dataset: DatasetPlan): DatasetStatus => {
          if (!selected.datasets.has(dataset.name)) return "NOT_SELECTED";
          if (cancelled) return this.#begun.datasets.has(dataset.name) ? "FAILED" : "NOT_RUN";
          return own === undefined ? "BLOCKED" : "FAILED";
        };
        return {
          name,
          status: own?.status ?? (selected.stages.has(name) ? "NOT_RUN" : "NOT_SELECTED"),
          seconds: own?.seconds ?? 0,
          datasets: datasets.map((dataset) => this.#result(dataset, unheard(dataset), committed)),
        };
      }),
      crawlers: this.#crawlers,
      ...(failed ? { error: { name: outcome.error, cause: outcome.cause } } : {}),
    };
  }

  /** `unheard`: the status of a dataset whose end no event reported. */
  #result(dataset: DatasetPlan, unheard: DatasetStatus, committed: CommittedByName): DatasetResult {
    const reported = this.#datasets.get(dataset.name);
    const result = reported ?? unfinished(dataset, unheard);
    const found = committed.get(dataset.name);
    if (found instanceof UserError)
      return reported?.error ? reported : { ...result, error: { class: "RECORD_BROKEN", message: found.message } };
    // An error after its commit is kept.
    if (found !== undefined && !isDone(reported)) return { ...result, ...found, status: "COMMITTED" };
    return result.repeated && this.#changed.has(dataset.name) ? { ...result, sqlChanged: true } : result;
  }
}

function isDone(result: DatasetResult | undefined): boolean {
  return result?.status === "SUCCEEDED" || result?.status === "SKIPPED";
}

function datasetResult(event: DatasetFinished, state: string): DatasetResult {
  const { name, status, rows, bytes, files, seconds, target, repeated, warnings, error } = event;
  return {
    ...{ name, status, rows, bytes, files, seconds },
    commitSeconds: event.commit_seconds,
    target,
    expectations: event.expectations.map((each) =>
      each.sample === undefined ? each : { ...each, sample: join(state, each.sample) },
    ),
    ...(repeated && { repeated }),
    ...(warnings && { warnings }),
    ...(event.source_changes && { sourceChanges: event.source_changes }),
    ...(error && { error }),
  };
}

/** The datasets whose rows the execution has committed to their targets. */
export function committedDatasets({ stages }: Pick<RunResult, "stages">): DatasetResult[] {
  return stages
    .flatMap(({ datasets }) => datasets)
    .filter(({ target, status }) => target !== null && (status === "SUCCEEDED" || status === "COMMITTED"));
}

/** Failed ones that did not prevent the commit. */
export function warnings(expectations: readonly ExpectationResult[]): ExpectationResult[] {
  return expectations.filter(({ status, severity }) => status === "FAILED" && severity === "warn");
}

function unfinished({ name, target }: DatasetPlan, status: DatasetStatus): DatasetResult {
  return {
    name,
    status,
    rows: null,
    bytes: null,
    files: null,
    seconds: 0,
    commitSeconds: null,
    target: target?.location ?? null,
    expectations: [],
  };
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
