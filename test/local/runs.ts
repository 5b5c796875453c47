/** Local runs inside the test's process, whose job gets settings that a test chooses, and output as text. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plan } from "../../compiler/plan/types.ts";
import { loadRoot } from "../../loading/load.ts";
import type { RunEvent, RunnerOptions } from "../../local/run/run.ts";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { program } from "../cli/strata.ts";

/** What a test wants of the worker (worker_with_settings.py). */
export interface Wanted {
  /** The job's `--publish`: dataset → settings. */
  readonly publish?: Readonly<Record<string, object>>;
  readonly killAt?: string;
  readonly limitAt?: string;
  readonly starts?: string;
}

/** Has workers that start during `work` behave so. */
export async function withWorker<T>({ publish, killAt, limitAt, starts }: Wanted, work: () => Promise<T>): Promise<T> {
  const wanted = {
    STRATA_TEST_PUBLISH: publish && JSON.stringify(publish),
    STRATA_TEST_KILL_AT: killAt,
    STRATA_TEST_LIMIT_AT: limitAt,
    STRATA_TEST_STARTS: starts,
  };
  for (const [name, value] of Object.entries(wanted)) if (value !== undefined) process.env[name] = value;
  try {
    return await work();
  } finally {
    for (const name of Object.keys(wanted)) delete process.env[name];
  }
}

/** The plan of a root's only pipeline. */
export async function planIn(root: string): Promise<Plan> {
  const { pipelines } = await loadRoot(root);
  const plan = pipelines[0]?.plan;
  if (plan === undefined) throw new Error(`no plan: ${JSON.stringify(pipelines[0]?.diagnostics)}`);
  return plan;
}

/** Options of a run on Sail, in a lake with its state inside. */
export function runnerOptions(plan: Plan, lake: string, events: RunEvent[] = []): RunnerOptions {
  return {
    plan,
    home: HOME,
    lake,
    state: join(lake, ".strata", "state"),
    concurrency: undefined,
    engine: "sail",
    python: pythonOf("sail"),
    program: join(HOME, "test", "local", "worker_with_settings.py"),
    signal: new AbortController().signal,
    onEvent: (event) => events.push(event),
  };
}

/** A stream that keeps what is written to it, and is not a terminal. */
export function memoryStream(): { stream: NodeJS.WriteStream; text: () => string } {
  let text = "";
  const stream = { isTTY: false, write: (part: string) => (text += part) } as unknown as NodeJS.WriteStream;
  return { stream, text: () => text };
}

/** Columns as JSON → the file's bytes. */
const written = new Map<string, Buffer>();

/** Writes a small Parquet file by the engine's own environment, which is started once for the same columns. */
export async function parquet(file: string, columns: object): Promise<void> {
  const text = JSON.stringify(columns);
  const bytes = written.get(text);
  mkdirSync(dirname(file), { recursive: true });
  if (bytes !== undefined) return writeFileSync(file, bytes);
  const code =
    "import sys, json, pyarrow as pa, pyarrow.parquet as pq; pq.write_table(pa.table(json.loads(sys.argv[2])), sys.argv[1])";
  const { code: exit, stderr } = await program(pythonOf("sail"), ["-c", code, file, text]);
  if (exit !== 0) throw new Error(stderr);
  written.set(text, readFileSync(file));
}
