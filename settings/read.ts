/** The one reader of settings files: `Pulumi.yaml`'s defaults and `Pulumi.<stack>.yaml`, for callers without Pulumi. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Diagnostic, diagnostic } from "../compiler/diagnostics.ts";
import { suggest } from "../compiler/nearest.ts";
import type { Collect } from "../compiler/syntax/collect.ts";
import { locate } from "../compiler/syntax/text.ts";
import { type Entry, member, type TreeNode } from "../compiler/syntax/tree.ts";
import { readYaml } from "../compiler/syntax/yaml.ts";
import { parseSettings } from "./parse.ts";
import type { Settings } from "./schema.ts";

const NAMESPACE = "strata:";

/** Settings of a stack, or why not. `textOf` gives the files' texts for frames. */
export interface ReadSettings {
  readonly settings: Settings | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly textOf: (file: string) => string | undefined;
}

/** Reads a stack's settings from the folder that holds `Pulumi.yaml`. */
export function readSettings(home: string, stack: string): ReadSettings {
  const diagnostics: Diagnostic[] = [];
  const collect: Collect = (each) => diagnostics.push(each);
  const texts = new Map<string, string>();
  const file = `Pulumi.${stack}.yaml`;
  const own = /^[A-Za-z0-9_.-]+$/.test(stack) ? configOf(home, file, texts, collect) : undefined;
  const at = { file, line: 1, column: 1, length: 1 };
  if (own === undefined && !texts.has(file)) {
    const message = `there is no stack \`${stack}\`: \`${file}\` does not exist`;
    collect(diagnostic({ code: "D001", at, message, help: suggest(stack, knownStacks(home), "stack") }));
  }
  const defaults = (configOf(home, "Pulumi.yaml", texts, collect) ?? []).flatMap(projectDefault);
  const entries = merge(defaults, own ?? []).flatMap(withoutNamespace);
  const settings = own === undefined ? undefined : parseSettings({ stack, entries, at }, collect);
  return { settings: diagnostics.length === 0 ? settings : undefined, diagnostics, textOf: (path) => texts.get(path) };
}

/** Stacks that have a settings file. */
export function knownStacks(home: string): string[] {
  return readdirSync(home)
    .flatMap((name) => /^Pulumi\.([A-Za-z0-9_.-]+)\.yaml$/.exec(name)?.[1] ?? [])
    .sort();
}

/** The entries of a file's `config`. */
function configOf(
  home: string,
  file: string,
  texts: Map<string, string>,
  collect: Collect,
): readonly Entry[] | undefined {
  let text: string;
  try {
    text = readFileSync(join(home, file), "utf8");
  } catch {
    return undefined;
  }
  texts.set(file, text);
  const root = readYaml(locate(file, text), collect);
  const config = root?.kind === "object" ? member(root, "config") : undefined;
  return config?.kind === "object" ? config.entries : [];
}

/** In `Pulumi.yaml` a key stands with `default` (or `value`), type and description. */
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

/** Keys of other namespaces (`aws:…`) are not ours. */
function withoutNamespace({ key, value }: Entry): Entry[] {
  return key.value.startsWith(NAMESPACE) ? [{ key: { ...key, value: key.value.slice(NAMESPACE.length) }, value }] : [];
}
