/** How a stack's settings are read by their contract, and the words for what is wrong with them. */

import * as z from "zod";
import type { Code } from "../compiler/codes.ts";
import { diagnostic, type Fix } from "../compiler/diagnostics.ts";
import { offerName } from "../compiler/fix/offer.ts";
import { nearest, suggest } from "../compiler/nearest.ts";
import type { Collect } from "../compiler/parse/collect.ts";
import { describeNode, type ScalarNode, type TreeNode } from "../compiler/parse/tree.ts";
import type { Dialect, Problem, Subject } from "../compiler/read/by-contract.ts";
import { stack } from "../contract/stack.ts";
import { WORDS } from "../contract/words.ts";
import { hintOfNumber, plainText, type RawSettings } from "./raw.ts";

/** The words, and the keys that they are about. */
export interface StackDialect extends Dialect {
  /** Keys whose values are unknown because of a mistake: what follows from them is not reported, too. */
  readonly unread: Set<string>;
}

/** A stack's dialect. */
export function stackDialect(raw: RawSettings, collect: Collect): StackDialect {
  const unread = new Set<string>();
  const written = new Set(raw.entries.map(({ key }) => key.value));
  if (raw.isPart === true) for (const key of Object.keys(stack.shape)) if (!written.has(key)) unread.add(key);
  return {
    unread,
    // "`strata:buckets.lake.name`"; of an item of a list the list's name, marked.
    called: (_, key, { what }) => {
      if (typeof key === "number") return `${what()}${ITEM}`;
      return what() === "" ? `\`strata:${key}\`` : `${what().slice(0, -1)}.${key}\``;
    },
    scalar,
    isSilent: (key) => unread.has(key),
    report: (problem, subject, schema) => {
      const [code, at, message, help, fixes] = reported(problem, subject, schema, raw.stack);
      collect(diagnostic({ code, at, message, help, fixes }));
      const about = problem.kind === "missing" ? problem.key : topKey(subject.what());
      if (about !== undefined) unread.add(about);
      if (problem.kind !== "unknown" || subject.what() !== "") return;
      const meant = nearest(problem.key.value, problem.known);
      if (meant !== undefined && !written.has(meant)) unread.add(meant);
    },
  };
}

const ITEM = "[]";

/** The setting that is wrong as a whole; undefined where only a part of it is. */
function topKey(what: string): string | undefined {
  return /^`strata:([A-Za-z]+)`(\[\])?$/.exec(what)?.[1];
}

/** As Pulumi hands it on: numbers and truth values may be text, and text may be a number. */
function scalar(node: ScalarNode, schema: z.ZodType): unknown {
  const text = node.value === null ? undefined : plainText(node);
  if (schema instanceof z.ZodNumber || schema instanceof z.ZodLiteral)
    return text !== undefined && /^(0|[1-9]\d*)$/.test(text) ? Number(text) : undefined;
  // YAML's `True` is true.
  if (schema instanceof z.ZodBoolean)
    return { true: true, false: false }[typeof node.value === "string" ? node.value : String(node.value)];
  return text;
}

type Report = readonly [code: Code, at: Subject["at"], message: string, help: string, fixes?: readonly Fix[]];

function reported(problem: Problem, { what: name, at }: Subject, schema: z.ZodType, stackName: string): Report {
  const what = name();
  switch (problem.kind) {
    case "missing": {
      const help = `set it in Pulumi.${stackName}.yaml: ${descriptionOf(problem.key)}`;
      return ["D005", at, `stack \`${stackName}\` has no \`strata:${problem.key}\``, help];
    }
    case "unknown": {
      const { key, known } = problem;
      const path = what === "" ? `\`strata:${key.value}\`` : `${what.slice(0, -1)}.${key.value}\``;
      const help = suggest(key.value, known, what === "" ? "setting" : "key");
      // A setting's key in the file has `strata:` in front.
      const written = what === "" ? { value: `strata:${key.value}`, at: key.at } : key;
      const near = nearest(key.value, known);
      const meant = near === undefined || what !== "" ? near : `strata:${near}`;
      return ["D002", key.at, `there is no setting ${path}`, help, offerName(written, meant)];
    }
    case "mistake":
      return [(problem.code as Code | undefined) ?? "D003", problem.at, problem.message, problem.help];
    case "kinds":
      throw new Error("no setting is one of several objects");
    default:
      return ["D003", problem.node.at, wrong(problem, what), helpOf(problem, what, schema)];
  }
}

type WrongValue = Extract<Problem, { readonly node: TreeNode }>;

function wrong({ kind, node }: WrongValue, what: string): string {
  const setting = what.replace(ITEM, "");
  if (kind === "empty") return `${setting} cannot be empty`;
  const isItem = what.endsWith(ITEM);
  if (node.kind === "scalar" && node.value === null && !isItem) return `${setting} has no value`;
  const found = node.kind === "scalar" ? `\`${node.text.slice(0, 60)}\`` : describeNode(node);
  return `${setting} cannot ${isItem ? "list" : "be"} ${found}`;
}

function helpOf(problem: WrongValue, what: string, schema: z.ZodType): string {
  const help = WORDS.get(schema)?.help ?? `write ${expected(problem, what, schema)}`;
  return `${help}${help.includes("quotes") ? "" : hintOfNumber(problem.node)}`;
}

function expected(problem: WrongValue, what: string, schema: z.ZodType): string {
  if (problem.kind === "type" && problem.expected === "an object")
    return `an object. ${descriptionOf(topKey(what) ?? "")}`.trim();
  if (schema instanceof z.ZodEnum) return `one of ${schema.options.join(", ")}`;
  if (schema instanceof z.ZodBoolean) return "true or false";
  if (!(schema instanceof z.ZodNumber)) return "a text";
  const most = schema.maxValue === Number.MAX_SAFE_INTEGER ? "" : ` to ${schema.maxValue}`;
  return `a whole number from ${schema.minValue}${most}`;
}

function descriptionOf(key: string): string {
  return Object.hasOwn(stack.shape, key) ? (stack.shape[key as keyof typeof stack.shape].description ?? "") : "";
}
