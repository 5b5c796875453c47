/** Maps a plan's locations to folders of the lake. */

import type { DatasetPlan, Plan } from "../../compiler/plan/types.ts";
import { printable } from "../../compiler/show/text.ts";
import { folderOf } from "../lake-path.ts";
import type { ReporterContext } from "./terminal.ts";

/** Most folders that are named below one message. */
const MOST_NAMED = 3;

/** A message, followed by the folder of each location in it. */
export function withFolders(text: string, { plan, lake }: ReporterContext): string {
  if (lake === undefined || !text.includes("s3://")) return text;
  const notes: string[] = [];
  let left = text;
  for (const location of locationsOf(plan)) {
    if (notes.length === MOST_NAMED || !left.includes(printable(location))) continue;
    left = left.replaceAll(printable(location), "");
    notes.push(`  = note: \`${printable(location)}\` is \`${printable(folderOf(lake, location))}\` in this lake`);
  }
  return [text, ...notes].join("\n");
}

/** Longest first: one may be a folder of another. */
function locationsOf(plan: Plan): string[] {
  const datasets = [...plan.stages.flatMap((stage) => stage.datasets), ...plan.unstaged];
  const all = datasets.flatMap((each) => [
    ...(each.target ? [each.target.location] : []),
    ...readsOf(each).map(({ location }) => location),
  ]);
  return [...new Set(all)].sort((a, b) => b.length - a.length);
}

/** Tables that a dataset reads, in its SQL or its expectations. */
export function readsOf(dataset: DatasetPlan): { readonly location: string }[] {
  return [...dataset.reads, ...dataset.publish.expectations.flatMap(({ reads }) => reads)];
}
