import type { Place } from "../diagnostics.ts";
import type { DatasetSyntax } from "../read/dataset.ts";
import { rule } from "./rule.ts";

/** W002: half a setting. */
export const contradictingSettings = rule("W002", {
  dataset(dataset, report) {
    for (const [at, message, help] of contradictions(dataset)) report({ at, message, help });
  },
});

function contradictions({ publish }: DatasetSyntax): (readonly [at: Place, message: string, help: string])[] {
  const { write, format, partitionBy, mergeKey, keep, written } = publish;
  const found: (readonly [Place, string, string])[] = [];
  if (write.value === "replace_partitions" && partitionBy.length === 0) {
    const help = "name the columns under `partition_by`, or write `replace`";
    found.push([write.at, "`write` is `replace_partitions`, but there is no `partition_by`", help]);
  }
  if (write.value === "merge" && format.value !== "iceberg") {
    const help = 'add `"format": "iceberg"`: only a table format can change single rows and stay whole';
    found.push([write.at, "`write` is `merge`, but the format is `parquet`", help]);
  }
  if (write.value === "merge" && mergeKey.length === 0) {
    const help = "name the columns that tell one row from another under `merge_key`";
    found.push([write.at, "`write` is `merge`, but there is no `merge_key`", help]);
  }
  const [key] = mergeKey;
  if (write.value !== "merge" && key !== undefined) {
    const help = "write `merge`, or remove the key";
    found.push([key.at, `\`merge_key\` is set, but \`write\` is \`${write.value}\``, help]);
  }
  if (format.value === "iceberg" && written.some(({ value }) => value === "keep")) {
    const help = "remove the key: an Iceberg table keeps its snapshots until they are expired";
    found.push([keep.at, "`keep` is set, but the format is `iceberg`", help]);
  }
  return found;
}
