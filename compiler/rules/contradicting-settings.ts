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
    const help = "add `partition_by` with the columns, or use `replace`";
    found.push([write.at, "`write: replace_partitions` needs `partition_by`", help]);
  }
  if (write.value === "merge" && format.value !== "iceberg") {
    const help = 'add `"format": "iceberg"`: Parquet files cannot update single rows atomically';
    found.push([write.at, "`write: merge` needs the format `iceberg`", help]);
  }
  if (write.value === "merge" && mergeKey.length === 0) {
    const help = "add `merge_key` with the columns that identify a row";
    found.push([write.at, "`write: merge` needs `merge_key`", help]);
  }
  const [key] = mergeKey;
  if (write.value !== "merge" && key !== undefined) {
    const help = "use `merge`, or remove the key";
    found.push([key.at, `\`merge_key\` is set, but \`write\` is \`${write.value}\``, help]);
  }
  if (format.value === "iceberg" && written.some(({ value }) => value === "keep")) {
    const help = "remove the key: an Iceberg table keeps its snapshots until they expire";
    found.push([keep.at, "`keep` has no effect with the format `iceberg`", help]);
  }
  return found;
}
