/** The shape of examples: for each policy stacks that keep it and stacks that break it. */

import type { Resource } from "../engine.ts";

/** Resources of one stack. */
export interface Example {
  readonly resources: readonly Resource[];
  /** `dev` unless said. */
  readonly stack?: string;
}

export interface Examples {
  readonly keeps: readonly Example[];
  readonly breaks: readonly Example[];
}

/** One resource in a stack of its own. */
export const one = (type: string, props: Record<string, unknown>, stack = "dev"): Example => ({
  resources: [{ type, props }],
  stack,
});

/** A stack of several resources. */
export const stackOf = (resources: readonly Resource[], stack = "dev"): Example => ({ resources, stack });

/** A policy document as text, of one or more statements. */
export const document = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

export const ACCOUNT = "111111111111";
