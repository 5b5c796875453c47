/** Runs the bootstrap program on mocks, in a process of its own: the runtime keeps global state. */

import { join } from "node:path";
import { HOME } from "../../setup/node.mjs";
import { program } from "../cli/strata.ts";
import type { Options } from "../components/options.ts";

/** What the program registered. A mock proves what is asked for, not that AWS takes it. */
export interface Bootstrapped {
  readonly resources: readonly { type: string; name: string; inputs: Record<string, unknown> }[];
  /** By `type::name`. */
  readonly options: Readonly<Record<string, Options>>;
  readonly outputs?: {
    readonly backend: string;
    readonly secretsProvider: string;
    readonly roles: Readonly<Record<string, { readonly preview: string; readonly deploy: string }>>;
  };
  /** The message of a RunError. */
  readonly error?: string;
}

/** Bootstraps the stacks of a root. */
export async function runBootstrap(root: string, config: Readonly<Record<string, string>>): Promise<Bootstrapped> {
  const script = join(HOME, "test", "bootstrap", "run-bootstrap.ts");
  const { stdout, stderr, code } = await program(process.execPath, [script, JSON.stringify(config), root]);
  if (code !== 0) throw new Error(`the bootstrap on mocks failed: ${stderr}`);
  return JSON.parse(stdout) as Bootstrapped;
}
