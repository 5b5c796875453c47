/** Remedies for a missing source: the dataset and command that write it, or similar folders in the lake. */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { nearest } from "../../compiler/nearest.ts";
import type { DatasetPlan } from "../../compiler/plan/types.ts";
import { printable } from "../../compiler/show/text.ts";
import { folderOf } from "../lake-path.ts";
import { readsOf } from "./folders.ts";
import type { ReporterContext } from "./terminal.ts";

/** Most folders that are listed. */
const MOST_LISTED = 8;

/** One line; undefined if the message already has a remedy. */
export function missingHelp(message: string, dataset: DatasetPlan, context: ReporterContext): string | undefined {
  const location = readsOf(dataset).find((each) => message.endsWith(each.location))?.location;
  if (location === undefined) return undefined;
  const sample = context.commands?.data(location);
  const help = writerHelp(location, context) ?? (sample && `write the sample's raw tables: ${sample}`);
  if (help !== undefined) return help;
  const near = context.lake === undefined ? "" : nearHelp(context.lake, location);
  return `${near}put the table's Parquet files there, or correct \`s3_path\``;
}

function writerHelp(location: string, { plan, others = [], commands }: ReporterContext): string | undefined {
  const writes = ({ target }: DatasetPlan) => target?.location === location;
  for (const each of [plan, ...others]) {
    const stage = each.stages.find(({ datasets }) => datasets.some(writes));
    const writer = stage?.datasets.find(writes);
    if (stage === undefined || writer === undefined) continue;
    const where = each === plan ? "" : ` of pipeline \`${printable(each.pipeline)}\``;
    const command = commands && `: ${commands.run(each.pipeline, writer.name)}`;
    return `dataset \`${printable(writer.name)}\` (stage \`${printable(stage.name)}\`${where}) writes it; run that first${command ?? ""}`;
  }
  return unstagedHelp([plan, ...others].flatMap(({ unstaged }) => unstaged).find(writes));
}

function unstagedHelp(writer: DatasetPlan | undefined): string | undefined {
  return writer && `dataset \`${printable(writer.name)}\` writes it but is in no stage: add it to \`etl_stages.json\``;
}

/** A folder with a similar name, the same folder in another bucket, or the existing ones; empty, or ends in a space. */
function nearHelp(lake: string, location: string): string {
  if (isFolder(folderOf(lake, location))) return "";
  const segments = location.slice("s3://".length).replace(/\/$/, "").split("/");
  const near = nearestFolder(lake, segments);
  const elsewhere = foldersIn(lake).map((bucket) => [bucket, ...segments.slice(1)]);
  const found = near.length === segments.length ? near : elsewhere.find((each) => isFolder(join(lake, ...each)));
  return found === undefined
    ? listing(lake, near, segments[near.length] ?? "")
    : `did you mean \`${address(found)}\`? If not, `;
}

/** The folders of a path as far as they exist, each by its name or the nearest one. */
function nearestFolder(lake: string, segments: readonly string[]): string[] {
  const found: string[] = [];
  for (const name of segments) {
    const folder = join(lake, ...found);
    const there = isFolder(join(folder, name)) ? name : nearest(name, foldersIn(folder));
    if (there === undefined) break;
    found.push(there);
  }
  return found;
}

/** The folders that exist instead of a missing one. */
function listing(lake: string, before: readonly string[], name: string): string {
  const place = before.length === 0 ? `the lake \`${printable(lake)}\`` : `\`${address(before)}\``;
  const folders = foldersIn(join(lake, ...before));
  if (folders.length === 0) return `${place} has no folder; `;
  const listed = folders.slice(0, MOST_LISTED).map((each) => `\`${printable(each)}\``);
  const more = folders.length - MOST_LISTED;
  return `${place} has no ${before.length === 0 ? "bucket" : "folder"} \`${printable(name)}\`, only ${listed.join(", ")}${more > 0 ? ` and ${more.toLocaleString("en-US")} more` : ""}; `;
}

function address(segments: readonly string[]): string {
  return printable(`s3://${segments.join("/")}/`);
}

/** Names of folders, sorted, without those that engines skip. A bucket may be a link. */
function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !/^[._]/.test(name) && isFolder(join(folder, name)))
      .sort();
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** True for an error about a missing table. */
export function isMissing(error: { readonly class: string } | undefined): boolean {
  return error?.class === "SOURCE_MISSING" || error?.class === "SOURCE_EMPTY";
}
