/** Evaluates what is between `{%` and `%}`, by the reference implementation of JSONata, as Step Functions does. */

import { createHash } from "node:crypto";
import jsonata, { type Expression } from "jsonata";
import type { Json } from "../../compiler/emit/asl/types.ts";
import { ServiceError } from "./service-error.ts";

/** What an expression can read: `$states` and the variables, by name without `$`. */
export interface Scope {
  readonly states: {
    readonly input: unknown;
    readonly context: object;
    readonly result?: unknown;
    readonly errorOutput?: unknown;
  };
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Expressions are the definition's own, so they are few, and read again at every attempt. */
const parsed = new Map<string, Expression>();

/**
 * A field's value with every expression in it evaluated. Throws `States.QueryEvaluationError` for one that fails or answers
 * nothing, which JSON has no word for.
 */
export async function evaluate(value: unknown, field: string, scope: Scope): Promise<unknown> {
  if (typeof value === "string") {
    const text = /^\{%(.*)%\}$/s.exec(value)?.[1];
    return text === undefined ? value : answer(text.trim(), field, scope);
  }
  if (Array.isArray(value)) return Promise.all(value.map((each, index) => evaluate(each, `${field}[${index}]`, scope)));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as Record<string, Json>);
  return Object.fromEntries(
    await Promise.all(entries.map(async ([key, each]) => [key, await evaluate(each, `${field}/${key}`, scope)])),
  );
}

/** Error and cause as AWS's record `test_undefined_reference` has them (docs/state-machine.md, "What AWS confirms"). */
async function answer(text: string, field: string, scope: Scope): Promise<unknown> {
  const failed = (why: string) =>
    new ServiceError(
      "States.QueryEvaluationError",
      `The JSONata expression '${text}' specified for the field '${field}' ${why}`,
    );
  let found: unknown;
  try {
    found = await parse(text).evaluate(undefined, withoutPrototype({ ...scope.variables, states: scope.states }));
  } catch (problem) {
    const { code, message } = problem as { code?: string; message?: string };
    throw failed(`threw an error during evaluation. ${code}: ${message}`);
  }
  if (found === undefined) throw failed("returned nothing (undefined).");
  // The library's lists have marks of their own.
  return JSON.parse(JSON.stringify(found));
}

function parse(text: string): Expression {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const expression = jsonata(text);
  // Of the functions that AWS adds the one that is used (docs/state-machine.md, "What AWS confirms").
  expression.registerFunction("hash", hash, "<ss:s>");
  parsed.set(text, expression);
  return expression;
}

function hash(text: string, algorithm: string): string {
  return createHash(algorithm.replace("-", "")).update(text).digest("hex");
}

/**
 * A copy whose objects have no keys but their own: the library reads `constructor` of an object that lacks it, too. It also
 * takes an object for a function if `_jsonata_function` is `true`, but not if it is a boxed `true`.
 */
function withoutPrototype(value: unknown): Record<string, unknown> {
  const copy = (each: unknown): unknown => {
    if (Array.isArray(each)) return each.map(copy);
    if (typeof each !== "object" || each === null) return each;
    const bare = Object.create(null) as Record<string, unknown>;
    for (const [key, own] of Object.entries(each))
      bare[key] = key.startsWith("_jsonata_") && own === true ? Object(true) : copy(own);
    return bare;
  };
  return copy(value) as Record<string, unknown>;
}
