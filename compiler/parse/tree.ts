/**
 * The tree that JSON and YAML are both read into: every value with its place, objects as ordered entries, so that keys
 * like `10`, `9` and `__proto__` keep their order and meaning.
 */

import type { Place } from "../diagnostics.ts";

/** A value of a configuration file. */
export type TreeNode = ObjectNode | ArrayNode | ScalarNode;

export interface ObjectNode {
  readonly kind: "object";
  readonly at: Place;
  readonly entries: readonly Entry[];
  /** Offset and length in the text. */
  readonly offset: number;
  readonly length: number;
}

export interface Entry {
  readonly key: Located<string>;
  readonly value: TreeNode;
}

export interface ArrayNode {
  readonly kind: "array";
  readonly at: Place;
  readonly items: readonly TreeNode[];
  /** Offset and length in the text. */
  readonly offset: number;
  readonly length: number;
}

export interface ScalarNode {
  readonly kind: "scalar";
  readonly at: Place;
  readonly value: string | number | boolean | null;
  /** As written, without quotes: `1.0` stays `1.0`. */
  readonly text: string;
}

/** An authored value and its place. */
export interface Located<T> {
  readonly value: T;
  readonly at: Place;
}

/** The entry's value, if the object has the key. */
export function member(node: ObjectNode, key: string): TreeNode | undefined {
  return node.entries.find((entry) => entry.key.value === key)?.value;
}

/** The word for what a node is, for messages. */
export function describeNode(node: TreeNode): string {
  if (node.kind === "object") return "an object";
  if (node.kind === "array") return "an array";
  if (node.value === null) return "null";
  return { string: "a string", number: "a number", boolean: "a boolean" }[typeof node.value as "string"];
}
