/** Keeps the record of one execution while it runs (executions.ts). */

import { createHash } from "node:crypto";
import type { Selection } from "../../compiler/emit/selection.ts";
import { type Plan, stagedDatasets } from "../../compiler/plan/types.ts";
import { type CommittedByName, committedBy } from "./committed.ts";
import { type Execution, Executions } from "./executions.ts";
import type { RunResult } from "./result.ts";

/** What is known when an execution begins. */
export interface Beginning {
  readonly plan: Plan;
  readonly lake: string;
  readonly state: string;
  readonly engine: "sail" | "spark";
  readonly execution: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly selection: Selection;
  readonly each?: Execution["each"];
}

/** An execution that is gone on with. */
export interface Continued {
  /** Datasets that it has committed: they count as done. */
  readonly committed: readonly string[];
  /** Of these, those whose SQL is another one now. */
  readonly sqlChanged: readonly string[];
}

export interface Keeper {
  /** Undefined for an execution that begins. */
  readonly continued: Continued | undefined;
  readonly end: (result: RunResult) => Promise<void>;
  /** As if it had not begun. */
  readonly forget: () => Promise<void>;
}

/** Notes that an execution begins, or goes on. Rejects with what the file system says. */
export async function keep(beginning: Beginning): Promise<Keeper> {
  const { plan, lake, state, engine, execution, selection, each } = beginning;
  const executions = new Executions(state);
  const before = await executions.read(execution).catch(() => undefined);
  const now = digests(plan, new Set(selection.datasets));
  const had = before && (await committedBy(plan, lake, execution, new Set(selection.datasets)));
  const committed = before === undefined ? {} : withCommitted(before, had ?? new Map());
  const running = await executions.begin({
    execution,
    pipeline: plan.pipeline,
    engine,
    params: Object.fromEntries([...selection.params].map(([name, value]) => [name, String(value)])),
    selection: selectionOf(beginning.input),
    ...(each && { each }),
    started: before?.started ?? new Date().toISOString(),
    sql: now,
    committed,
  });
  return {
    continued: had && {
      committed: [...had.keys()],
      sqlChanged: [...had.keys()].filter((name) => committed[name] !== undefined && committed[name] !== now[name]),
    },
    end: async ({ status, stages }) => {
      const done = stages
        .flatMap(({ datasets }) => datasets)
        .filter((each) => each.target !== null && (each.status === "SUCCEEDED" || each.status === "COMMITTED"));
      const all = { ...Object.fromEntries(done.map(({ name }) => [name, now[name] ?? ""])), ...committed };
      const ended = { ...running, status, ended: new Date().toISOString(), committed: all };
      await executions.end(ended);
      if (status === "SUCCEEDED") await executions.supersede(ended);
    },
    forget: () => executions.forget(execution, before),
  };
}

/** What selects, of an execution input. */
export function selectionOf(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const keys = ["from", "until", "stages", "datasets"];
  return Object.fromEntries(Object.entries(input).filter(([key]) => keys.includes(key)));
}

/** A command that was killed after a commit could not note with which SQL: it was that of its own run. */
function withCommitted(before: Execution, had: CommittedByName): Record<string, string> {
  const own = (from: Readonly<Record<string, string>>, name: string) =>
    Object.hasOwn(from, name) ? from[name] : undefined;
  const found = [...had.keys()].flatMap((name) => {
    const digest = own(before.committed, name) ?? own(before.sql, name);
    return digest === undefined ? [] : [[name, digest]];
  });
  return Object.fromEntries(found);
}

function digests(plan: Plan, names: ReadonlySet<string>): Record<string, string> {
  const selected = stagedDatasets(plan).filter(({ name }) => names.has(name));
  const digest = (sql: string) => createHash("sha256").update(sql).digest("hex").slice(0, 32);
  return Object.fromEntries(selected.map(({ name, sql }) => [name, digest(sql)]));
}
