/** What changed between two plans of one pipeline, by dataset; pure, for reviewers of a pull request. */

import { compareText } from "../../diagnostics.ts";
import { normalizeSql } from "../../parse/sql/normalize.ts";
import { type DatasetPlan, type Plan, stagedDatasets } from "../../plan/types.ts";
import { type PublishChange, publishChanges } from "./publish.ts";
import type { StateChanges } from "./states.ts";

/** One dataset's change; a dataset may have several. */
export type DatasetChange =
  | { readonly kind: "added"; readonly stage: string }
  | { readonly kind: "removed"; readonly stage: string }
  | { readonly kind: "moved"; readonly from: string; readonly to: string }
  | { readonly kind: "sql" }
  | { readonly kind: "sources"; readonly added: readonly string[]; readonly removed: readonly string[] }
  | { readonly kind: "target"; readonly from: string | undefined; readonly to: string | undefined }
  | PublishChange
  | { readonly kind: "config" };

/** The difference. */
export interface PlanDiff {
  readonly pipeline: string;
  /** Changed datasets by name, sorted. */
  readonly datasets: readonly { readonly name: string; readonly changes: readonly DatasetChange[] }[];
  /** Datasets that read, directly or not, what a changed one writes; sorted, changed ones left out. */
  readonly downstream: readonly string[];
  readonly stages: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly reordered: boolean;
  };
  /** Stages whose job gets another group. */
  readonly touched: readonly string[];
  /** States of the state machine. */
  readonly states: StateChanges;
  /** Targets that no dataset writes any more: their files stay. */
  readonly abandoned: readonly string[];
}

const NO_STATES: StateChanges = { added: [], removed: [], changed: [] };

interface Placed {
  readonly dataset: DatasetPlan;
  readonly stage: string;
}

/** Compares; `before` undefined: the pipeline is new, `after` undefined: it is gone. `states` is what `diffStates` says. */
export function diffPlans(
  name: string,
  before: Plan | undefined,
  after: Plan | undefined,
  states: StateChanges = NO_STATES,
): PlanDiff {
  const old = placed(before);
  const now = placed(after);
  const names = [...new Set([...old.keys(), ...now.keys()])].sort(compareText);
  const datasets = names
    .map((each) => ({ name: each, changes: changesOf(old.get(each), now.get(each)) }))
    .filter(({ changes }) => changes.length > 0);
  const changed = new Set(datasets.map((each) => each.name));
  const [oldStages, newStages] = [stageNames(before), stageNames(after)];
  const kept = (list: readonly string[], other: readonly string[]) =>
    list.filter((stage) => other.includes(stage)).join("\0");
  return {
    pipeline: name,
    datasets,
    downstream: after ? downstreamOf(after, changed) : [],
    stages: {
      added: newStages.filter((stage) => !oldStages.includes(stage)),
      removed: oldStages.filter((stage) => !newStages.includes(stage)),
      reordered: kept(oldStages, newStages) !== kept(newStages, oldStages),
    },
    touched: newStages.filter((stage) => groupKey(before, stage) !== groupKey(after, stage)),
    states,
    abandoned: abandoned(before, after),
  };
}

/** True when nothing that runs has changed. */
export function isEmptyDiff(diff: PlanDiff): boolean {
  const lists = [diff.datasets, diff.touched, diff.stages.added, diff.stages.removed, ...Object.values(diff.states)];
  return !diff.stages.reordered && lists.every((list) => list.length === 0);
}

function placed(plan: Plan | undefined): Map<string, Placed> {
  return new Map(
    (plan?.stages ?? []).flatMap((stage) =>
      stage.datasets.map((dataset) => [dataset.name, { dataset, stage: stage.name }] as const),
    ),
  );
}

function stageNames(plan: Plan | undefined): string[] {
  return (plan?.stages ?? []).map((stage) => stage.name);
}

function changesOf(old: Placed | undefined, now: Placed | undefined): DatasetChange[] {
  if (old === undefined) return now ? [{ kind: "added", stage: now.stage }] : [];
  if (now === undefined) return [{ kind: "removed", stage: old.stage }];
  const changes: DatasetChange[] = [];
  if (old.stage !== now.stage) changes.push({ kind: "moved", from: old.stage, to: now.stage });
  if (normalizeSql(old.dataset.sql) !== normalizeSql(now.dataset.sql)) changes.push({ kind: "sql" });
  const [oldSources, newSources] = [sourcesOf(old.dataset), sourcesOf(now.dataset)];
  const added = newSources.filter((source) => !oldSources.includes(source));
  const removed = oldSources.filter((source) => !newSources.includes(source));
  if (added.length + removed.length > 0) changes.push({ kind: "sources", added, removed });
  const [from, to] = [old.dataset.target?.location, now.dataset.target?.location];
  if (from !== to) changes.push({ kind: "target", from, to });
  changes.push(...publishChanges(old.dataset.publish, now.dataset.publish));
  if (changes.every(({ kind }) => kind === "moved" || kind === "sql") && old.dataset.config !== now.dataset.config)
    changes.push({ kind: "config" });
  return changes;
}

function sourcesOf(dataset: DatasetPlan): string[] {
  return dataset.reads.map((source) => `${source.table} (${source.location})`).sort(compareText);
}

/** Follows readers until nothing new is found. */
function downstreamOf(plan: Plan, changed: ReadonlySet<string>): string[] {
  const affected = new Set(changed);
  for (let grown = true; grown; ) {
    grown = false;
    for (const dataset of stagedDatasets(plan)) {
      if (
        affected.has(dataset.name) ||
        !dataset.reads.some(({ writer }) => writer !== undefined && affected.has(writer))
      )
        continue;
      affected.add(dataset.name);
      grown = true;
    }
  }
  return [...affected].filter((name) => !changed.has(name)).sort(compareText);
}

/** What the stage's job would get; undefined where there is no such stage. */
function groupKey(plan: Plan | undefined, name: string): string | undefined {
  const stage = plan?.stages.find((each) => each.name === name);
  return stage && JSON.stringify(stage.datasets.map(({ config, sql, publish }) => [config, sql, publish]));
}

function abandoned(before: Plan | undefined, after: Plan | undefined): string[] {
  const targets = (plan: Plan | undefined) =>
    (plan ? stagedDatasets(plan) : []).flatMap(({ target }) => target?.location ?? []);
  const now = new Set(targets(after));
  return targets(before)
    .filter((location) => !now.has(location))
    .sort(compareText);
}
