/** The table at the end of a run. */

import { counted } from "../../compiler/show/counted.ts";
import { lineUp, printable } from "../../compiler/show/text.ts";
import { type DatasetResult, type RunResult, type StageResult, warnings } from "../run/result.ts";
import type { Colours } from "./terminal.ts";

/** A row per dataset that ran, grouped by stage; the others are counted in one line. */
export function summaryTable(result: RunResult, colours: Colours): string {
  const head = ["dataset", "status", "rows", "size", "seconds"];
  const shown = result.stages.flatMap(({ datasets }) => datasets.filter(({ status }) => status !== "NOT_SELECTED"));
  const rows = shown.map(rowOf);
  const [title = "", ...lines] = rows.length === 0 ? [] : lineUp([head, ...rows], (index) => index >= 2);
  const table =
    rows.length === 0 ? [] : [colours.bold(title), ...lines.map((line, index) => paint(line, shown[index], colours))];
  return [...table, ...left(result.stages)].join("\n");
}

function paint(text: string, dataset: DatasetResult | undefined, colours: Colours): string {
  if (dataset?.status === "FAILED") return colours.red(text);
  const isIncomplete = ["BLOCKED", "NOT_RUN", "COMMITTED"].includes(dataset?.status ?? "");
  if (isIncomplete || warnings(dataset?.expectations ?? []).length > 0) return colours.yellow(text);
  return dataset?.status === "SKIPPED" || dataset?.repeated ? colours.dim(text) : text;
}

/** The status, and notes on a committed dataset. */
function statusOf({ status, expectations, repeated }: DatasetResult): string {
  const warned = warnings(expectations).length;
  if (warned > 0) return `${status}, ${counted(warned, "warning")}`;
  if (status === "SKIPPED") return "SKIPPED, unchanged";
  return repeated ? `${status} before` : status;
}

function rowOf(dataset: DatasetResult): string[] {
  const rows = dataset.rows === null ? "" : dataset.rows.toLocaleString("en-US");
  const size = dataset.target === null || dataset.bytes === null ? "" : humanSize(dataset.bytes);
  return [printable(dataset.name), statusOf(dataset), rows, size, dataset.seconds.toFixed(2)];
}

function left(stages: readonly StageResult[]): string[] {
  const notSelected = stages
    .flatMap((stage) => stage.datasets)
    .filter(({ status }) => status === "NOT_SELECTED").length;
  const notRun = stages.filter(({ status }) => status === "NOT_RUN").map(({ name }) => printable(name));
  return [
    ...(notSelected > 0 ? [`not selected: ${counted(notSelected, "dataset")}`] : []),
    ...(notRun.length > 0 ? [`not run: stage ${notRun.join(", ")}`] : []),
  ];
}

function humanSize(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return power === 0 ? `${bytes} B` : `${(bytes / 1024 ** power).toFixed(1)} ${units[power]}`;
}
