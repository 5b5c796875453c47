/** Runs the Pulumi program on mocks, in a process of its own: the runtime keeps global state. */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { readSettings } from "../../settings/read.ts";
import { HOME } from "../../setup/node.mjs";
import type { Options } from "./options.ts";
import type { ProgramRequest } from "./run-program.ts";

/** A resource as the program registered it. A mock proves what is asked for, not that AWS takes it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface StackRun {
  readonly resources: readonly Registered[];
  /** Options of the resources, by `type::name`. */
  readonly options: Readonly<Record<string, Options>>;
  /** Stack outputs, resolved. */
  readonly outputs:
    | { readonly buckets: Record<string, string>; readonly pipelines: Record<string, Record<string, string>> }
    | undefined;
  /** What the program logged: warnings. */
  readonly log: string;
  /** The message of a RunError. */
  readonly error: string | undefined;
}

/** Of this repository's own root, whose files stay as they are: by what else a program is run with. */
const ownRuns = new Map<string, Promise<StackRun>>();

/** Settings by key without namespace; lists and objects are handed over as JSON, as the engine does. */
export function runStack(
  root: string,
  stack: string,
  settings: Readonly<Record<string, unknown>>,
  lastOutputs: Readonly<Record<string, unknown>> = {},
): Promise<StackRun> {
  const key = JSON.stringify([stack, settings, lastOutputs]);
  const run = (root === HOME ? ownRuns.get(key) : undefined) ?? runAnew(root, stack, settings, lastOutputs);
  if (root === HOME) ownRuns.set(key, run);
  return run;
}

async function runAnew(
  root: string,
  stack: string,
  settings: Readonly<Record<string, unknown>>,
  lastOutputs: Readonly<Record<string, unknown>>,
): Promise<StackRun> {
  const child = await programs();
  const id = ++requests;
  const answered = new Promise<StackRun & { crash?: string }>((resolve, reject) => {
    const listen = (message: { id: number; result: StackRun }) => {
      if (message.id !== id) return;
      child.off("message", listen);
      child.off("exit", fail);
      resolve(message.result);
    };
    const fail = (code: number) => reject(new Error(`the process of programs on mocks ended with ${code}`));
    child.on("message", listen);
    child.on("exit", fail);
  });
  child.send({ id, root, stack, settings, lastOutputs } satisfies ProgramRequest);
  const { crash, ...result } = await answered;
  if (crash !== undefined) throw new Error(`the program on mocks failed: ${crash}`);
  return result;
}

let requests = 0;
let started: Promise<ChildProcess> | undefined;

/** The process that runs programs, started once; it ends with this one. */
function programs(): Promise<ChildProcess> {
  started ??= (async () => {
    const child = fork(join(HOME, "test", "components", "run-program.ts"), {
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    await once(child, "spawn");
    // Neither the process nor its channel keeps the tests from ending.
    child.unref();
    child.channel?.unref();
    return child;
  })();
  return started;
}

// After all tests: what it took of the CPU counts only if it is waited for (test/cost.ts).
after(async () => {
  const child = await started;
  if (child === undefined) return;
  child.ref();
  const ended = once(child, "exit");
  child.disconnect();
  await ended;
});

/** Settings that a root with the logical bucket `lake` needs. */
export const DEV = { region: "eu-central-1", allowedAccountIds: ["111111111111"], buckets: { lake: {} } } as const;

/** The settings of a committed stack, as Pulumi's engine would hand them over. */
export function committedSettings(stack: string): Record<string, unknown> {
  const { settings } = readSettings(HOME, stack);
  if (settings === undefined) throw new Error(`Pulumi.${stack}.yaml has mistakes`);
  const { region, allowedAccountIds, logRetentionDays, scanLimitBytes, deletableData } = settings;
  const buckets = Object.fromEntries(settings.buckets.map(({ logical }) => [logical, {}]));
  const stages = Object.fromEntries(settings.stages.map(({ key, workers }) => [key, workers]));
  return { region, allowedAccountIds, logRetentionDays, scanLimitBytes, deletableData, buckets, stages };
}

/** Inputs of all resources of a type, by name. */
export function byName(
  resources: readonly Registered[],
  type: string,
): Record<string, Readonly<Record<string, unknown>>> {
  return Object.fromEntries(resources.filter((each) => each.type === type).map(({ name, inputs }) => [name, inputs]));
}
