/** IAM policy documents as data: statements, sizes, and how their text is written. */

import { compareText } from "../../diagnostics.ts";

/** One statement of an IAM policy. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  /** Only in policies of resources (buckets, keys, topics) and in trust policies. */
  readonly Principal?: "*" | Readonly<Record<string, string | readonly string[]>>;
  readonly Action: readonly string[];
  /** Absent only in trust policies. */
  readonly Resource?: readonly string[];
  readonly Condition?: Conditions;
}

/** Operator → condition key → values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** An IAM policy document. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

/** Allows actions on resources, each once and sorted, so that the same plan gives the same text. */
export function allow(
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  condition?: Conditions,
): Statement {
  const statement = { Sid: sid, Effect: "Allow" as const, Action: actions, Resource: unique(resources) };
  return condition === undefined ? statement : { ...statement, Condition: condition };
}

/** A document; a statement about nothing is left out. */
export function documentOf(statements: readonly Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements.filter(({ Resource }) => Resource?.length !== 0) };
}

/** The text that is deployed: without white space, which IAM does not count but people do. */
export function textOf(document: PolicyDocument): string {
  return JSON.stringify(document);
}

/** Characters that IAM counts; all that we write is in ASCII or escaped by JSON, so they are JavaScript's, too. */
export function sizeOf(document: PolicyDocument): number {
  return textOf(document).length;
}

/** Each once, in the order of their code points. */
export function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort(compareText);
}
