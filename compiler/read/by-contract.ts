/**
 * A tree read by its contract (`contract/`): typed values with their places, and every mistake as a diagnostic.
 *
 * Reading goes on behind a mistake: what is wrong is left out, or has its default, so that all mistakes are found at once.
 */

import type * as z from "zod";
import type { Mistake } from "../../contract/words.ts";
import type { Place } from "../diagnostics.ts";
import { type Located, member, type ObjectNode, type ScalarNode, type TreeNode } from "../parse/tree.ts";
import { type Form, formOf } from "./form.ts";

/** A value as written: `1.0` stays `1.0` in `text`. A default has the place of what it belongs to. */
export interface Written<T> extends Located<T> {
  readonly text: string;
}

/** One entry of an object whose keys are names. */
export interface WrittenEntry<T> {
  readonly key: Located<string>;
  readonly value: T;
}

/**
 * What a schema is read into. Keys without default are undefined where they are missing or wrong; one of several objects
 * has the place of the key that only it has.
 */
export type ReadBy<S> =
  S extends z.ZodDefault<infer Inner>
    ? ReadBy<Inner>
    : S extends z.ZodNullable<infer Inner>
      ? ReadBy<Inner>
      : S extends z.ZodOptional<infer Inner>
        ? ReadBy<Inner> | undefined
        : S extends z.ZodObject<infer Shape>
          ? {
              readonly [K in keyof Shape]: Shape[K] extends z.ZodDefault
                ? ReadBy<Shape[K]>
                : ReadBy<Shape[K]> | undefined;
            }
          : S extends z.ZodRecord<z.core.$ZodRecordKey, infer Value>
            ? readonly WrittenEntry<ReadBy<Value>>[]
            : S extends z.ZodArray<infer Item>
              ? readonly ReadBy<Item>[]
              : S extends z.ZodUnion<infer Options>
                ? Options[number] extends z.ZodObject
                  ? ReadBy<Options[number]> & { readonly at: Place }
                  : Written<z.output<S>>
                : Written<z.output<S>>;

/** What a value is called in messages, and where what it lacks is reported. Names are made for messages only. */
export interface Subject {
  readonly what: () => string;
  /** The nearest thing with a name. */
  readonly owner: () => string;
  readonly at: Place;
}

/** A value that is called by itself. */
export function subjectOf(what: string, at: Place): Subject {
  return { what: () => what, owner: () => what, at };
}

/** What is wrong, for a dialect to put into words. */
export type Problem =
  | { readonly kind: "type"; readonly node: TreeNode; readonly expected: "an object" | "an array" | "a string" }
  | { readonly kind: "value"; readonly node: TreeNode }
  | { readonly kind: "missing"; readonly key: string }
  | { readonly kind: "unknown"; readonly key: Located<string>; readonly known: readonly string[] }
  | { readonly kind: "empty"; readonly node: TreeNode }
  | { readonly kind: "kinds"; readonly at: Place; readonly found: 0 | 2; readonly known: readonly string[] }
  | ({ readonly kind: "mistake"; readonly at: Place } & Pick<Mistake, "code" | "message" | "help">);

/** How a kind of file is read and spoken of. */
export interface Dialect {
  /** What the value under a key, or at a place of a list, is called. */
  readonly called: (pattern: string | undefined, key: string | number, of: Subject) => string;
  /** The scalar that a node means; undefined for one that means none. */
  readonly scalar: (node: ScalarNode, schema: z.ZodType) => unknown;
  /** True for a key that is not reported where it is missing; default: every key is. */
  readonly isSilent?: (key: string) => boolean;
  readonly report: (problem: Problem, subject: Subject, schema: z.ZodType) => void;
}

/** A value with places, and without: contracts' own checks look at the latter. */
interface Both {
  readonly placed: unknown;
  readonly plain: unknown;
}

/** Reads a tree; undefined where it is of another kind than the schema's. */
export function readBy<S extends z.ZodType>(
  schema: S,
  node: TreeNode,
  subject: Subject,
  dialect: Dialect,
): ReadBy<S> | undefined {
  return new Reading(dialect).read(formOf(schema), node, subject)?.placed as ReadBy<S> | undefined;
}

class Reading {
  readonly #dialect: Dialect;
  /** Number of mistakes. */
  #found = 0;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  read(form: Form, node: TreeNode, subject: Subject): Both | undefined {
    switch (form.kind) {
      case "object":
        return this.#object(form, form.isNullable && isNull(node) ? emptyObject(node.at) : node, subject);
      case "record":
        return this.#record(form, node, subject);
      case "list":
        return this.#list(form, node, subject);
      case "one of":
        return this.#oneOf(form, node, subject);
      default:
        return this.#scalar(form, node, subject);
    }
  }

  #object(form: Form, node: TreeNode, subject: Subject): Both | undefined {
    if (node.kind !== "object") return this.#report({ kind: "type", node, expected: "an object" }, subject, form);
    const before = this.#found;
    if (form.isStrict) this.#refuseUnknown(node, form.names, subject, form);
    const placed: Record<string, unknown> = {};
    const plain: Record<string, unknown> = {};
    for (const [key, below] of form.keys) {
      const value = this.#key(below, key, node, subject);
      placed[key] = value?.placed;
      if (value !== undefined) plain[key] = value.plain;
    }
    return this.#checked(form, node, subject, { placed, plain }, before);
  }

  #key(form: Form, key: string, object: ObjectNode, of: Subject): Both | undefined {
    const node = member(object, key);
    const value = node && this.read(form, node, this.#below(form, key, of, node.at));
    if (value !== undefined) return value;
    if (node === undefined && form.isRequired && this.#dialect.isSilent?.(key) !== true)
      this.#report({ kind: "missing", key }, of, form);
    return form.usual === undefined ? undefined : this.#usual(form, of);
  }

  /** A default, at the place of what it belongs to. */
  #usual(form: Form, { at }: Subject): Both | undefined {
    const plain = form.usual;
    if (form.kind === "record" || form.kind === "list") return { placed: [], plain };
    if (form.kind !== "object") return { placed: { value: plain, at, text: String(plain) }, plain };
    return new Reading({ ...this.#dialect, report: () => {} }).read(form, emptyObject(at), subjectOf("", at));
  }

  #refuseUnknown(node: ObjectNode, known: readonly string[], subject: Subject, form: Form): void {
    for (const { key } of node.entries)
      if (!known.includes(key.value)) this.#report({ kind: "unknown", key, known }, subject, form);
  }

  /** Keys in their order, whatever they are called: `10`, `__proto__`. */
  #record(form: Form, node: TreeNode, subject: Subject): Both | undefined {
    if (node.kind !== "object") return this.#report({ kind: "type", node, expected: "an object" }, subject, form);
    const [names, values] = form.parts as [Form, Form];
    const placed = node.entries.flatMap(({ key, value }) => {
      const below = this.#below(values, key.value, subject, key.at);
      const isName = this.#scalar(names, { kind: "scalar", text: key.value, ...key }, below) !== undefined;
      const read = isName ? this.read(values, value, below) : undefined;
      return read === undefined ? [] : [{ key, value: read.placed }];
    });
    return { placed, plain: undefined };
  }

  #list(form: Form, node: TreeNode, subject: Subject): Both | undefined {
    const isAlone = node.kind === "scalar" && form.words?.alone === true;
    if (node.kind !== "array" && !isAlone)
      return this.#report({ kind: "type", node, expected: "an array" }, subject, form);
    const before = this.#found;
    const [item] = form.parts as [Form];
    const all = (node.kind === "array" ? node.items : [node]).flatMap(
      (each, index) => this.read(item, each, this.#below(item, index, subject, each.at)) ?? [],
    );
    const both = { placed: all.map(({ placed }) => placed), plain: all.map(({ plain }) => plain) };
    return this.#checked(form, node, subject, both, before);
  }

  /** One of several objects, distinguished by the key that only one of them has. */
  #oneOf(form: Form, node: TreeNode, subject: Subject): Both | undefined {
    if (node.kind !== "object") return this.#report({ kind: "type", node, expected: "an object" }, subject, form);
    this.#refuseUnknown(node, form.names, subject, form);
    const kinds = form.keys.map(([kind]) => kind);
    const [first, second] = node.entries.filter(({ key }) => kinds.includes(key.value));
    // A misspelt kind has been reported as an unknown key.
    if (first === undefined && node.entries.some(({ key }) => !form.names.includes(key.value))) return undefined;
    if (first === undefined || second !== undefined) {
      const at = second?.key.at ?? node.at;
      return this.#report({ kind: "kinds", at, found: second ? 2 : 0, known: kinds }, subject, form);
    }
    const chosen = form.keys[kinds.indexOf(first.key.value)]?.[1] as Form;
    const own = { ...node, entries: node.entries.filter(({ key }) => chosen.names.includes(key.value)) };
    const read = this.#object(chosen, own, subject);
    const placed = read?.placed as Record<string, unknown> | undefined;
    return read && placed?.[first.key.value] ? { ...read, placed: { ...placed, at: first.key.at } } : undefined;
  }

  #scalar(form: Form, node: TreeNode, subject: Subject): Both | undefined {
    if (node.kind !== "scalar") {
      const expected = form.kind === "text" ? "a string" : undefined;
      return this.#report(expected ? { kind: "type", node, expected } : { kind: "value", node }, subject, form);
    }
    const plain = this.#dialect.scalar(node, form.schema);
    if (form.kind === "text" && typeof plain !== "string")
      return this.#report({ kind: "type", node, expected: "a string" }, subject, form);
    const parsed = form.schema.safeParse(plain);
    if (parsed.success) return { placed: plain === node.value ? node : { ...node, value: plain }, plain };
    return this.#reportIssues(form, node, subject, parsed.error.issues);
  }

  /** The value, if the schema's own checks find nothing; they look at values whose parts are right. Of a list the rest. */
  #checked(form: Form, node: TreeNode, subject: Subject, both: Both, before: number): Both | undefined {
    if (this.#found > before || !form.hasChecks) return both;
    const parsed = form.schema.safeParse(both.plain);
    if (parsed.success) return both;
    this.#reportIssues(form, node, subject, parsed.error.issues);
    const wrong = new Set(parsed.error.issues.map(({ path }) => path[0]));
    if (!Array.isArray(both.placed) || wrong.has(undefined)) return undefined;
    const rest = (list: unknown) => (list as unknown[]).filter((_, index) => !wrong.has(index));
    return { placed: rest(both.placed), plain: rest(both.plain) };
  }

  /** The mistakes of a contract's own checks in their words, of others the first. */
  #reportIssues(form: Form, node: TreeNode, subject: Subject, issues: readonly z.core.$ZodIssue[]): undefined {
    const own = issues.filter((issue) => issue.code === "custom");
    for (const { params, path } of own) {
      const { message, help, code } = params as Mistake;
      const filled = message.replaceAll("{it}", subject.what);
      const at = path.length === 0 ? subject.at : (placeOf(node, path) ?? subject.at);
      this.#report({ kind: "mistake", at, message: filled, help, ...(code && { code }) }, subject, form);
    }
    if (own.length > 0) return undefined;
    return this.#report({ kind: node.kind === "array" ? "empty" : "value", node }, subject, form);
  }

  #below(form: Form, key: string | number, of: Subject, at: Place): Subject {
    const what = () => this.#dialect.called(form.words?.called, key, of);
    return { what, owner: form.words?.owns === true ? what : of.owner, at };
  }

  #report(problem: Problem, subject: Subject, { schema }: Form): undefined {
    this.#found += 1;
    this.#dialect.report(problem, subject, schema);
    return undefined;
  }
}

function isNull(node: TreeNode): boolean {
  return node.kind === "scalar" && node.value === null;
}

/** An object without keys. */
export function emptyObject(at: Place): ObjectNode {
  return { kind: "object", at, entries: [], offset: 0, length: 0 };
}

function placeOf(node: TreeNode, [key, ...rest]: readonly PropertyKey[]): Place | undefined {
  if (key === undefined || node.kind === "scalar") return node.at;
  const below =
    node.kind === "array" ? node.items[Number(key)] : node.entries.find((entry) => entry.key.value === key)?.value;
  return below && placeOf(below, rest);
}
