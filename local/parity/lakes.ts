/** A temporary lake for an engine: sources are links to the user's lake, targets are its own. */

import { rmSync } from "node:fs";
import { cp, mkdir, realpath, rm, stat, symlink } from "node:fs/promises";
import { dirname } from "node:path";
import { tablesRead } from "../../compiler/plan/tables.ts";
import { type DatasetPlan, type Plan, stagedDatasets } from "../../compiler/plan/types.ts";
import { folderOf, lakePathProblem } from "../lake-path.ts";
import { scratchFolder } from "../scratch.ts";
import { UserError } from "../user-error.ts";

/**
 * Calls `work` with a private folder in the system's folder for temporary files (`TMPDIR`). It is deleted at the end, also
 * if the process exits at once; links are removed, not their targets.
 */
export async function withScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await scratchFolder("strata-parity-");
  const leave = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", leave);
  try {
    const problem = lakePathProblem(await realpath(folder));
    if (problem !== undefined)
      throw new UserError(`the path of the temporary lake \`${folder}\` ${problem}`, "set TMPDIR to another folder");
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    process.off("exit", leave);
  }
}

/**
 * Fills a temporary lake for a run of `selected`; the user's lake is not changed. Throws `UserError` for content that cannot
 * be read elsewhere.
 */
export async function fillScratch(
  scratch: string,
  lake: string,
  plan: Plan,
  selected: ReadonlySet<string>,
): Promise<void> {
  const datasets = stagedDatasets(plan).filter(({ name }) => selected.has(name));
  refuseTables(datasets);
  const written = new Set(datasets.flatMap(({ target }) => (target === undefined ? [] : [target.location])));
  const before = new Set(
    datasets.flatMap((dataset) => (needsContent(dataset) ? (dataset.target?.location ?? []) : [])),
  );
  const read = new Set(
    datasets.flatMap(({ reads, publish }) => [
      ...reads.map(({ location }) => location),
      ...publish.expectations.flatMap(({ reads: references }) => references.map(({ location }) => location)),
    ]),
  );
  const held = new Set<string>();
  const fill = async (location: string, how: (from: string, to: string) => Promise<void>) => {
    if ([...held].some((each) => location.startsWith(each))) return; // part of a folder above it
    held.add(location);
    await how(folderOf(lake, location), folderOf(scratch, location));
  };
  // Folders before those inside them.
  for (const location of [...before].sort()) await fill(location, copy);
  for (const location of [...read].sort()) {
    if (written.has(location)) continue;
    // A run must not write through a link.
    const isWrittenTo = [...written].some((each) => each.startsWith(location) || location.startsWith(each));
    await fill(location, isWrittenTo ? copy : link);
  }
}

/** True if the result depends on the target's content: its rows are kept, or the SQL reads it. */
function needsContent({ target, publish, reads }: DatasetPlan): boolean {
  if (target === undefined || publish.format === "iceberg") return false; // a table begins empty on both sides
  const readsItself = reads.some(({ location }) => location === target.location);
  return readsItself || publish.write !== "replace" || publish.skipUnchanged;
}

/** An Iceberg table's metadata has absolute paths, so neither a link nor a copy can be read or written elsewhere. */
function refuseTables(datasets: readonly DatasetPlan[]): void {
  const written = new Set(datasets.map(({ target }) => target?.location));
  for (const dataset of datasets)
    for (const { location } of tablesRead(dataset)) {
      const isOwn = dataset.target?.location === location;
      if (written.has(location) && !isOwn) continue;
      throw new UserError(
        `dataset \`${dataset.name}\` reads the Iceberg table \`${location}\`, which cannot be copied to a temporary lake`,
        isOwn
          ? "a table that its own dataset reads cannot be compared: exclude the dataset with --datasets"
          : "add the dataset that writes the table to --datasets, or exclude this one",
      );
    }
}

async function copy(from: string, to: string): Promise<void> {
  if ((await stat(from).catch(() => undefined)) === undefined) return;
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { recursive: true, dereference: true });
}

async function link(from: string, to: string): Promise<void> {
  if ((await stat(from).catch(() => undefined)) === undefined) return; // the job reports a missing one
  await mkdir(dirname(to), { recursive: true });
  await symlink(from, to);
}
