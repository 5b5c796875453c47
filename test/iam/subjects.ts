/** Compiled permissions of real roots, for tests. */

import type { Diagnostic } from "../../compiler/diagnostics.ts";
import type { PolicyDocument } from "../../compiler/emit/permissions/document.ts";
import { type Identity, permissionsOf } from "../../compiler/emit/permissions/permissions.ts";
import { bind } from "../../compiler/plan/bind.ts";
import type { StackBindings } from "../../compiler/plan/bindings.ts";
import { knownPlaces, type Plan } from "../../compiler/plan/types.ts";
import { loadRoot } from "../../loading/load.ts";
import { stackBindings } from "../../settings/bindings.ts";
import { parseSettings } from "../../settings/parse.ts";
import { treeOf } from "../../settings/raw.ts";
import type { Settings } from "../../settings/schema.ts";

/** A pipeline of a stack with its permissions. */
export interface Subject {
  readonly plan: Plan;
  readonly bindings: StackBindings;
  readonly identities: readonly Identity[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Settings from plain values, as a settings file would have them. */
export function settingsFrom(stack: string, values: Readonly<Record<string, unknown>>): Settings {
  const at = { file: `Pulumi.${stack}.yaml`, line: 1, column: 1, length: 1 };
  const problems: Diagnostic[] = [];
  const all = { region: "eu-central-1", allowedAccountIds: ["111111111111"], ...values };
  const entries = Object.entries(all).map(([key, value]) => ({ key: { value: key, at }, value: treeOf(value, at) }));
  const settings = parseSettings({ stack, entries, at }, (each) => problems.push(each));
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("; "));
  return settings;
}

/** Permissions of a root's first pipeline. */
export async function subjectOf(root: string, settings: Settings): Promise<Subject> {
  const { pipelines } = await loadRoot(root);
  const plan = pipelines[0]?.plan;
  if (plan === undefined) throw new Error("the root has errors");
  const { bindings, diagnostics } = stackBindings(
    plan,
    settings,
    plan.stages.map(({ name }) => name),
  );
  if (bindings === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return {
    plan,
    bindings,
    ...permissionsOf(bind(plan, bindings), bindings, knownPlaces(pipelines.flatMap((each) => each.plan ?? []))),
  };
}

/** Permissions of a plan by itself. */
export function subjectOfPlan(plan: Plan, settings: Settings): Subject {
  const { bindings, diagnostics } = stackBindings(
    plan,
    settings,
    plan.stages.map(({ name }) => name),
  );
  if (bindings === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return { plan, bindings, ...permissionsOf(bind(plan, bindings), bindings, knownPlaces([plan])) };
}

/** All documents of an identity. */
export function documentsOf({ policies }: Identity): PolicyDocument[] {
  return [...(policies.inline ? [policies.inline] : []), ...policies.managed];
}
