/** The one reader of settings files: `Pulumi.yaml`'s defaults and `Pulumi.<stack>.yaml`, for callers without Pulumi. */

import { readdirSync } from "node:fs";
import { type Diagnostic, diagnostic, topOf } from "../compiler/diagnostics.ts";
import { suggest } from "../compiler/nearest.ts";
import { type Entry, member, type ObjectNode, type TreeNode } from "../compiler/parse/tree.ts";
import { NAMESPACE, SettingsFiles } from "./files.ts";
import { parseSettings } from "./parse.ts";
import { topOfStack } from "./raw.ts";
import type { Settings } from "./schema.ts";

const PROJECT = "Pulumi.yaml";

/** Settings of a stack, or why not. `textOf` gives the files' texts for frames. */
export interface ReadSettings {
  /** Undefined if there is a diagnostic. */
  readonly settings: Settings | undefined;
  /** What can be read beside mistakes (`unread`), to find further ones; undefined if the stack's file cannot be read. */
  readonly partial: Settings | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly textOf: (file: string) => string | undefined;
}

/** Reads a stack's settings from the folder that holds `Pulumi.yaml`. */
export function readSettings(home: string, stack: string): ReadSettings {
  const diagnostics: Diagnostic[] = [];
  const files = new SettingsFiles(home, (each) => diagnostics.push(each));
  const file = `Pulumi.${stack}.yaml`;
  const at = topOfStack(stack);
  const own = STACK.test(stack) ? files.read(file) : "missing";
  if (own === "missing") {
    const message = `there is no stack \`${stack}\`: \`${file}\` does not exist`;
    diagnostics.push(diagnostic({ code: "D001", at, message, help: suggest(stack, knownStacks(home), "stack") }));
  }
  const project = files.read(PROJECT);
  const entries = own === "missing" || own === "broken" ? undefined : files.config(own, file);
  const defaults = project === "missing" || project === "broken" ? undefined : files.config(project, PROJECT);
  const named = (each: readonly Entry[]) => each.flatMap((entry) => withoutNamespace(entry, projectName(project)));
  const partial =
    entries &&
    parseSettings(
      {
        stack,
        at,
        entries: merge(named((defaults ?? []).flatMap(projectDefault)), named(entries)),
        isPart: project !== "missing" && defaults === undefined,
      },
      (each) => diagnostics.push(each),
    );
  const settings = diagnostics.length === 0 ? partial : undefined;
  return { settings, partial, diagnostics, textOf: (path) => files.texts.get(path) };
}

/** What is wrong with `Pulumi.yaml` itself, for a folder without stacks. */
export function checkProject(home: string): Pick<ReadSettings, "diagnostics" | "textOf"> {
  const diagnostics: Diagnostic[] = [];
  const files = new SettingsFiles(home, (each) => diagnostics.push(each));
  const project = files.read(PROJECT);
  if (project !== "missing" && project !== "broken") files.config(project, PROJECT);
  return { diagnostics, textOf: (path) => files.texts.get(path) };
}

/** Names of stacks as Pulumi takes them. */
const STACK = /^[A-Za-z0-9_.-]+$/;

/** Stacks that have a settings file. */
export function knownStacks(home: string): string[] {
  return readdirSync(home)
    .flatMap((name) => /^Pulumi\.(.+)\.yaml$/s.exec(name)?.[1] ?? [])
    .filter((stack) => STACK.test(stack))
    .sort();
}

/** Files that look like a stack's settings and that Pulumi never reads: one diagnostic each. */
export function strayFiles(home: string): Diagnostic[] {
  return readdirSync(home)
    .filter((name) => /^pulumi\..*\.ya?ml$/is.test(name) && !STACK.test(/^Pulumi\.(.+)\.yaml$/s.exec(name)?.[1] ?? ""))
    .sort()
    .map((file) =>
      diagnostic({
        code: "D012",
        at: topOf(file),
        message: `Pulumi reads no settings from \`${file}\``,
        help: "rename it to `Pulumi.<stack>.yaml`; a stack's name has letters, digits, `_`, `-` and `.`",
      }),
    );
}

/** `Pulumi.yaml` gives each key an object with `default` (or `value`), type and description. */
function projectDefault({ key, value }: Entry): Entry[] {
  const node: TreeNode | undefined =
    value.kind === "object" ? (member(value, "value") ?? member(value, "default")) : value;
  return node === undefined ? [] : [{ key, value: node }];
}

/** The stack's value counts before the project's. */
function merge(defaults: readonly Entry[], own: readonly Entry[]): Entry[] {
  const names = new Set(own.map(({ key }) => key.value));
  return [...defaults.filter(({ key }) => !names.has(key.value)), ...own];
}

/** A project's own name, the namespace of keys that are written without one. */
function projectName(project: ObjectNode | "missing" | "broken"): string | undefined {
  const name = typeof project === "string" ? undefined : member(project, "name");
  return name?.kind === "scalar" ? name.text : undefined;
}

/** Keys of other namespaces (`aws:…`) are not settings of Strata. Pulumi also takes `strata:config:region`, and `region` in a project called strata. */
function withoutNamespace({ key, value }: Entry, project: string | undefined): Entry[] {
  const full = key.value.includes(":") ? key.value.replace(/^([^:]*):config:/, "$1:") : `${project}:${key.value}`;
  return full.startsWith(NAMESPACE) ? [{ key: { ...key, value: full.slice(NAMESPACE.length) }, value }] : [];
}
