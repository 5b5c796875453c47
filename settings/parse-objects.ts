/** Settings that are objects: buckets, stages, tags, network. */

import { plainText, type Reader } from "./reader.ts";
import {
  type BucketSetting,
  GLUE_VERSIONS,
  MOST_AT_ONCE,
  type NetworkSetting,
  type StageSetting,
  WORKER_TYPES,
  type Workers,
} from "./schema.ts";

/** Glue's ARN of a key, not an alias: S3 takes aliases of another account for its own (S3 user guide, SSE-KMS). */
const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[0-9a-zA-Z-]{36}$/;

/** Logical buckets and what they are mapped to. */
export function readBuckets(read: Reader): BucketSetting[] {
  return read.object("buckets").map(({ key, value }) => {
    const name = `buckets.${key.value}`;
    const entries = read.entriesOf(
      value,
      name,
      ["name", "existing", "key"],
      "an object with `name`, `existing` and `key`, or {}",
    );
    const physical = entries.get("name");
    const text = physical && plainText(physical);
    if (physical !== undefined && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text ?? ""))
      read.wrong(`${name}.name`, physical, "a bucket's name: 3 to 63 lower-case letters, digits, `-` and `.`");
    const existing = entries.get("existing");
    if (existing !== undefined && !(existing.kind === "scalar" && typeof existing.value === "boolean"))
      read.wrong(`${name}.existing`, existing, "true or false");
    const exists = existing?.kind === "scalar" && existing.value === true;
    if (exists && text === undefined)
      read.report("D005", key.at, `\`strata:${name}\` is an existing bucket without a name`, "add `name`");
    const own = entries.get("key");
    const keyArn = own?.kind === "scalar" ? own.text : undefined;
    if (own !== undefined && !KEY_ARN.test(keyArn ?? "")) read.wrong(`${name}.key`, own, "the ARN of a KMS key");
    if (own !== undefined && !exists)
      read.report(
        "D003",
        key.at,
        `\`strata:${name}\` has a key, but is not an existing bucket`,
        "leave `key` out, since the stack's own key encrypts a bucket that the stack makes; or add `existing: true`",
      );
    return { logical: key.value, name: text, existing: exists, key: keyArn };
  });
}

const WORKER_KEYS = ["workerType", "numberOfWorkers", "timeoutMinutes", "glueVersion", "concurrency"];

/** Stages with workers of their own. */
export function readStages(read: Reader): StageSetting[] {
  return read.object("stages").map(({ key, value }) => {
    const entries = read.entriesOf(
      value,
      `stages.${key.value}`,
      WORKER_KEYS,
      `an object with ${WORKER_KEYS.join(", ")}`,
    );
    const owner = (each: string) => {
      const node = entries.get(each);
      return node && { node, name: `stages.${key.value}.${each}` };
    };
    const [type, number, minutes, version, atOnce] = WORKER_KEYS.map(owner);
    const workers: Partial<Workers> = {
      ...(type && { workerType: read.choice("workerType", WORKER_TYPES, type) }),
      ...(number && { numberOfWorkers: read.integer("numberOfWorkers", 2, 299, number) }),
      ...(minutes && { timeoutMinutes: read.integer("timeoutMinutes", 1, 10_080, minutes) }),
      ...(version && { glueVersion: read.choice("glueVersion", GLUE_VERSIONS, version) }),
      ...(atOnce && { concurrency: read.integer("concurrency", 0, MOST_AT_ONCE, atOnce) }),
    };
    return { key: key.value, workers };
  });
}

/** Tags of everything. */
export function readTags(read: Reader): { key: string; value: string }[] {
  return read.object("tags").map(({ key, value }) => {
    const text = value.kind === "scalar" && value.value !== null ? plainText(value) : undefined;
    if (text === undefined || text.length > 256 || key.value.length > 128 || /^aws:/i.test(key.value))
      read.wrong(
        `tags.${key.value}`,
        value,
        "text of at most 256 characters, under a key of at most 128 that does not start with aws:",
      );
    return { key: key.value, value: text ?? "" };
  });
}

/** Subnets and security groups, or connections that are there already. */
export function readNetwork(read: Reader): NetworkSetting {
  const node = read.node("network");
  const empty = { connections: [], subnets: [] };
  if (node === undefined) return empty;
  const shape = "an object with `connections` (names), or with `subnetId`, `availabilityZone` and `securityGroupIds`";
  const entries = read.entriesOf(
    node,
    "network",
    ["connections", "subnetId", "availabilityZone", "securityGroupIds"],
    shape,
  );
  if (entries.size === 0) return empty;
  const texts = (key: string, pattern: RegExp, expected: string) => {
    const value = entries.get(key);
    if (value === undefined) return [];
    const list = value.kind === "array" ? value.items : [value];
    const all = list.map((item) => (item.kind === "scalar" ? item.text : ""));
    if (all.length === 0 || all.some((each) => !pattern.test(each))) read.wrong(`network.${key}`, value, expected);
    return all;
  };
  const connections = texts("connections", /^[^\p{Cc}/]{1,255}$/u, "a list of names of Glue connections");
  const [subnetId] = texts("subnetId", /^subnet-[0-9a-f]+$/, "a subnet's id, subnet-…");
  const [availabilityZone] = texts(
    "availabilityZone",
    /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/,
    "the subnet's availability zone",
  );
  const securityGroupIds = texts("securityGroupIds", /^sg-[0-9a-f]+$/, "a list of ids of security groups, sg-…");
  const parts = [subnetId, availabilityZone, securityGroupIds[0]];
  const given = parts.filter((part) => part !== undefined).length;
  if (connections.length > 0 === given > 0 || (given > 0 && given < parts.length)) {
    read.report("D003", node.at, "`strata:network` is incomplete or has both kinds of entries", `write ${shape}`);
    return empty;
  }
  if (subnetId === undefined || availabilityZone === undefined) return { connections, subnets: [] };
  return { connections: [], subnets: [{ subnetId, availabilityZone, securityGroupIds }] };
}
