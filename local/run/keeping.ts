/** Maintains the record of a running execution (executions.ts). */

import { createHash } from "node:crypto";
import { type Plan, stagedDatasets } from "../../compiler/plan/types.ts";
import type { Selection } from "../selection.ts";
import { UserError } from "../user-error.ts";
import { type AskLake, type CommittedByName, committedBy } from "./committed.ts";
import { type Execution, Executions } from "./executions.ts";
import { committedDatasets, type RunResult } from "./result.ts";

/** Facts at the start of an execution. */
export interface Beginning {
  readonly plan: Plan;
  readonly ask: AskLake;
  readonly state: string;
  readonly engine: "sail" | "spark";
  readonly execution: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly selection: Selection;
  readonly each?: Execution["each"];
}

/** A resumed execution. */
export interface Continued {
  /** Datasets that it has committed and need not write again. */
  readonly committed: readonly string[];
  /** Those of them whose SQL has changed since. */
  readonly sqlChanged: readonly string[];
}

export interface Keeper {
  /** Undefined for a new execution. */
  readonly continued: Continued | undefined;
  readonly end: (result: RunResult) => Promise<void>;
  /** Removes its record. */
  readonly forget: () => Promise<void>;
}

/** Records that an execution starts or resumes. Rejects with the file system's error. */
export async function keep(beginning: Beginning): Promise<Keeper> {
  const { plan, ask, state, engine, execution, selection, each } = beginning;
  const executions = new Executions(state);
  const before = await executions.read(execution).catch(() => undefined);
  const now = digests(plan, new Set(selection.datasets));
  const found = before && (await committedBy(plan, ask, execution, new Set(selection.datasets)));
  const had = found && new Map([...found].filter(([, each]) => !(each instanceof UserError)));
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
    end: async (result) => {
      const { status } = result;
      const done = committedDatasets(result).map(({ name }) => [name, now[name] ?? ""]);
      const all = { ...Object.fromEntries(done), ...committed };
      const ended = { ...running, status, ended: new Date().toISOString(), committed: all };
      await executions.end(ended);
      if (status === "SUCCEEDED") await executions.supersede(ended);
    },
    forget: () => executions.forget(execution, before),
  };
}

/** The selection keys of an execution input. */
export function selectionOf(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const keys = ["from", "until", "stages", "datasets"];
  return Object.fromEntries(Object.entries(input).filter(([key]) => keys.includes(key)));
}

/** A command that was killed after a commit could not record the SQL: it was that of its own run. */
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
