/** Values of settings as trees, however they came: from files or from Pulumi's engine. */

import { type Place, topOf } from "../compiler/diagnostics.ts";
import type { Entry, Located, TreeNode } from "../compiler/parse/tree.ts";

/** Where mistakes in a stack's settings are reported that have no place of their own. */
export function topOfStack(stack: string): Place {
  return topOf(`Pulumi.${stack}.yaml`);
}

/** A stack's values: the keys of the namespace `strata`, without it, each with its place. */
export interface RawSettings {
  readonly stack: string;
  readonly entries: readonly Entry[];
  /** Where a missing key is reported: the top of the stack's file. */
  readonly at: Place;
  /** True where a file could not be read that may hold further keys, so that none is called missing; default: false. */
  readonly isPart?: boolean;
}

/** True where a value is, or holds, `{secure: "v1:…"}`, as Pulumi writes an encrypted value. */
export function isSecret(node: TreeNode): boolean {
  if (node.kind === "array") return node.items.some(isSecret);
  if (node.kind === "scalar") return false;
  const [only] = node.entries;
  if (node.entries.length === 1 && only?.key.value === "secure" && only.value.kind === "scalar") return true;
  return node.entries.some(({ value }) => isSecret(value));
}

/**
 * A scalar's text as Pulumi hands it on: it reads numbers as YAML does, so `6.0` is `6` and `0x10` is `16`. Undefined for
 * an object, an array and a number that begins with 0, which YAML's versions read differently.
 */
export function plainText(node: TreeNode): string | undefined {
  if (node.kind !== "scalar") return undefined;
  if (typeof node.value !== "number" || node.text === String(node.value)) return node.text;
  return /^[-+]?0\d/.test(node.text) ? undefined : String(node.value);
}

/** What to do about a number that YAML reads as another one than it looks like. */
export function hintOfNumber(node: TreeNode): string {
  if (node.kind !== "scalar" || typeof node.value !== "number") return "";
  const text = plainText(node);
  if (text === undefined) return "; in quotes, or without the 0 in front";
  return text === node.text ? "" : `; in quotes, since YAML reads the number ${text}`;
}

/** A plain value as a tree, everything at one place: for values that come from Pulumi's engine. */
export function treeOf(value: unknown, at: Place): TreeNode {
  if (Array.isArray(value))
    return { kind: "array", at, items: value.map((item) => treeOf(item, at)), offset: 0, length: 0 };
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => ({
      key: { value: key, at } satisfies Located<string>,
      value: treeOf(item, at),
    }));
    return { kind: "object", at, entries, offset: 0, length: 0 };
  }
  const scalar = typeof value === "number" || typeof value === "boolean" || typeof value === "string" ? value : null;
  return { kind: "scalar", at, value: scalar, text: String(scalar ?? "") };
}
