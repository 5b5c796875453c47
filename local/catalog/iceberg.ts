/**
 * Iceberg tables of a lake: their metadata (Iceberg table spec, version 2), and which snapshot a reader wants.
 *
 * A table lies at its target's folder, as Iceberg's Hadoop catalog has it: of `metadata/v<n>.metadata.json` the highest
 * counts. Strata's part of a snapshot is in its summary (glue/strata_glue/target/iceberg/history.py).
 */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { textOfFile } from "../../loading/read-file.ts";
import { UserError } from "../user-error.ts";

/** Ids of snapshots are 64 bits and stay text: as numbers they would be rounded. */
export interface Snapshot {
  readonly "snapshot-id": string;
  readonly "parent-snapshot-id"?: string | null;
  readonly "schema-id"?: number;
  readonly "timestamp-ms": number;
  readonly "manifest-list": string;
  readonly summary: Readonly<Record<string, string>>;
}

/** A column, or a field of a struct. */
export interface IcebergField {
  readonly id: number;
  readonly name: string;
  readonly type: IcebergType;
}

export type IcebergType =
  | string
  | { readonly type: "struct"; readonly fields: readonly IcebergField[] }
  | { readonly type: "list"; readonly element: IcebergType }
  | { readonly type: "map"; readonly key: IcebergType; readonly value: IcebergType };

/** The parts of a table's metadata that readers here need. */
export interface IcebergMetadata {
  readonly "current-snapshot-id"?: string | null;
  readonly "current-schema-id": number;
  readonly schemas: readonly { readonly "schema-id": number; readonly fields: readonly IcebergField[] }[];
  readonly snapshots: readonly Snapshot[];
  readonly "snapshot-log": readonly { readonly "snapshot-id": string; readonly "timestamp-ms": number }[];
}

const VERSION = /^v(\d+)\.metadata\.json$/;

/** The table's metadata as it stands; undefined where there is no table. Throws `UserError` for what is no metadata. */
export async function readIceberg(folder: string): Promise<IcebergMetadata | undefined> {
  const names = await readdir(join(folder, "metadata")).catch(() => [] as string[]);
  const versions = names.flatMap((name) => VERSION.exec(name)?.[1] ?? []).map(Number);
  if (versions.length === 0) return undefined;
  const path = join(folder, "metadata", `v${Math.max(...versions)}.metadata.json`);
  const others = versions.length > 1;
  const text = await textOfFile(path).catch((problem: Error) => broken(path, problem.message, others));
  let value: Partial<IcebergMetadata> | null;
  try {
    value = JSON.parse(text, idsAsText) as Partial<IcebergMetadata> | null;
  } catch {
    return broken(path, "it is no JSON", others);
  }
  const lists = [value?.schemas, value?.snapshots ?? [], value?.["snapshot-log"] ?? []];
  if (!lists.every((list) => Array.isArray(list))) return broken(path, "it is no metadata", others);
  return { snapshots: [], "snapshot-log": [], ...value } as IcebergMetadata;
}

/** Readers take the highest number (glue/strata_glue/target/iceberg/lake.py), Spark the hint's. */
function broken(path: string, reason: string, others: boolean): never {
  throw new UserError(
    `${path} cannot be read: ${reason}`,
    "restore it from a backup of the lake; without one, remove it and version-hint.text beside it: " +
      (others
        ? "the table then has the content before its last commit"
        : "the table is then gone, and the next run of its dataset creates one with only its own rows"),
  );
}

/** JSON.parse's reviver with the number's own digits (ECMAScript, "JSON.parse source text access"). */
function idsAsText(key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return key.endsWith("snapshot-id") && typeof value === "number" ? (context?.source ?? String(value)) : value;
}

/** What readers see; undefined for a table without any snapshot. */
export function currentSnapshot(metadata: IcebergMetadata): Snapshot | undefined {
  return byId(metadata, metadata["current-snapshot-id"] ?? "");
}

/**
 * The snapshot of an earlier run: by generation (`12`), by time (ISO 8601; what stood then), by execution. Undefined if
 * the table had none, or has it no more.
 */
export function snapshotAsOf(metadata: IcebergMetadata, asOf: string): Snapshot | undefined {
  const published = metadata["snapshot-log"].flatMap((entry) => {
    const snapshot = byId(metadata, entry["snapshot-id"]);
    return snapshot === undefined ? [] : [{ snapshot, since: entry["timestamp-ms"] }];
  });
  const last = (wanted: (each: (typeof published)[number]) => boolean) => published.findLast(wanted)?.snapshot;
  if (/^\d+$/.test(asOf)) return last(({ snapshot }) => snapshot.summary["strata.generation"] === asOf);
  const time = timeOf(asOf);
  if (time !== undefined) return last(({ since }) => since <= time);
  return last(({ snapshot }) => snapshot.summary["strata.execution"] === asOf);
}

/** True if readers see what an execution committed, as the job asks (glue/strata_glue/target/iceberg/history.py). */
export function hasCommitted(metadata: IcebergMetadata, pipeline: string, execution: string): boolean {
  for (let each = currentSnapshot(metadata); each; each = byId(metadata, each["parent-snapshot-id"] ?? ""))
    if (each.summary["strata.pipeline"] === pipeline && each.summary["strata.execution"] === execution) return true;
  return false;
}

/** Columns of a snapshot, in order. */
export function columnsOf(metadata: IcebergMetadata, snapshot: Snapshot | undefined): readonly IcebergField[] {
  const id = snapshot?.["schema-id"] ?? metadata["current-schema-id"];
  const schema = metadata.schemas.find((each) => each["schema-id"] === id);
  if (schema === undefined) throw new UserError(`an Iceberg table has no schema ${id}`, "run its dataset again");
  return schema.fields;
}

function byId(metadata: IcebergMetadata, id: string): Snapshot | undefined {
  return metadata.snapshots.find((each) => each["snapshot-id"] === id);
}

/** Milliseconds since 1970 of a date (its end) or of a time; without a zone UTC, as everywhere here. */
function timeOf(text: string): number | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return Date.parse(`${text}T23:59:59.999Z`);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return undefined;
  const time = Date.parse(/(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(time) ? undefined : time;
}
