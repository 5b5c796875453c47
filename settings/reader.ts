/** Reads one setting after another; a wrong value is a diagnostic, and reading goes on with the default. */

import type { Code } from "../compiler/codes.ts";
import { diagnostic, type Place } from "../compiler/diagnostics.ts";
import { nearest, suggest } from "../compiler/nearest.ts";
import type { Collect } from "../compiler/parse/collect.ts";
import { describeNode, type Entry, type Located, type TreeNode } from "../compiler/parse/tree.ts";
import { RETENTION_DAYS, SETTINGS } from "./schema.ts";

/** A stack's values: the keys of the namespace `strata`, without it, each with its place. */
export interface RawSettings {
  readonly stack: string;
  readonly entries: readonly Entry[];
  /** Where a missing key is reported: the top of the stack's file. */
  readonly at: Place;
  /** True where a file could not be read that may hold further keys, so that none is called missing; default: false. */
  readonly isPart?: boolean;
}

/** Reads one key after another; a wrong value is a diagnostic, and reading goes on with the default. */
export class Reader {
  readonly #raw: RawSettings;
  readonly #collect: Collect;
  readonly #unread = new Set<string>();

  constructor(raw: RawSettings, collect: Collect) {
    this.#raw = raw;
    this.#collect = collect;
  }

  /** Keys whose values are not known because of a mistake: nothing more is said of what follows from them. */
  get unread(): readonly string[] {
    return [...this.#unread];
  }

  refuseUnknown(): void {
    for (const { key, value } of this.#raw.entries) {
      if (!Object.hasOwn(SETTINGS, key.value)) {
        const meant = nearest(key.value, Object.keys(SETTINGS));
        if (meant !== undefined && !this.#has(meant)) this.#unread.add(meant);
        this.report(
          "D002",
          key.at,
          `there is no setting \`strata:${key.value}\``,
          suggest(key.value, Object.keys(SETTINGS), "setting"),
        );
      } else if (isSecret(value)) {
        this.#unread.add(key.value);
        this.report(
          "D004",
          value.at,
          `\`strata:${key.value}\` is a secret`,
          "set it without --secret: settings reach the plan and the definition, which are plain text",
        );
      }
    }
  }

  text(key: string, pattern: RegExp, expected: string): string {
    const node = this.node(key);
    const value = node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
    if (node !== undefined && (value === undefined || !pattern.test(value))) this.wrong(key, node, expected);
    return value ?? String(this.#fallback(key) ?? "");
  }

  choice<T extends string>(key: string, known: readonly T[], owner?: { node: TreeNode; name: string }): T {
    const node = owner?.node ?? this.node(key);
    const value = node && known.find((each) => each === plainText(node));
    if (node !== undefined && value === undefined) this.wrong(owner?.name ?? key, node, `one of ${known.join(", ")}`);
    return value ?? (this.#fallback(key) as T);
  }

  integer(key: string, least: number, most: number, owner?: { node: TreeNode; name: string }): number {
    const node = owner?.node ?? this.node(key);
    const text = node && plainText(node);
    const value = text !== undefined && /^(0|[1-9]\d*)$/.test(text) ? Number(text) : undefined;
    const fits = value !== undefined && value >= least && value <= most;
    if (node !== undefined && !fits)
      this.wrong(
        owner?.name ?? key,
        node,
        most === Number.MAX_SAFE_INTEGER ? `a whole number from ${least}` : `a whole number from ${least} to ${most}`,
      );
    return fits ? value : (this.#fallback(key) as number);
  }

  boolean(key: string): boolean {
    const node = this.node(key);
    if (node === undefined) return this.#fallback(key) as boolean;
    if (node.kind === "scalar" && ["true", "false"].includes(String(node.value))) return String(node.value) === "true";
    this.wrong(key, node, "true or false");
    return this.#fallback(key) as boolean;
  }

  texts(key: string, pattern: RegExp, expected: string): string[] {
    const node = this.node(key);
    if (node === undefined) return (this.#fallback(key) as string[] | undefined) ?? [];
    if (node.kind !== "array") {
      this.wrong(key, node, expected);
      return (this.#fallback(key) as string[] | undefined) ?? [];
    }
    const values = node.items.map((item) => ({ item, text: plainText(item) ?? "" }));
    for (const { item, text } of values) if (!pattern.test(text)) this.wrong(key, item, expected, "list");
    return values.map(({ text }) => text);
  }

  accounts(): string[] {
    const ids = this.texts("allowedAccountIds", /^\d{12}$/, "a list of account ids of twelve digits, in quotes");
    const node = this.#raw.entries.find(({ key }) => key.value === "allowedAccountIds")?.value;
    if (node?.kind === "array" && node.items.length === 0)
      this.wrong("allowedAccountIds", node, "a list with at least one account id");
    return ids;
  }

  retention(): number {
    const days = this.integer("logRetentionDays", 1, 3653);
    const node = this.#raw.entries.find(({ key }) => key.value === "logRetentionDays")?.value;
    if (node !== undefined && !RETENTION_DAYS.some((each) => each === days))
      this.wrong("logRetentionDays", node, `one of ${RETENTION_DAYS.join(", ")}`);
    return days;
  }

  /** The key's value; a key without default that is missing is a diagnostic. */
  node(key: string): TreeNode | undefined {
    const node = this.#raw.entries.find((entry) => entry.key.value === key)?.value;
    if (node === undefined && this.#raw.isPart === true) this.#unread.add(key);
    if (node === undefined && SETTINGS[key]?.default === undefined && !this.#unread.has(key)) {
      this.#unread.add(key);
      this.report(
        "D005",
        this.#raw.at,
        `stack \`${this.#raw.stack}\` has no \`strata:${key}\``,
        `set it in Pulumi.${this.#raw.stack}.yaml: ${SETTINGS[key]?.description ?? ""}`,
      );
    }
    return node === undefined || isSecret(node) ? undefined : node;
  }

  #has(key: string): boolean {
    return this.#raw.entries.some((entry) => entry.key.value === key);
  }

  #fallback(key: string): unknown {
    return SETTINGS[key]?.default;
  }

  /** Entries of an object; anything else is a diagnostic. */
  object(key: string): readonly Entry[] {
    const node = this.node(key);
    if (node === undefined) return [];
    if (node.kind === "object") return node.entries;
    this.wrong(key, node, `an object. ${SETTINGS[key]?.description ?? ""}`);
    return [];
  }

  /** Entries of a part of a setting, which may be empty; unknown keys are diagnostics. */
  entriesOf(node: TreeNode, name: string, known: readonly string[], expected: string): Map<string, TreeNode> {
    if (node.kind !== "object") {
      if (!(node.kind === "scalar" && node.value === null)) this.wrong(name, node, expected);
      return new Map();
    }
    for (const { key } of node.entries) {
      if (!known.includes(key.value))
        this.report(
          "D002",
          key.at,
          `there is no setting \`strata:${name}.${key.value}\``,
          suggest(key.value, known, "key"),
        );
    }
    return new Map(node.entries.map(({ key, value }) => [key.value, value]));
  }

  /** A value that is not what it should be. `key` may name a part of a setting, `buckets.lake`. */
  wrong(key: string, node: TreeNode, expected: string, verb: "be" | "list" = "be"): void {
    if (Object.hasOwn(SETTINGS, key)) this.#unread.add(key);
    const isNull = node.kind === "scalar" && node.value === null;
    const found = node.kind === "scalar" ? `\`${node.text.slice(0, 60)}\`` : describeNode(node);
    const message =
      isNull && verb === "be" ? `\`strata:${key}\` has no value` : `\`strata:${key}\` cannot ${verb} ${found}`;
    this.report("D003", node.at, message, `write ${expected}${expected.includes("quotes") ? "" : hintOfNumber(node)}`);
  }

  /** Any diagnostic. */
  report(code: Code, at: Place, message: string, help: string): void {
    this.#collect(diagnostic({ code, at, message, help }));
  }
}

/** True where a value is, or holds, `{secure: "v1:…"}`, as Pulumi writes an encrypted value. */
function isSecret(node: TreeNode): boolean {
  if (node.kind === "array") return node.items.some(isSecret);
  if (node.kind === "scalar") return false;
  const [only] = node.entries;
  if (node.entries.length === 1 && only?.key.value === "secure" && only.value.kind === "scalar") return true;
  return node.entries.some(({ value }) => isSecret(value));
}

/**
 * A scalar's text as Pulumi hands it on: it reads numbers as YAML does, so `6.0` is `6` and `0x10` is `16`. Undefined for
 * an object, an array and a number that begins with 0, which YAML's versions read differently.
 */
export function plainText(node: TreeNode): string | undefined {
  if (node.kind !== "scalar") return undefined;
  if (typeof node.value !== "number" || node.text === String(node.value)) return node.text;
  return /^[-+]?0\d/.test(node.text) ? undefined : String(node.value);
}

/** What to do about a number that YAML reads as another one than it looks like. */
function hintOfNumber(node: TreeNode): string {
  if (node.kind !== "scalar" || typeof node.value !== "number") return "";
  const text = plainText(node);
  if (text === undefined) return "; in quotes, or without the 0 in front";
  return text === node.text ? "" : `; in quotes, since YAML reads the number ${text}`;
}

/** A plain value as a tree, everything at one place: for values that come from Pulumi's engine. */
export function treeOf(value: unknown, at: Place): TreeNode {
  if (Array.isArray(value)) return { kind: "array", at, items: value.map((item) => treeOf(item, at)) };
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => ({
      key: { value: key, at } satisfies Located<string>,
      value: treeOf(item, at),
    }));
    return { kind: "object", at, entries, offset: 0, length: 0 };
  }
  const scalar = typeof value === "number" || typeof value === "boolean" || typeof value === "string" ? value : null;
  return { kind: "scalar", at, value: scalar, text: String(scalar ?? "") };
}
