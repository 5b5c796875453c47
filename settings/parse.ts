/** Values by key, with their places → settings, or diagnostics: all at once. */

import { diagnostic, type Place } from "../compiler/diagnostics.ts";
import { suggest } from "../compiler/nearest.ts";
import type { Collect } from "../compiler/syntax/collect.ts";
import { describeNode, type Entry, type Located, type TreeNode } from "../compiler/syntax/tree.ts";
import {
  type BucketSetting,
  GLUE_VERSIONS,
  RETENTION_DAYS,
  SETTINGS,
  type Settings,
  type StageSetting,
  WORKER_TYPES,
  type Workers,
} from "./schema.ts";

/** A stack's values: the keys of the namespace `strata`, without it, each with its place. */
export interface RawSettings {
  readonly stack: string;
  readonly entries: readonly Entry[];
  /** Where a missing key is reported: the top of the stack's file. */
  readonly at: Place;
}

/** Reads every key; undefined if a diagnostic was collected. */
export function parseSettings(raw: RawSettings, collect: Collect): Settings | undefined {
  let clean = true;
  const note: Collect = (each) => {
    clean = false;
    collect(each);
  };
  const read = new Reader(raw, note);
  read.refuseUnknown();
  const settings: Settings = {
    stack: raw.stack,
    region: read.text("region", /^[a-z]{2}(-[a-z]+)+-\d$/, "a region, for example eu-central-1"),
    allowedAccountIds: read.accounts(),
    partition: read.choice("partition", ["aws", "aws-cn", "aws-us-gov"] as const),
    pipelines: read.texts("pipelines", /^.+$/s, "a list of pipelines"),
    buckets: read.buckets(),
    workers: {
      workerType: read.choice("workerType", WORKER_TYPES),
      numberOfWorkers: read.integer("numberOfWorkers", 2, 299),
      timeoutMinutes: read.integer("timeoutMinutes", 1, 10_080),
      glueVersion: read.choice("glueVersion", GLUE_VERSIONS),
    },
    stages: read.stages(),
    logRetentionDays: read.retention(),
    scanLimitBytes: read.integer("scanLimitBytes", 10_485_760, Number.MAX_SAFE_INTEGER),
    alertEmails: read.texts("alertEmails", /^[^@\s]+@[^@\s]+\.[^@\s]+$/, "a list of e-mail addresses"),
    tags: read.tags(),
    deletableData: read.boolean("deletableData"),
  };
  return clean ? settings : undefined;
}

const WORKER_KEYS = ["workerType", "numberOfWorkers", "timeoutMinutes", "glueVersion"];

/** Reads one key after another; a wrong value is a diagnostic, and reading goes on with the default. */
class Reader {
  readonly #raw: RawSettings;
  readonly #collect: Collect;

  constructor(raw: RawSettings, collect: Collect) {
    this.#raw = raw;
    this.#collect = collect;
  }

  refuseUnknown(): void {
    for (const { key, value } of this.#raw.entries) {
      if (!(key.value in SETTINGS)) {
        this.#report(
          "D002",
          key.at,
          `there is no setting \`strata:${key.value}\``,
          suggest(key.value, Object.keys(SETTINGS), "setting"),
        );
      } else if (isSecret(value)) {
        this.#report(
          "D004",
          value.at,
          `\`strata:${key.value}\` is a secret`,
          "set it without --secret: settings reach the plan and the definition, which are plain text",
        );
      }
    }
  }

  text(key: string, pattern: RegExp, expected: string): string {
    const node = this.#node(key);
    const value = node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
    if (node !== undefined && (value === undefined || !pattern.test(value))) this.#wrong(key, node, expected);
    return value ?? String(this.#fallback(key) ?? "");
  }

  choice<T extends string>(key: string, known: readonly T[], owner?: { node: TreeNode; name: string }): T {
    const node = owner?.node ?? this.#node(key);
    const value = node?.kind === "scalar" ? known.find((each) => each === String(node.text)) : undefined;
    if (node !== undefined && value === undefined) this.#wrong(owner?.name ?? key, node, `one of ${known.join(", ")}`);
    return value ?? (this.#fallback(key) as T);
  }

  integer(key: string, least: number, most: number, owner?: { node: TreeNode; name: string }): number {
    const node = owner?.node ?? this.#node(key);
    const value = node?.kind === "scalar" && /^\d+$/.test(node.text) ? Number(node.text) : undefined;
    const fits = value !== undefined && value >= least && value <= most;
    if (node !== undefined && !fits)
      this.#wrong(
        owner?.name ?? key,
        node,
        most === Number.MAX_SAFE_INTEGER ? `a whole number from ${least}` : `a whole number from ${least} to ${most}`,
      );
    return fits ? value : (this.#fallback(key) as number);
  }

  boolean(key: string): boolean {
    const node = this.#node(key);
    if (node === undefined) return this.#fallback(key) as boolean;
    if (node.kind === "scalar" && (node.text === "true" || node.text === "false")) return node.text === "true";
    this.#wrong(key, node, "true or false");
    return this.#fallback(key) as boolean;
  }

  texts(key: string, pattern: RegExp, expected: string): string[] {
    const node = this.#node(key);
    if (node === undefined) return (this.#fallback(key) as string[] | undefined) ?? [];
    const values = node.kind === "array" ? node.items.map((item) => (item.kind === "scalar" ? item.text : "")) : [""];
    if (values.some((value) => !pattern.test(value))) this.#wrong(key, node, expected);
    return values;
  }

  accounts(): string[] {
    const ids = this.texts("allowedAccountIds", /^\d{12}$/, "a list of account ids of twelve digits, in quotes");
    const node = this.#raw.entries.find(({ key }) => key.value === "allowedAccountIds")?.value;
    if (node?.kind === "array" && node.items.length === 0)
      this.#wrong("allowedAccountIds", node, "a list with at least one account id");
    return ids;
  }

  retention(): number {
    const days = this.integer("logRetentionDays", 1, 3653);
    const node = this.#raw.entries.find(({ key }) => key.value === "logRetentionDays")?.value;
    if (node !== undefined && !RETENTION_DAYS.some((each) => each === days))
      this.#wrong("logRetentionDays", node, `one of ${RETENTION_DAYS.join(", ")}`);
    return days;
  }

  buckets(): BucketSetting[] {
    return this.#object("buckets").map(({ key, value }) => {
      const name = `buckets.${key.value}`;
      const entries = this.#entriesOf(value, name, ["name", "existing"], "an object with `name` and `existing`, or {}");
      const physical = entries.get("name");
      const text = physical?.kind === "scalar" ? physical.text : undefined;
      if (physical !== undefined && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text ?? ""))
        this.#wrong(`${name}.name`, physical, "a bucket's name: 3 to 63 lower-case letters, digits, `-` and `.`");
      const existing = entries.get("existing");
      if (existing !== undefined && !(existing.kind === "scalar" && typeof existing.value === "boolean"))
        this.#wrong(`${name}.existing`, existing, "true or false");
      const exists = existing?.kind === "scalar" && existing.value === true;
      if (exists && text === undefined)
        this.#report("D005", key.at, `\`strata:${name}\` is an existing bucket without a name`, "add `name`");
      return { logical: key.value, name: text, existing: exists };
    });
  }

  stages(): StageSetting[] {
    return this.#object("stages").map(({ key, value }) => {
      const entries = this.#entriesOf(
        value,
        `stages.${key.value}`,
        WORKER_KEYS,
        `an object with ${WORKER_KEYS.join(", ")}`,
      );
      const owner = (each: string) => {
        const node = entries.get(each);
        return node && { node, name: `stages.${key.value}.${each}` };
      };
      const [type, number, minutes, version] = WORKER_KEYS.map(owner);
      const workers: Partial<Workers> = {
        ...(type && { workerType: this.choice("workerType", WORKER_TYPES, type) }),
        ...(number && { numberOfWorkers: this.integer("numberOfWorkers", 2, 299, number) }),
        ...(minutes && { timeoutMinutes: this.integer("timeoutMinutes", 1, 10_080, minutes) }),
        ...(version && { glueVersion: this.choice("glueVersion", GLUE_VERSIONS, version) }),
      };
      return { key: key.value, workers };
    });
  }

  tags(): { key: string; value: string }[] {
    return this.#object("tags").map(({ key, value }) => {
      const text = value.kind === "scalar" && value.value !== null ? value.text : undefined;
      if (text === undefined || text.length > 256 || key.value.length > 128 || /^aws:/i.test(key.value))
        this.#wrong(
          `tags.${key.value}`,
          value,
          "text of at most 256 characters, under a key of at most 128 that does not start with aws:",
        );
      return { key: key.value, value: text ?? "" };
    });
  }

  /** The key's value; a key without default that is missing is a diagnostic. */
  #node(key: string): TreeNode | undefined {
    const node = this.#raw.entries.find((entry) => entry.key.value === key)?.value;
    if (node === undefined && SETTINGS[key]?.default === undefined) {
      this.#report(
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

  #object(key: string): readonly Entry[] {
    const node = this.#node(key);
    if (node === undefined) return [];
    if (node.kind === "object") return node.entries;
    this.#wrong(key, node, "an object");
    return [];
  }

  #entriesOf(node: TreeNode, name: string, known: readonly string[], expected: string): Map<string, TreeNode> {
    if (node.kind !== "object") {
      if (!(node.kind === "scalar" && node.value === null)) this.#wrong(name, node, expected);
      return new Map();
    }
    for (const { key } of node.entries) {
      if (!known.includes(key.value))
        this.#report(
          "D002",
          key.at,
          `there is no setting \`strata:${name}.${key.value}\``,
          suggest(key.value, known, "key"),
        );
    }
    return new Map(node.entries.map(({ key, value }) => [key.value, value]));
  }

  #wrong(key: string, node: TreeNode, expected: string): void {
    const found = node.kind === "scalar" ? `\`${node.text.slice(0, 60)}\`` : describeNode(node);
    this.#report("D003", node.at, `\`strata:${key}\` is ${found}`, `write ${expected}`);
  }

  #report(code: string, at: Place, message: string, help: string): void {
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
