/** Groups: a stage's datasets as the job gets them. Text in, text out: no number, key or order goes through JavaScript's objects. */

import { type Node, parseTree } from "jsonc-parser";
import type { BucketBinding } from "../../plan/bindings.ts";
import type { Plan, StagePlan } from "../../plan/types.ts";

/** One stage's group. */
export interface Group {
  readonly stage: string;
  /** A JSON array of the stage's dataset objects in order, each with all its keys and `sql_text`, without white space. */
  readonly json: string;
}

/** The groups of a plan, in the order of the stages. With `buckets` locations name physical buckets, else logical ones. */
export function groupsOf(plan: Plan, buckets: readonly BucketBinding[] = []): Group[] {
  const physical = new Map(buckets.map(({ logical, physical: name }) => [logical, name]));
  return plan.stages.map((stage) => ({ stage: stage.name, json: groupJson(stage, physical) }));
}

function groupJson(stage: StagePlan, physical: ReadonlyMap<string, string>): string {
  return `[${stage.datasets.map((dataset) => withSql(mapBuckets(dataset.config, physical), dataset.sql)).join(",")}]`;
}

/** Adds `sql_text` as the last key of an object. */
function withSql(config: string, sql: string): string {
  const entry = `"sql_text":${JSON.stringify(sql)}`;
  const body = config.slice(0, -1);
  return `${body}${body === "{" ? "" : ","}${entry}}`;
}

/** Replaces the bucket in `tables[].s3_path` and `s3_target`, from behind so that offsets stay true. */
function mapBuckets(config: string, physical: ReadonlyMap<string, string>): string {
  if (physical.size === 0) return config;
  const root = parseTree(config);
  const tables = memberOf(root, "tables")?.children ?? [];
  const locations = [...tables.map((table) => memberOf(table, "s3_path")), memberOf(root, "s3_target")];
  return locations
    .filter((node) => node !== undefined)
    .sort((a, b) => b.offset - a.offset)
    .reduce((text, node) => replaceBucket(text, node, physical), config);
}

function memberOf(node: Node | undefined, key: string): Node | undefined {
  return node?.type === "object"
    ? node.children?.find((entry) => entry.children?.[0]?.value === key)?.children?.[1]
    : undefined;
}

function replaceBucket(text: string, node: Node, physical: ReadonlyMap<string, string>): string {
  const [, bucket = "", path = ""] = /^s3:\/\/([^/]+)(\/.*)$/s.exec(String(node.value)) ?? [];
  const name = physical.get(bucket);
  if (name === undefined) return text;
  return `${text.slice(0, node.offset)}${JSON.stringify(`s3://${name}${path}`)}${text.slice(node.offset + node.length)}`;
}
