/** The stack's settings from Pulumi's engine: the same as `strata … --stack` reads from the files. */

import * as pulumi from "@pulumi/pulumi";
import type { Diagnostic } from "../compiler/diagnostics.ts";
import type { Entry } from "../compiler/parse/tree.ts";
import { NAMESPACE } from "../settings/files.ts";
import { isStructured, parseSettings } from "../settings/parse.ts";
import { topOfStack, treeOf } from "../settings/raw.ts";
import type { Settings } from "../settings/schema.ts";

/** Reads every key of the namespace `strata`; an unknown key is an error, as in `strata check`. Continues after errors. */
export function settingsOfStack(): { readonly settings: Settings; readonly diagnostics: readonly Diagnostic[] } {
  const stack = pulumi.getStack();
  const at = topOfStack(stack);
  const secrets = secretKeys();
  const entries = Object.entries(pulumi.runtime.allConfig()).flatMap(([name, text]): Entry[] => {
    if (!name.startsWith(NAMESPACE)) return [];
    const key = name.slice(NAMESPACE.length);
    const isSecret = secrets.includes(name);
    return [{ key: { value: key, at }, value: treeOf(isSecret ? { secure: "" } : plainValue(key, text), at) }];
  });
  const diagnostics: Diagnostic[] = [];
  const settings = parseSettings({ stack, entries, at }, (each) => diagnostics.push(each));
  return { settings, diagnostics };
}

/** Keys whose values are secrets: the engine lists them in the program's environment. */
function secretKeys(): readonly string[] {
  return JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]") as string[];
}

/** The engine passes arrays and objects as JSON, anything else as text. */
function plainValue(key: string, text: string): unknown {
  if (!isStructured(key)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
