/** Values and expressions as a definition has them. */

import { unicodeEscape } from "../job/encoding.ts";

/** An expression in a field of a state ("Transforming data with JSONata", Step Functions guide). */
export function expression(text: string): string {
  return `{% ${text} %}`;
}

/** A text of an author as a field of a state: never taken for an expression. */
export function constant(text: string): string {
  return text.startsWith("{%") ? expression(literal(text)) : text;
}

/**
 * A JSON value as a literal of JSONata: in ASCII and single quotes, which a definition need not escape. Texts come from
 * authors: nothing in one ends the literal, and no `%` in one ends the expression.
 */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value)
      .map(([key, each]) => `${literal(key)}: ${literal(each)}`)
      .join(", ")}}`;
  return typeof value === "string" ? `'${escaped(value)}'` : JSON.stringify(value);
}

function escaped(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return inner.replace(/[^ -~]|['%]/g, unicodeEscape);
}
