/** The table at the end of a run. */

import type { DatasetResult, RunResult, StageResult } from "../run/result.ts";
import { type coloursOf, printable } from "./terminal.ts";

type Colours = ReturnType<typeof coloursOf>;

/** A row a dataset that ran, grouped by stage; what did not run is counted in one line. */
export function summaryTable(result: RunResult, colours: Colours): string {
  const head = ["dataset", "status", "rows", "size", "seconds"];
  const rows = result.stages.flatMap((stage) =>
    stage.datasets.filter(({ status }) => status !== "NOT_SELECTED").map(rowOf),
  );
  const widths = head.map((title, index) => Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => (index < 2 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join("  ");
  const paint = (text: string, row: readonly string[]) =>
    row[1] === "FAILED" ? colours.red(text) : row[1] === "BLOCKED" ? colours.yellow(text) : text;
  const table = rows.length === 0 ? [] : [colours.bold(line(head)), ...rows.map((row) => paint(line(row), row))];
  return [...table, ...left(result.stages)].join("\n");
}

function rowOf(dataset: DatasetResult): string[] {
  const rows = dataset.rows === null ? "" : dataset.rows.toLocaleString("en-US");
  const size = dataset.target === null || dataset.bytes === null ? "" : humanSize(dataset.bytes);
  return [printable(dataset.name), dataset.status, rows, size, dataset.seconds.toFixed(2)];
}

function left(stages: readonly StageResult[]): string[] {
  const notSelected = stages
    .flatMap((stage) => stage.datasets)
    .filter(({ status }) => status === "NOT_SELECTED").length;
  const notRun = stages.filter(({ status }) => status === "NOT_RUN").map(({ name }) => printable(name));
  return [
    ...(notSelected > 0 ? [`not selected: ${notSelected} dataset${notSelected === 1 ? "" : "s"}`] : []),
    ...(notRun.length > 0 ? [`not run: stage ${notRun.join(", ")}`] : []),
  ];
}

function humanSize(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return power === 0 ? `${bytes} B` : `${(bytes / 1024 ** power).toFixed(1)} ${units[power]}`;
}
