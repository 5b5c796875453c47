/** Values by key, with their places → settings, and diagnostics: all at once. */

import { diagnostic } from "../compiler/diagnostics.ts";
import type { Collect } from "../compiler/parse/collect.ts";
import type { Entry, ObjectNode } from "../compiler/parse/tree.ts";
import { emptyObject, type ReadBy, readBy, spotOf, type Written } from "../compiler/read/by-contract.ts";
import { formOf } from "../compiler/read/form.ts";
import { stack, type stageWorkers } from "../contract/stack.ts";
import { withCanary } from "./canary.ts";
import { stackDialect } from "./dialect.ts";
import { isSecret, type RawSettings } from "./raw.ts";
import type { BucketSetting, NetworkSetting, Settings, StageSetting } from "./schema.ts";

/** Reads every key; what has a mistake has its default, and is named in `unread`. */
export function parseSettings(raw: RawSettings, collect: Collect): Settings {
  const dialect = stackDialect(raw, collect);
  const isRefused = ({ key, value }: Entry) => Object.hasOwn(stack.shape, key.value) && isSecret(value);
  const { refused = [], plain = [] } = Object.groupBy(raw.entries, (each) => (isRefused(each) ? "refused" : "plain"));
  for (const { key, value } of refused) {
    dialect.unread.add(key.value);
    const message = `\`strata:${key.value}\` is a secret`;
    const help = "set it without --secret: settings reach the plan and the definition, which are plain text";
    collect(diagnostic({ code: "D004", at: value.at, message, help }));
  }
  const node: ObjectNode = { ...emptyObject(raw.at), entries: plain };
  const read = readBy(stack, node, spotOf("", raw.at), dialect);
  if (read === undefined) throw new Error("an object is read as one");
  const { workerType, numberOfWorkers, timeoutMinutes, glueVersion, concurrency } = read;
  return withCanary({
    stack: raw.stack,
    region: read.region?.value ?? "",
    allowedAccountIds: values(read.allowedAccountIds ?? []),
    partition: read.partition.value,
    pipelines: values(read.pipelines),
    buckets: buckets(read.buckets, namesOf(node, "buckets")),
    workers: {
      workerType: workerType.value,
      numberOfWorkers: numberOfWorkers.value,
      timeoutMinutes: timeoutMinutes.value,
      glueVersion: glueVersion.value,
      concurrency: concurrency.value,
    },
    stages: read.stages.map(({ key, value }) => ({ key: key.value, workers: ownWorkers(value) })),
    logRetentionDays: read.logRetentionDays.value,
    scanLimitBytes: read.scanLimitBytes.value,
    alertEmails: values(read.alertEmails),
    tags: read.tags.map(({ key, value }) => ({ key: key.value, value: value.value })),
    deletableData: read.deletableData.value,
    encryption: read.encryption.value,
    permissionsBoundary: read.permissionsBoundary.value,
    rolePath: read.rolePath.value,
    trustSourceAccount: read.trustSourceAccount.value,
    network: networkOf(read.network),
    lakeFormation: read.lakeFormation.value,
    canary: read.canary.value,
    unread: [...dialect.unread],
  });
}

type Read = ReadBy<typeof stack>;

function values<T>(written: readonly Written<T>[]): T[] {
  return written.map(({ value }) => value);
}

function namesOf(node: ObjectNode, key: string): string[] {
  const value = node.entries.find((entry) => entry.key.value === key)?.value;
  return value?.kind === "object" ? value.entries.map((entry) => entry.key.value) : [];
}

/** Every bucket that is named: one with a mistake is mapped all the same. */
function buckets(read: Read["buckets"], names: readonly string[]): BucketSetting[] {
  return names.map((logical) => {
    const value = read.find(({ key }) => key.value === logical)?.value;
    return {
      logical,
      name: value?.name?.value,
      existing: value?.existing.value ?? false,
      key: value?.key?.value,
    };
  });
}

function ownWorkers(read: ReadBy<typeof stageWorkers>): StageSetting["workers"] {
  const entries = Object.entries(read).flatMap(([key, written]) => (written ? [[key, written.value]] : []));
  return Object.fromEntries(entries);
}

function networkOf({ connections, subnetId, availabilityZone, securityGroupIds }: Read["network"]): NetworkSetting {
  if (subnetId === undefined || availabilityZone === undefined || securityGroupIds === undefined)
    return { connections: values(connections ?? []), subnets: [] };
  const subnet = { subnetId: subnetId.value, availabilityZone: availabilityZone.value };
  return { connections: [], subnets: [{ ...subnet, securityGroupIds: values(securityGroupIds) }] };
}

/** True for a setting whose value is a list or an object. */
export function isStructured(key: string): boolean {
  const schema = Object.hasOwn(stack.shape, key) ? stack.shape[key as keyof typeof stack.shape] : undefined;
  return schema !== undefined && !["text", "scalar"].includes(formOf(schema).kind);
}
