/** How the compiler's files are read by their contract, and the words for what is wrong with them. */

import * as z from "zod";
import { WORDS } from "../../contract/words.ts";
import type { Code } from "../codes.ts";
import { diagnostic, type Fix } from "../diagnostics.ts";
import { adviseName, offerName } from "../fix/offer.ts";
import { nearest, suggest } from "../nearest.ts";
import type { Collect } from "../parse/collect.ts";
import { describeNode, type ObjectNode, type TreeNode } from "../parse/tree.ts";
import { type Dialect, type Problem, type ReadBy, readBy, type Subject, subjectOf } from "./by-contract.ts";

/** Reads a value by its contract; undefined where it has another type. */
export function readValue<S extends z.ZodType>(
  schema: S,
  node: TreeNode,
  subject: Subject,
  collect: Collect,
): ReadBy<S> | undefined {
  return readBy(schema, node, subject, dialect(collect));
}

/** Reads a whole file; `what` is its name in messages. */
export function readFile<S extends z.ZodType>(schema: S, root: TreeNode, collect: Collect): ReadBy<S> | undefined {
  const what = WORDS.get(schema)?.called ?? "";
  return readValue(schema, root, subjectOf(what, root.at), collect);
}

const ANY_OBJECT = z.looseObject({});

/** The node as an object, or a diagnostic. */
export function expectObject(node: TreeNode, what: string, collect: Collect): ObjectNode | undefined {
  readValue(ANY_OBJECT, node, subjectOf(what, node.at), collect);
  return node.kind === "object" ? node : undefined;
}

function dialect(collect: Collect): Dialect {
  return {
    called: (pattern, key, { what, owner }) => {
      const usual = typeof key === "number" ? "an entry of {of}" : "`{key}` of {of}";
      const names = { "{key}": () => String(key), "{of}": what, "{owner}": owner };
      return (pattern ?? usual).replace(/\{(key|of|owner)\}/g, (name) => names[name as keyof typeof names]());
    },
    scalar: ({ value }) => value,
    report: (problem, subject, schema) => {
      const [code, at, message, help, fixes] = reported(problem, subject, schema);
      collect(diagnostic({ code, at, message, help, fixes }));
    },
  };
}

type Report = readonly [code: Code, at: Subject["at"], message: string, help: string, fixes?: readonly Fix[]];

function reported(problem: Problem, { what: name, at }: Subject, schema: z.ZodType): Report {
  const what = name();
  switch (problem.kind) {
    case "type": {
      const { node, expected } = problem;
      return ["C001", node.at, `${what} is ${describeNode(node)}, not ${expected}`, `write ${expected}`];
    }
    case "value":
      return [
        "C013",
        problem.node.at,
        wrongValue(problem.node, what, schema),
        helpOf(problem.node, schema),
        fixesOf(problem.node, schema),
      ];
    case "empty":
      return ["C013", problem.node.at, `${what} is empty`, WORDS.get(schema)?.help ?? "write an entry"];
    case "missing":
      return ["C002", at, `${what} has no \`${problem.key}\``, `add the key \`${problem.key}\``];
    case "unknown": {
      const { key, known } = problem;
      const { help, fixes } = adviseName(key, known, "key");
      return ["C012", key.at, `${what} has no key \`${key.value}\``, help, fixes];
    }
    case "kinds":
      return problem.found === 0
        ? ["C013", problem.at, `${what} has no kind`, `give it one of ${problem.known.join(", ")}`]
        : ["C013", problem.at, `${what} has two kinds`, "write each as an object of its own"];
    case "mistake":
      return [(problem.code as Code | undefined) ?? "C013", problem.at, problem.message, problem.help];
  }
}

function wrongValue(node: TreeNode, what: string, schema: z.ZodType): string {
  if (node.kind !== "scalar") return `${what} cannot be ${describeNode(node)}`;
  if (schema instanceof z.ZodEnum || schema instanceof z.ZodString) return `${what} is \`${node.text}\``;
  return `${what} cannot be ${typeof node.value === "number" ? `\`${node.text}\`` : describeNode(node)}`;
}

/** The nearest of the words that a value may be. */
function fixesOf(node: TreeNode, schema: z.ZodType): readonly Fix[] {
  if (node.kind !== "scalar" || !(schema instanceof z.ZodEnum)) return [];
  return offerName({ value: node.text, at: node.at }, nearest(node.text, schema.options.map(String)));
}

function helpOf(node: TreeNode, schema: z.ZodType): string {
  const help = WORDS.get(schema)?.help;
  if (help !== undefined) return help;
  if (schema instanceof z.ZodEnum && node.kind === "scalar")
    return suggest(node.text, schema.options.map(String), "value");
  if (schema instanceof z.ZodBoolean) return "write `true` or `false`";
  if (!(schema instanceof z.ZodNumber)) return "write a text, a number or a boolean";
  const [least, most] = [schema.minValue ?? 0, schema.maxValue ?? 0].map((bound) => bound.toLocaleString("en-US"));
  return schema.isInt ? `write a whole number from ${least} to ${most}` : `write a number from ${least} on`;
}
