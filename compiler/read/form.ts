/** A schema taken apart for reading, once. */

import * as z from "zod";
import { WORDS, type Words } from "../../contract/words.ts";

/** How a schema's values are read. */
export interface Form {
  readonly kind: "object" | "record" | "list" | "one of" | "text" | "scalar";
  /** Without default, optional and null. */
  readonly schema: z.ZodType;
  readonly words: Words | undefined;
  /** The default; undefined where there is none. */
  readonly usual: unknown;
  readonly isRequired: boolean;
  /** Null is an object without keys. */
  readonly isNullable: boolean;
  /** Are other keys refused? */
  readonly isStrict: boolean;
  /** Has the schema checks of its own, beside those of its parts? */
  readonly hasChecks: boolean;
  /** Keys of an object; of one of several objects each by the key that only it has. */
  readonly keys: readonly (readonly [string, Form])[];
  /** Every key that is known. */
  readonly names: readonly string[];
  /** Of a record names and values, of a list the items. */
  readonly parts: readonly Form[];
}

const FORMS = new WeakMap<z.ZodType, Form>();

/** The form of a schema. */
export function formOf(schema: z.ZodType): Form {
  const known = FORMS.get(schema);
  if (known !== undefined) return known;
  const form = made(schema);
  FORMS.set(schema, form);
  return form;
}

function made(schema: z.ZodType): Form {
  if (schema instanceof z.ZodDefault)
    return { ...made(schema.unwrap() as z.ZodType), usual: schema.def.defaultValue, isRequired: false };
  if (schema instanceof z.ZodOptional) return { ...made(schema.unwrap() as z.ZodType), isRequired: false };
  if (schema instanceof z.ZodNullable) return { ...made(schema.unwrap() as z.ZodType), isNullable: true };
  const plain = {
    schema,
    words: WORDS.get(schema),
    usual: undefined,
    isRequired: true,
    isNullable: false,
    isStrict: false,
    hasChecks: ((schema.def as { checks?: unknown[] }).checks ?? []).length > 0,
    keys: [],
    names: [],
    parts: [],
  };
  if (schema instanceof z.ZodObject) {
    const keys = Object.entries(schema.shape).map(([key, value]) => [key, formOf(value as z.ZodType)] as const);
    const isStrict = schema.def.catchall instanceof z.ZodNever;
    return { ...plain, kind: "object", isStrict, keys, names: keys.map(([key]) => key) };
  }
  if (schema instanceof z.ZodRecord)
    return {
      ...plain,
      kind: "record",
      parts: [schema.keyType, schema.valueType].map((each) => formOf(each as z.ZodType)),
    };
  if (schema instanceof z.ZodArray) return { ...plain, kind: "list", parts: [formOf(schema.element as z.ZodType)] };
  if (schema instanceof z.ZodUnion && schema.options.every((option) => option instanceof z.ZodObject))
    return { ...plain, kind: "one of", ...alternatives(schema.options) };
  return { ...plain, kind: schema instanceof z.ZodString || schema instanceof z.ZodEnum ? "text" : "scalar" };
}

function alternatives(options: readonly z.ZodObject[]): Pick<Form, "keys" | "names"> {
  const all = options.map((option) => Object.keys(option.shape));
  const shared = (all[0] ?? []).filter((key) => all.every((keys) => keys.includes(key)));
  const keys = options.map(
    (option, index) => [all[index]?.find((key) => !shared.includes(key)) ?? "", formOf(option)] as const,
  );
  return { keys, names: [...keys.map(([key]) => key), ...shared] };
}
