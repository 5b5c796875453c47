/** Runs the Pulumi program on mocks, in a process of its own: the runtime keeps global state. */

import { join } from "node:path";
import { readSettings } from "../../settings/read.ts";
import { HOME } from "../../setup/node.mjs";
import { requester } from "../serve.ts";
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

const runProgram = requester<ProgramRequest, StackRun>(join(HOME, "test", "components", "run-program.ts"));

/** Runs of this repository's own root, whose files do not change, by the rest of the request. */
const ownRuns = new Map<string, Promise<StackRun>>();

/** Settings by key without namespace; lists and objects are handed over as JSON, as the engine does. */
export function runStack(
  root: string,
  stack: string,
  settings: Readonly<Record<string, unknown>>,
  lastOutputs: Readonly<Record<string, unknown>> = {},
): Promise<StackRun> {
  const request = { root, stack, settings, lastOutputs };
  if (root !== HOME) return runProgram(request);
  const key = JSON.stringify(request);
  const run = ownRuns.get(key) ?? runProgram(request);
  ownRuns.set(key, run);
  return run;
}

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
