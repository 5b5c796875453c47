/** Changes of `config`, a dataset's object of `sql_queries.json` as compact JSON text: every other byte stays as the author wrote it. */

import { type Node, parseTree } from "jsonc-parser";

/** A table as `tables` lists it. */
interface Listed {
  readonly table: string;
  readonly location: string;
}

/** Adds entries behind those of `tables`; where there is no `tables`, it becomes the last key. */
export function withTables(config: string, added: readonly Listed[], hasTables: boolean): string {
  if (hasTables && added.length === 0) return config;
  const entries = added.map(({ table, location }) => JSON.stringify({ table_name: table, s3_path: location }));
  const root = parseTree(config);
  const tables = memberOf(root, "tables");
  const last = tables ?? root;
  if (last === undefined) throw new Error("a dataset that is not an object, after checks");
  const text = tables ? entries.join(",") : `"tables":[${entries.join(",")}]`;
  const end = last.offset + last.length - 1;
  const comma = (last.children ?? []).length > 0 ? "," : "";
  return `${config.slice(0, end)}${comma}${text}${config.slice(end)}`;
}

/** Replaces the bucket in `tables[].s3_path` and `s3_target` and nothing else, from behind so that offsets stay true. */
export function withBuckets(config: string, nameOf: (logical: string) => string): string {
  const root = parseTree(config);
  const tables = memberOf(root, "tables")?.children ?? [];
  return [...tables.map((table) => memberOf(table, "s3_path")), memberOf(root, "s3_target")]
    .filter((node) => node !== undefined)
    .sort((a, b) => b.offset - a.offset)
    .reduce((text, node) => replaceBucket(text, node, nameOf), config);
}

function memberOf(node: Node | undefined, key: string): Node | undefined {
  return node?.type === "object"
    ? node.children?.find((entry) => entry.children?.[0]?.value === key)?.children?.[1]
    : undefined;
}

function replaceBucket(text: string, node: Node, nameOf: (logical: string) => string): string {
  const [, bucket = "", path = ""] = /^s3:\/\/([^/]+)(\/.*)$/s.exec(String(node.value)) ?? [];
  const name = nameOf(bucket);
  if (name === bucket) return text;
  return `${text.slice(0, node.offset)}${JSON.stringify(`s3://${name}${path}`)}${text.slice(node.offset + node.length)}`;
}
