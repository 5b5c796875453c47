/** Runs the Pulumi program on mocks, each time in a process of its own: the runtime keeps global state. */

import { join } from "node:path";
import { HOME } from "../../setup/node.mjs";
import { program as run } from "../cli/strata.ts";
import type { Options } from "./options.ts";

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

/** Settings by key without namespace; lists and objects are handed over as JSON, as the engine does. */
export async function runStack(
  root: string,
  stack: string,
  settings: Readonly<Record<string, unknown>>,
  lastOutputs: Readonly<Record<string, unknown>> = {},
): Promise<StackRun> {
  const { stdout, stderr, code } = await run(process.execPath, [
    join(HOME, "test", "components", "run-program.ts"),
    root,
    stack,
    JSON.stringify(settings),
    JSON.stringify(lastOutputs),
  ]);
  if (code !== 0) throw new Error(`the program on mocks ended with ${code}: ${stderr}`);
  return { ...(JSON.parse(stdout) as StackRun), log: stderr };
}

/** Settings that a root with the logical bucket `lake` needs. */
export const DEV = { region: "eu-central-1", allowedAccountIds: ["111111111111"], buckets: { lake: {} } } as const;

/** Inputs of all resources of a type, by name. */
export function byName(
  resources: readonly Registered[],
  type: string,
): Record<string, Readonly<Record<string, unknown>>> {
  return Object.fromEntries(resources.filter((each) => each.type === type).map(({ name, inputs }) => [name, inputs]));
}
