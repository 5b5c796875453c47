/**
 * Records of this lake's executions, so that one can be resumed: `<state>/executions/<name>.json`.
 *
 * Commits are not in them: those are in the targets' records (committed.ts). While an execution runs there is also an empty
 * file `<state>/executions/running/<name>`, so that a killed command is found without reading all records.
 */

import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { NoFile, textOfFile } from "../../loading/read-file.ts";
import { makePrivate, writeWhole } from "../../loading/write-whole.ts";
import { mayRun, thisProcess } from "../../setup/processes.mjs";
import { UserError } from "../user-error.ts";

/** Version of a record's format; other versions are not read. */
const VERSION = 1;

/** Records that are kept; a new execution replaces the oldest. */
export const KEPT_EXECUTIONS = 200;

/** How long an interrupted execution is named: as long as Step Functions can redrive one. */
export const NAMED_DAYS = 14;

/** Names of executions (Step Functions), safe in a file's name and on a command line. */
const NAME = /^[A-Za-z0-9_-]{1,80}$/;

const texts = z.record(z.string(), z.string());

/** An execution, as last started. */
const execution = z
  .object({
    execution: z.string(),
    /** Nothing that a command line would take for an option. */
    pipeline: z.string().regex(/^(?!-)/),
    engine: z.enum(["sail", "spark"]),
    /** Values by name as text, defaults filled in. */
    params: texts,
    /** Selection keys of the execution input: `from`, `until`, `stages`, `datasets`. */
    selection: z.record(z.string(), z.unknown()),
    /** A day of a backfill: the parameter of the days, the last day, and whether all of them are new executions. */
    each: z.object({ param: z.string(), last: z.iso.date(), again: z.boolean() }).optional(),
    status: z.enum(["RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"]),
    /** ISO 8601. */
    started: z.string().refine((text) => !Number.isNaN(Date.parse(text))),
    ended: z.string().nullable(),
    /** Selected datasets with the digest of their SQL. */
    sql: texts,
    /** Committed datasets, with the digest of their SQL. */
    committed: texts,
    process: z.object({
      pid: z.int().positive(),
      began: z.string(),
      host: z.string(),
      boot: z.string(),
      space: z.string(),
    }),
  })
  .refine(({ each, params }) => each === undefined || z.iso.date().safeParse(params[each.param]).success);

export type Execution = Readonly<z.output<typeof execution>>;

/** The executions of one state. */
export class Executions {
  readonly #folder: string;

  constructor(state: string) {
    this.#folder = join(state, "executions");
  }

  /** Names, in no order. */
  async names(): Promise<string[]> {
    const files = await readdir(this.#folder).catch(() => [] as string[]);
    return files
      .filter((file) => file.endsWith(".json"))
      .map((file) => file.slice(0, -".json".length))
      .filter(isName);
  }

  /** Undefined if there is none with that name. Throws `UserError` for a record that cannot be read. */
  async read(name: string): Promise<Execution | undefined> {
    if (!isName(name)) return undefined;
    const path = this.#path(name);
    let text: string;
    try {
      text = await textOfFile(path);
    } catch (problem) {
      if ((problem as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw damaged(path, problem instanceof NoFile ? `it ${problem.what}` : (problem as Error).message);
    }
    const value = parse(text);
    if (typeof value.strata === "number" && value.strata > VERSION)
      throw new UserError(
        `${path} has format ${value.strata}, but this version of Strata reads ${VERSION}`,
        "use the version of Strata that wrote it, or start a new run; what is committed stays committed",
      );
    // What is returned is the value itself: zod leaves out a dataset called `__proto__`.
    if (value.strata !== VERSION || !execution.safeParse(value).success || value.execution !== name)
      throw damaged(path, "it is not a record of that execution");
    return value as Execution;
  }

  /** Records that an execution runs in this process. Rejects with the file system's error. */
  async begin(execution: Omit<Execution, "status" | "ended" | "process">): Promise<Execution> {
    await makePrivate(join(this.#folder, "running"));
    await this.#prune();
    const running = { ...execution, status: "RUNNING", ended: null, process: thisProcess() } as const;
    await this.#write(running);
    await writeWhole(this.#marker(execution.execution), "");
    return running;
  }

  /** Records its end. */
  async end(execution: Execution): Promise<void> {
    await this.#write(execution);
    await this.#unmark(execution.execution);
  }

  /** Undoes `begin`: `before` is the earlier record. */
  async forget(name: string, before: Execution | undefined): Promise<void> {
    if (before === undefined) await rm(this.#path(name), { force: true });
    else await this.#write(before);
    await this.#unmark(name);
  }

  /** Executions whose command was killed, oldest first. Never rejects: this is a by-product of commands. */
  async interrupted(): Promise<Execution[]> {
    const names = await this.#marked();
    const found = await Promise.all(
      names.map(async (name) => {
        const execution = await this.read(name).catch(() => undefined);
        const isRecent = execution && Date.now() - Date.parse(execution.started) < NAMED_DAYS * 24 * 60 * 60 * 1000;
        if (execution?.status === "RUNNING" && mayRun(execution.process)) return [];
        if (execution?.status === "RUNNING" && isRecent) return [execution];
        await this.#unmark(name);
        return [];
      }),
    );
    return found.flat().sort((one, other) => (one.started < other.started ? -1 : 1));
  }

  /** Executions whose command still runs, as far as this machine knows. Never rejects. */
  async running(): Promise<Execution[]> {
    const names = await this.#marked();
    const found = await Promise.all(names.map((name) => this.read(name).catch(() => undefined)));
    return found.flatMap((each) => (each?.status === "RUNNING" && mayRun(each.process) ? [each] : []));
  }

  /** Names that are marked as running. */
  async #marked(): Promise<string[]> {
    return (await readdir(join(this.#folder, "running")).catch(() => [] as string[])).filter(isName);
  }

  /** A complete execution supersedes earlier interrupted ones: they are no longer named. */
  async supersede(done: Execution): Promise<void> {
    const params = (of: Execution) => JSON.stringify(Object.entries(of.params).sort());
    for (const each of await this.interrupted())
      if (
        each.pipeline === done.pipeline &&
        params(each) === params(done) &&
        Object.keys(each.sql).every((name) => Object.hasOwn(done.sql, name))
      )
        await this.#unmark(each.execution);
  }

  async #prune(): Promise<void> {
    const names = await this.names();
    if (names.length < KEPT_EXECUTIONS) return;
    const aged = await Promise.all(
      names.map(async (name) => ({ name, time: (await stat(this.#path(name)).catch(() => undefined))?.mtimeMs ?? 0 })),
    );
    const old = aged.sort((one, other) => other.time - one.time).slice(KEPT_EXECUTIONS - 1);
    for (const { name } of old) await rm(this.#path(name), { force: true });
  }

  #write(execution: Execution): Promise<void> {
    // Private: it contains values of parameters.
    return writeWhole(
      this.#path(execution.execution),
      `${JSON.stringify({ strata: VERSION, ...execution }, null, 1)}\n`,
      0o600,
    );
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.json`);
  }

  #marker(name: string): string {
    return join(this.#folder, "running", name);
  }

  async #unmark(name: string): Promise<void> {
    await rm(this.#marker(name), { force: true }).catch(() => {});
  }
}

/** True for a valid execution name. */
export function isName(name: string): boolean {
  return NAME.test(name);
}

function damaged(path: string, reason: string): UserError {
  return new UserError(
    `${path} cannot be read: ${reason}`,
    "remove that file and start a new run; what is committed stays committed",
  );
}

function parse(text: string): Partial<Execution> & { readonly strata?: unknown } {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
