/** What a page, Pulumi or Python says of an object's keys. */

import * as z from "zod";

/** One key. */
export interface Field {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly description: string;
  /** The default; undefined where there is none. */
  readonly usual: unknown;
  readonly isRequired: boolean;
}

/** The keys of an object, in order. Every key has a description. */
export function fieldsOf(object: z.ZodObject): Field[] {
  return Object.entries(object.shape).map(([name, schema]) => {
    const description = descriptionOf(schema as z.ZodType);
    if (description === undefined) throw new Error(`\`${name}\` has no description`);
    const usual = schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined;
    const isRequired = !(schema instanceof z.ZodDefault || schema instanceof z.ZodOptional);
    return { name, schema: schema as z.ZodType, description, usual, isRequired };
  });
}

/** The schema below default, optional and null. */
export function unwrapped(schema: z.ZodType): z.ZodType {
  const wraps = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional || schema instanceof z.ZodNullable;
  return wraps ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}

function descriptionOf(schema: z.ZodType): string | undefined {
  if (schema.description !== undefined) return schema.description;
  const inner = unwrapped(schema);
  return inner === schema ? undefined : inner.description;
}

/** The name of a type as JSON has it. */
export function typeOf(schema: z.ZodType): string {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodNumber) return Number.isInteger(inner.minValue) && inner.isInt ? "integer" : "number";
  if (inner instanceof z.ZodLiteral)
    return typeof [...inner.values][0] === "number" ? "integer" : typeof [...inner.values][0];
  if (inner instanceof z.ZodArray) return "array";
  if (inner instanceof z.ZodObject || inner instanceof z.ZodRecord) return "object";
  if (inner instanceof z.ZodBoolean) return "boolean";
  return inner instanceof z.ZodUnknown ? "any" : "string";
}

/** The same for readers of pages: known words are listed, and null is named. */
export function shapeOf(schema: z.ZodType): string {
  const inner = unwrapped(schema);
  const known = inner instanceof z.ZodEnum ? inner.options : inner instanceof z.ZodLiteral ? [...inner.values] : [];
  const words = known.map((word) => `\`${word}\``).join(", ");
  return `${words || typeOf(inner)}${schema.safeParse(null).success && !(inner instanceof z.ZodUnknown) ? " or null" : ""}`;
}

/** A description outside the pages: without their links, and without "below". */
export function textOnly(description: string): string {
  return description.replace(/ \(\[[^\]]*\]\([^)]*\)\)/g, "").replace(/, below(?=\.|$)/, "");
}
