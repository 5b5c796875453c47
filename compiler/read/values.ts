/** Values of Strata's own settings that may be absent: words of a list, numbers in bounds, lists of names. */

import { diagnostic } from "../diagnostics.ts";
import { suggest } from "../nearest.ts";
import type { Collect } from "../parse/collect.ts";
import { describeNode, type Located, member, type ObjectNode, type TreeNode } from "../parse/tree.ts";
import { checkName, expectArray, expectString, optionalString } from "./shape.ts";

/** One of a few words, or a diagnostic C013. */
export function optionalWord<T extends string>(
  object: ObjectNode,
  key: string,
  known: readonly T[],
  owner: string,
  collect: Collect,
): Located<T> | undefined {
  const text = optionalString(object, key, owner, collect);
  if (text === undefined) return undefined;
  const value = known.find((each) => each === text.value);
  if (value !== undefined) return { value, at: text.at };
  collect(
    diagnostic({
      code: "C013",
      at: text.at,
      message: `\`${key}\` of ${owner} is \`${text.value}\``,
      help: suggest(text.value, known, "value"),
    }),
  );
  return undefined;
}

/** A whole number in bounds (both inclusive), or a diagnostic C013. */
export function optionalInteger(
  object: ObjectNode,
  key: string,
  [least, most]: readonly [number, number],
  owner: string,
  collect: Collect,
): Located<number> | undefined {
  const node = member(object, key);
  if (node === undefined) return undefined;
  const value = numberOf(node);
  if (value !== undefined && Number.isInteger(value) && value >= least && value <= most) return { value, at: node.at };
  const found = node.kind === "scalar" ? `\`${node.text}\`` : describeNode(node);
  collect(
    diagnostic({
      code: "C013",
      at: node.at,
      message: `\`${key}\` of ${owner} cannot be ${found}`,
      help: `write a whole number from ${least} to ${most.toLocaleString("en-US")}`,
    }),
  );
  return undefined;
}

/** A number, or a diagnostic C013. */
export function optionalNumber(
  object: ObjectNode,
  key: string,
  least: number,
  owner: string,
  collect: Collect,
): number | undefined {
  const node = member(object, key);
  if (node === undefined) return undefined;
  const value = numberOf(node);
  if (value !== undefined && value >= least) return value;
  collect(
    diagnostic({
      code: "C013",
      at: node.at,
      message: `\`${key}\` of ${owner} cannot be ${node.kind === "scalar" ? `\`${node.text}\`` : describeNode(node)}`,
      help: `write a number from ${least} on`,
    }),
  );
  return undefined;
}

/** `true` or `false`, or a diagnostic C013. */
export function optionalBoolean(object: ObjectNode, key: string, owner: string, collect: Collect): boolean | undefined {
  const node = member(object, key);
  if (node === undefined) return undefined;
  if (node.kind === "scalar" && typeof node.value === "boolean") return node.value;
  collect(
    diagnostic({
      code: "C013",
      at: node.at,
      message: `\`${key}\` of ${owner} cannot be ${describeNode(node)}`,
      help: "write `true` or `false`",
    }),
  );
  return undefined;
}

/** An array of names under a key, each once whatever its case; empty where there is none. */
export function optionalNames(object: ObjectNode, key: string, owner: string, collect: Collect): Located<string>[] {
  const node = member(object, key);
  return node === undefined ? [] : readNames(node, `\`${key}\` of ${owner}`, collect);
}

/** An array of column names, or one name for an array of one. */
export function readNames(node: TreeNode, what: string, collect: Collect): Located<string>[] {
  const items = node.kind === "scalar" ? [node] : (expectArray(node, what, collect)?.items ?? []);
  const names = items.flatMap((item) => expectString(item, `an entry of ${what}`, collect) ?? []);
  const seen = new Set<string>();
  return names.filter((name) => {
    if (!checkName(name, "column", collect)) return false;
    const isNew = !seen.has(name.value.toLowerCase());
    seen.add(name.value.toLowerCase());
    if (isNew) return true;
    collect(
      diagnostic({
        code: "C013",
        at: name.at,
        message: `${what} names \`${name.value}\` twice`,
        help: "name each column once; Spark's names ignore case",
      }),
    );
    return false;
  });
}

function numberOf(node: TreeNode): number | undefined {
  return node.kind === "scalar" && typeof node.value === "number" && Number.isFinite(node.value)
    ? node.value
    : undefined;
}
