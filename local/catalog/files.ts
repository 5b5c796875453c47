/** Data files of a location in a lake: what the job's store calls visible (glue/strata_glue/store), for readers here. */

import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Folder of a location: `s3://<bucket>/<prefix>/` is `<lake>/<bucket>/<prefix>/`. */
export function folderOf(lake: string, location: string): string {
  return join(lake, location.slice("s3://".length));
}

/** Absolute paths of the visible Parquet files, sorted: directly in the folder or below partitions `k=v`. */
export async function dataFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const visible = entries.filter(({ name }) => !name.startsWith("_") && !name.startsWith("."));
  const inside = await Promise.all(
    visible.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name.includes("=") ? dataFiles(path) : [];
      return entry.isFile() ? [path] : [];
    }),
  );
  return inside.flat().sort();
}
