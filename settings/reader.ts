/** Reads one setting after another; a wrong value is a diagnostic, and reading goes on with the default. */

import { diagnostic, type Place } from "../compiler/diagnostics.ts";
import { suggest } from "../compiler/nearest.ts";
import type { Collect } from "../compiler/syntax/collect.ts";
import { describeNode, type Entry, type Located, type TreeNode } from "../compiler/syntax/tree.ts";
import { RETENTION_DAYS, SETTINGS } from "./schema.ts";

/** A stack's values: the keys of the namespace `strata`, without it, each with its place. */
export interface RawSettings {
  readonly stack: string;
  readonly entries: readonly Entry[];
  /** Where a missing key is reported: the top of the stack's file. */
  readonly at: Place;
}

/** Reads one key after another; a wrong value is a diagnostic, and reading goes on with the default. */
export class Reader {
  readonly #raw: RawSettings;
  readonly #collect: Collect;

  constructor(raw: RawSettings, collect: Collect) {
    this.#raw = raw;
    this.#collect = collect;
  }

  refuseUnknown(): void {
    for (const { key, value } of this.#raw.entries) {
      if (!Object.hasOwn(SETTINGS, key.value)) {
        this.report(
          "D002",
          key.at,
          `there is no setting \`strata:${key.value}\``,
          suggest(key.value, Object.keys(SETTINGS), "setting"),
        );
      } else if (isSecret(value)) {
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
    const value = node?.kind === "scalar" ? known.find((each) => each === String(node.text)) : undefined;
    if (node !== undefined && value === undefined) this.wrong(owner?.name ?? key, node, `one of ${known.join(", ")}`);
    return value ?? (this.#fallback(key) as T);
  }

  integer(key: string, least: number, most: number, owner?: { node: TreeNode; name: string }): number {
    const node = owner?.node ?? this.node(key);
    const value = node?.kind === "scalar" && /^\d+$/.test(node.text) ? Number(node.text) : undefined;
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
    if (node.kind === "scalar" && (node.text === "true" || node.text === "false")) return node.text === "true";
    this.wrong(key, node, "true or false");
    return this.#fallback(key) as boolean;
  }

  texts(key: string, pattern: RegExp, expected: string): string[] {
    const node = this.node(key);
    if (node === undefined) return (this.#fallback(key) as string[] | undefined) ?? [];
    const values = node.kind === "array" ? node.items.map((item) => (item.kind === "scalar" ? item.text : "")) : [""];
    if (values.some((value) => !pattern.test(value))) this.wrong(key, node, expected);
    return values;
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
    if (node === undefined && SETTINGS[key]?.default === undefined) {
      this.report(
        "D005",
        this.#raw.at,
        `stack \`${this.#raw.stack}\` has no \`strata:${key}\``,
        `set it in Pulumi.${this.#raw.stack}.yaml: ${SETTINGS[key]?.description ?? ""}`,
      );
    }
    return node === undefined || isSecret(node) ? undefined : node;
  }

  #fallback(key: string): unknown {
    return SETTINGS[key]?.default;
  }

  /** Entries of an object; anything else is a diagnostic. */
  object(key: string): readonly Entry[] {
    const node = this.node(key);
    if (node === undefined) return [];
    if (node.kind === "object") return node.entries;
    this.wrong(key, node, "an object");
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

  /** A value that is not what it should be. */
  wrong(key: string, node: TreeNode, expected: string): void {
    const found = node.kind === "scalar" ? `\`${node.text.slice(0, 60)}\`` : describeNode(node);
    this.report("D003", node.at, `\`strata:${key}\` is ${found}`, `write ${expected}`);
  }

  /** Any diagnostic. */
  report(code: string, at: Place, message: string, help: string): void {
    this.#collect(diagnostic({ code, at, message, help }));
  }
}

/** `{secure: "v1:…"}`, as Pulumi writes an encrypted value. */
function isSecret(node: TreeNode): boolean {
  return node.kind === "object" && node.entries.some(({ key }) => key.value === "secure");
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
