/** Reading of values whose type is fixed: a wrong one is a diagnostic, and the caller goes on without it. */

import { diagnostic, type Place } from "../diagnostics.ts";
import { suggest } from "../nearest.ts";
import type { Collect } from "../parse/collect.ts";
import {
  type ArrayNode,
  asString,
  describeNode,
  type Located,
  member,
  type ObjectNode,
  type TreeNode,
} from "../parse/tree.ts";

/** The node as an object, or a diagnostic C001. `what` names the value in the message. */
export function expectObject(node: TreeNode, what: string, collect: Collect): ObjectNode | undefined {
  return node.kind === "object" ? node : wrongType(node, what, "an object", collect);
}

/** The node as an array, or a diagnostic C001. */
export function expectArray(node: TreeNode, what: string, collect: Collect): ArrayNode | undefined {
  return node.kind === "array" ? node : wrongType(node, what, "an array", collect);
}

/** The node as a string, or a diagnostic C001. */
export function expectString(node: TreeNode, what: string, collect: Collect): Located<string> | undefined {
  return asString(node) ?? wrongType(node, what, "a string", collect);
}

/** The string under a key; undefined and a diagnostic if it is missing (C002) or no string (C001). */
export function requireString(
  object: ObjectNode,
  key: string,
  owner: string,
  at: Place,
  collect: Collect,
): Located<string> | undefined {
  const node = requireMember(object, key, owner, at, collect);
  return node && expectString(node, `\`${key}\` of ${owner}`, collect);
}

/** The string under a key that may be absent. */
export function optionalString(
  object: ObjectNode,
  key: string,
  owner: string,
  collect: Collect,
): Located<string> | undefined {
  const node = member(object, key);
  return node && expectString(node, `\`${key}\` of ${owner}`, collect);
}

/** The value under a key, or a diagnostic C002 at `at`. */
export function requireMember(
  object: ObjectNode,
  key: string,
  owner: string,
  at: Place,
  collect: Collect,
): TreeNode | undefined {
  const node = member(object, key);
  if (node === undefined) {
    collect(diagnostic({ code: "C002", at, message: `${owner} has no \`${key}\``, help: `add the key \`${key}\`` }));
  }
  return node;
}

/** Reports every key that is not known, with the nearest one that is. Only for objects that are Strata's own. */
export function refuseUnknownKeys(object: ObjectNode, known: readonly string[], owner: string, collect: Collect): void {
  for (const { key } of object.entries) {
    if (known.includes(key.value)) continue;
    collect(
      diagnostic({
        code: "C012",
        at: key.at,
        message: `${owner} has no key \`${key.value}\``,
        help: suggest(key.value, known, "key"),
      }),
    );
  }
}

/** Control characters would break lines of logs and names of files. */
export function checkName(name: Located<string>, what: string, collect: Collect): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (name.value !== "" && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(name.value)) return true;
  const article = /^[aeiou]/.test(what) ? "an" : "a";
  collect(
    diagnostic({
      code: "C016",
      at: name.at,
      message: `the name of ${article} ${what} ${name.value === "" ? "is empty" : "has control characters"}`,
      help: "give it a name of visible characters",
    }),
  );
  return false;
}

function wrongType(node: TreeNode, what: string, expected: string, collect: Collect): undefined {
  collect(
    diagnostic({
      code: "C001",
      at: node.at,
      message: `${what} is ${describeNode(node)}, not ${expected}`,
      help: `write ${expected}`,
    }),
  );
  return undefined;
}
