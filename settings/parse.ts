/** Values by key, with their places → settings, and diagnostics: all at once. */

import { diagnostic } from "../compiler/diagnostics.ts";
import type { Collect } from "../compiler/parse/collect.ts";
import type { Entry, ObjectNode } from "../compiler/parse/tree.ts";
import { emptyObject, type ReadBy, readBy, subjectOf } from "../compiler/read/by-contract.ts";
import { formOf } from "../compiler/read/form.ts";
import { stack, type stageWorkers } from "../contract/stack.ts";
import { withCanary } from "./canary.ts";
import { stackDialect } from "./dialect.ts";
import { isSecret, type RawSettings } from "./raw.ts";
import type { BucketSetting, NetworkSetting, Plain, Settings, StageSetting } from "./schema.ts";

/** Reads every key; what has a mistake has its default, and is named in `unread`. */
export function parseSettings(raw: RawSettings, collect: Collect): Settings {
  const dialect = stackDialect(raw, collect);
  const isRefused = ({ key, value }: Entry) => Object.hasOwn(stack.shape, key.value) && isSecret(value);
  const { refused = [], taken = [] } = Object.groupBy(raw.entries, (each) => (isRefused(each) ? "refused" : "taken"));
  for (const { key, value } of refused) {
    dialect.unread.add(key.value);
    const message = `\`strata:${key.value}\` is a secret`;
    const help = "set it without --secret: settings reach the plan and the definition, which are plain text";
    collect(diagnostic({ code: "D004", at: value.at, message, help }));
  }
  const node: ObjectNode = { ...emptyObject(raw.at), entries: taken };
  const read = readBy(stack, node, subjectOf("", raw.at), dialect);
  if (read === undefined) throw new Error("an object is read as one");
  const plain = plainOf(read) as Plain<typeof read>;
  const { workerType, numberOfWorkers, timeoutMinutes, glueVersion, concurrency, ...others } = plain;
  return withCanary({
    ...others,
    stack: raw.stack,
    region: plain.region ?? "",
    allowedAccountIds: plain.allowedAccountIds ?? [],
    buckets: buckets(plain.buckets, namesOf(node, "buckets")),
    workers: { workerType, numberOfWorkers, timeoutMinutes, glueVersion, concurrency },
    stages: plain.stages.map(({ key, value }) => ({ key, workers: ownWorkers(value) })),
    network: networkOf(plain.network),
    unread: [...dialect.unread],
  });
}

type Read = Plain<ReadBy<typeof stack>>;

/** A value without places. */
function plainOf(read: unknown): unknown {
  if (Array.isArray(read)) return read.map(plainOf);
  if (typeof read !== "object" || read === null) return read;
  if ("value" in read && "at" in read) return read.value;
  return Object.fromEntries(Object.entries(read).map(([key, value]) => [key, plainOf(value)]));
}

function namesOf(node: ObjectNode, key: string): string[] {
  const value = node.entries.find((entry) => entry.key.value === key)?.value;
  return value?.kind === "object" ? value.entries.map((entry) => entry.key.value) : [];
}

/** Every bucket that is named: one with a mistake is mapped all the same. */
function buckets(read: Read["buckets"], names: readonly string[]): BucketSetting[] {
  return names.map((logical) => {
    const value = read.find(({ key }) => key === logical)?.value;
    return { logical, name: value?.name, existing: value?.existing ?? false, key: value?.key };
  });
}

function ownWorkers(read: Plain<ReadBy<typeof stageWorkers>>): StageSetting["workers"] {
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

function networkOf({ connections, subnetId, availabilityZone, securityGroupIds }: Read["network"]): NetworkSetting {
  if (subnetId === undefined || availabilityZone === undefined || securityGroupIds === undefined)
    return { connections: connections ?? [], subnets: [] };
  return { connections: [], subnets: [{ subnetId, availabilityZone, securityGroupIds }] };
}

/** True for a setting whose value is a list or an object. */
export function isStructured(key: string): boolean {
  const schema = Object.hasOwn(stack.shape, key) ? stack.shape[key as keyof typeof stack.shape] : undefined;
  return schema !== undefined && !["text", "scalar"].includes(formOf(schema).kind);
}
