/** Bindings of a command: a stack's if one is named, else those of the local run. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Compilation } from "../compiler/compile.ts";
import type { Diagnostic } from "../compiler/diagnostics.ts";
import type { Bindings, StackBindings } from "../compiler/plan/bindings.ts";
import type { Plan } from "../compiler/plan/types.ts";
import { type LoadedRoot, loadRoot } from "../loading/load.ts";
import { addCanary } from "../loading/stack.ts";
import { localBindings, stackBindings } from "../settings/bindings.ts";
import { CANARY } from "../settings/canary.ts";
import { bucketsOfOthers } from "../settings/other-stacks.ts";
import { knownStacks, readSettings } from "../settings/read.ts";
import type { Settings } from "../settings/schema.ts";
import { HOME } from "../setup/node.mjs";
import { CommandError } from "./exit.ts";
import { load, type RootOptions, rootOf, showDiagnostics } from "./root.ts";

/**
 * Loads the root, and the canary if it is named and the stack deploys it. A command without a pipeline's name never means
 * the canary.
 */
export async function loadFor(
  name: string | undefined,
  options: RootOptions & { readonly stack?: string },
): Promise<LoadedRoot> {
  const { stack } = options;
  if (name !== CANARY || stack === undefined || !settingsFor({ ...options, stack }).canary) return load(options);
  return addCanary(await loadRoot(rootOf(options)));
}

/** The names in a definition. Diagnostics of the stack's settings end the command. */
export async function bindingsFor(
  plan: Plan,
  options: RootOptions & { readonly stack?: string },
  loaded: Compilation,
): Promise<Bindings> {
  return options.stack === undefined
    ? localBindings(plan)
    : stackBindingsFor(plan, { ...options, stack: options.stack }, loaded);
}

/** Bindings of a stack. Diagnostics of its settings end the command. */
export async function stackBindingsFor(
  plan: Plan,
  options: RootOptions & { readonly stack: string },
  loaded: Compilation,
): Promise<StackBindings> {
  const settings = settingsFor(options);
  const bound = stackBindings(
    plan,
    settings,
    loaded.pipelines.flatMap(({ stages }) => stages.map(({ name }) => name)),
  );
  if (bound.bindings === undefined) throw refuse(bound.diagnostics, () => undefined);
  return bound.bindings;
}

/** Settings of a stack. Their diagnostics end the command. */
export function settingsFor(options: RootOptions & { readonly stack: string }): Settings {
  const home = homeOfStacks(options);
  const { settings, diagnostics, textOf } = readSettings(home, options.stack);
  if (settings === undefined) throw refuse(diagnostics, textOf);
  const foreign = bucketsOfOthers(home, settings);
  if (foreign.length > 0) throw refuse(foreign, textOf);
  return settings;
}

/** A root without stacks or a Pulumi program is deployed by this installation, so its stacks apply. */
export function homeOfStacks(options: RootOptions): string {
  const root = rootOf(options);
  return existsSync(join(root, "Pulumi.yaml")) || knownStacks(root).length > 0 ? root : HOME;
}

function refuse(diagnostics: readonly Diagnostic[], textOf: (file: string) => string | undefined): CommandError {
  showDiagnostics(diagnostics, textOf, process.stderr);
  return new CommandError("the stack's settings have errors; nothing was done");
}
