/** What `strata recover` did, in words. */

import { counted } from "../../compiler/present/counted.ts";
import type { Recovered } from "../recover/recover.ts";
import { printable } from "./terminal.ts";

/** A line a dataset; ends in a newline. */
export function recoveredText(answers: readonly Recovered[]): string {
  const width = Math.max(0, ...answers.map(({ dataset }) => printable(dataset).length));
  return answers.map((answer) => `${printable(answer.dataset).padEnd(width)}  ${told(answer)}\n`).join("");
}

function told({ action, generation, files, removed, message }: Recovered): string {
  const stands = generation === undefined ? "nothing is committed yet" : `generation ${generation} stands`;
  const content = files === undefined ? stands : `${stands}, ${counted(files, "file")}`;
  const waste = counted(removed, "leftover");
  switch (action) {
    case "nothing":
      return `whole, nothing to do: ${content}${message === undefined ? "" : `; ${printable(message)}`}`;
    case "finished":
      return `an interrupted publish is finished: ${content}${removed > 0 ? `; ${waste} of interrupted runs removed` : ""}`;
    case "cleaned":
      return `${waste} of interrupted runs removed: ${content}`;
    case "restored":
      return `the earlier content is back, as a new generation: ${content}`;
    case "rolled_back":
      return `the earlier snapshot is current again, under its own number: ${content}`;
    default:
      return `FAILED: ${printable(message ?? "no reason given")}`;
  }
}

/** A table a dataset; ends in a newline. */
export function generationsText(answers: readonly Recovered[]): string {
  return answers.map(table).join("\n");
}

function table({ dataset, action, generations = [], message }: Recovered): string {
  if (action === "failed") return `${printable(dataset)}  FAILED: ${printable(message ?? "no reason given")}\n`;
  if (generations.length === 0) return `${printable(dataset)}  nothing is committed yet\n`;
  const head = ["generation", "time", "rows", "execution"];
  const rows = generations.map(({ generation, time, rows: count, execution }, index) => [
    `${generation}${index === 0 ? " stands" : ""}`,
    time,
    count.toLocaleString("en-US"),
    execution === "" ? "-" : printable(execution),
  ]);
  const widths = head.map((title, index) => Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, index) => (index === 2 ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0))).join("  ")}`.trimEnd();
  return `${[printable(dataset), line(head), ...rows.map(line)].join("\n")}\n`;
}
