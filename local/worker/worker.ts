/**
 * Starts and ends a Python worker (local/engine/worker.py), and exchanges messages with it.
 *
 * The worker leads its own process group, so that it and what it starts (a JVM) can be killed together: on an abort, after a
 * time limit, when this process ends. If this process is killed, the worker sees the end of its stdin.
 */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type * as z from "zod";
import type { event } from "../../contract/events.ts";
import { environmentFor } from "../../setup/environment.mjs";
import { UserError } from "../user-error.ts";
import { type Fatal, fatalError } from "./fatal.ts";

/** What a worker is started with. */
export interface WorkerOptions {
  /** The installation. */
  readonly home: string;
  /** Interpreter of the engine's environment. */
  readonly python: string;
  /** `none`: for questions that no engine answers. */
  readonly engine: "sail" | "spark" | "none";
  readonly lake: string;
  /** It only reads, beside runs of others; else it has the lake for itself. */
  readonly reads?: boolean;
  /** A folder of jars for Spark: Iceberg's, where the plan needs them. */
  readonly jars?: string;
  /** The worker's program; a test may put a fake in its place. */
  readonly program?: string;
}

/** An event line of the job (docs/job.md). */
export type JobEvent = Readonly<z.output<typeof event>>;

/** The event of a dataset that has ended. */
export type DatasetFinished = Extract<JobEvent, { readonly event: "dataset_finished" }>;

/** How a job run ended. */
export interface JobDone {
  readonly status: "SUCCEEDED" | "FAILED";
  /** The job's first line. */
  readonly error: string | null;
}

export interface Worker {
  /** Name and version of the engine, when it is ready. Rejects with `UserError` if it never will be. */
  readonly ready: Promise<string>;
  /** Runs one job; one at a time. An abort kills the worker. */
  run(
    args: Readonly<Record<string, string>>,
    onEvent: (event: JobEvent) => void,
    signal: AbortSignal,
  ): Promise<JobDone>;
  /** Puts one request of another kind (local/engine/worker.py); its events go to `onEvent`. An abort kills the worker. */
  ask<T>(
    request: Readonly<Record<string, unknown>>,
    onEvent?: (event: never) => void,
    signal?: AbortSignal,
  ): Promise<T>;
  /** Kills the process group; resolves when the worker is gone. */
  kill(): Promise<void>;
  /** True until the worker's process has ended. */
  isAlive(): boolean;
}

/** Last characters of stderr that are kept, to be shown if the worker dies by itself. */
const STDERR_TAIL = 8000;

interface Running {
  readonly onEvent: (event: never) => void;
  readonly resolve: (done: never) => void;
  readonly reject: (problem: Error) => void;
}

/** Starts a worker; `ready` resolves when its engine is up. */
export function startWorker(options: WorkerOptions): Worker {
  const child = spawn(
    options.python,
    [
      options.program ?? join(options.home, "local", "engine", "worker.py"),
      "--engine",
      options.engine,
      "--store",
      options.lake,
      ...(options.reads === true ? ["--reads"] : []),
      ...(options.jars === undefined ? [] : ["--jars", options.jars]),
    ],
    { detached: true, env: workerEnvironment(options.home), stdio: ["pipe", "pipe", "pipe"] },
  );
  const running = new Map<number, Running>();
  const ready = Promise.withResolvers<string>();
  ready.promise.catch(() => {}); // no caller may be waiting for it
  const gone = Promise.withResolvers<void>();
  let number = 0;
  let stderr = "";
  let alive = true;
  let fatal: Error | undefined;
  const killGroup = () => killProcessGroup(child);
  process.once("exit", killGroup);

  child.stderr.on("data", (chunk) => {
    stderr = `${stderr}${chunk}`.slice(-STDERR_TAIL);
  });
  child.stdin.on("error", () => {}); // a write to a dying worker; `close` reports its end
  createInterface({ input: child.stdout }).on("line", (line) => {
    const message = parse(line);
    if (message === undefined) return;
    if (message.ready?.warning !== undefined) warn(message.ready.warning);
    if (message.ready) ready.resolve(message.ready.engine);
    if (message.fatal) fatal = fatalError(message.fatal);
    const job = message.id === undefined ? undefined : running.get(message.id);
    if (message.event) job?.onEvent(message.event as never);
    if (message.failed !== undefined && message.id !== undefined) {
      running.delete(message.id);
      job?.reject(new UserError(`the worker failed: ${message.failed}`, "please report it: this is a bug in Strata"));
    }
    if (message.done !== undefined && message.id !== undefined) {
      running.delete(message.id);
      job?.resolve(message.done as never);
    }
  });
  const end = (why: Error) => {
    if (!alive) return;
    alive = false;
    process.off("exit", killGroup);
    killGroup(); // a JVM may outlive the Python process that started it
    ready.reject(why);
    void groupGone(child).then(() => {
      for (const job of running.values()) job.reject(why);
      running.clear();
      gone.resolve();
    });
  };
  child.on("error", (problem) =>
    end(new UserError(`the worker does not start: ${problem.message}`, "run `npm start` once to set it up")),
  );
  child.on("close", (code, signal) => end(fatal ?? died(code, signal, stderr)));

  const kill = async () => {
    killGroup();
    await gone.promise;
  };
  const ask: Worker["ask"] = async <T>(
    request: Readonly<Record<string, unknown>>,
    onEvent: (event: never) => void = () => {},
    signal?: AbortSignal,
  ) => {
    await ready.promise;
    number += 1;
    const id = number;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    running.set(id, { onEvent, resolve, reject });
    const abort = () => void kill();
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
    else child.stdin.write(`${JSON.stringify({ id, ...request })}\n`);
    return promise.finally(() => signal?.removeEventListener("abort", abort));
  };
  return {
    ready: ready.promise,
    isAlive: () => alive,
    kill,
    ask,
    run: (args, onEvent, signal) => ask<JobDone>({ args }, onEvent, signal),
  };
}

/** Puts one question that needs no engine to a worker of its own, beside whatever else is going on. An abort kills it. */
export async function askLake<T>(
  { home, python, lake }: Pick<WorkerOptions, "home" | "python" | "lake">,
  request: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
): Promise<T> {
  const worker = startWorker({ home, python, lake, engine: "none", reads: true });
  try {
    return await worker.ask<T>(request, undefined, signal);
  } finally {
    await worker.kill();
  }
}

interface Message {
  readonly id?: number;
  readonly ready?: { readonly engine: string; readonly warning?: string };
  readonly fatal?: Fatal;
  readonly event?: unknown;
  readonly done?: unknown;
  /** A bug of the worker's. */
  readonly failed?: string;
}

const warned = new Set<string>();

/** Once, however many workers a run needs. */
function warn(warning: string): void {
  if (!warned.has(warning)) process.stderr.write(`strata: ${warning}\n`);
  warned.add(warning);
}

/** Undefined for a line that is not a message of the protocol. */
function parse(line: string): Message | undefined {
  try {
    const message = JSON.parse(line) as unknown;
    return typeof message === "object" && message !== null ? (message as Message) : undefined;
  } catch {
    return undefined;
  }
}

/** The worker's environment: without credentials, and without a way to find any. */
export function workerEnvironment(home: string): NodeJS.ProcessEnv {
  return {
    ...environmentFor(),
    PYTHONPATH: join(home, "glue"),
    PYTHONUNBUFFERED: "1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
}

function killProcessGroup(child: ChildProcessWithoutNullStreams): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
}

/** How long to wait for the end of a killed group, in milliseconds: without a parent that collects it, a process stays listed. */
const BURIAL_MS = 1_000;

/** Waits until no process of the group is left that could still commit something. */
async function groupGone(child: ChildProcessWithoutNullStreams): Promise<void> {
  for (let left = BURIAL_MS / 10; left > 0; left -= 1) {
    try {
      process.kill(-(child.pid ?? Number.NaN), 0);
    } catch {
      return;
    }
    await delay(10);
  }
}

function died(code: number | null, signal: NodeJS.Signals | null, stderr: string): Error {
  const how = signal === "SIGKILL" ? "was killed (out of memory?)" : `ended with ${signal ?? `exit code ${code}`}`;
  const last = stderr.trim().split("\n").at(-1) ?? "";
  return new UserError(
    `the engine's worker ${how}${last === "" ? "" : `: ${last.slice(0, 500)}`}`,
    "run again; with less memory in use, or with a smaller --scale of data",
  );
}
