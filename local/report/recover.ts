/** Text output of `strata recover`. */

import { counted } from "../../compiler/show/counted.ts";
import { lineUp, printable } from "../../compiler/show/text.ts";
import type { Recovered } from "../recover/recover.ts";

/** A line per dataset; ends in a newline. */
export function recoveredText(answers: readonly Recovered[]): string {
  const rows = answers.map((answer) => [printable(answer.dataset), outcome(answer)]);
  return lineUp(rows)
    .map((line) => `${line}\n`)
    .join("");
}

function outcome(answer: Recovered): string {
  const { action, generation, files, removed, message } = answer;
  const current = generation === undefined ? "nothing is committed yet" : `generation ${generation} is current`;
  const content = files === undefined ? current : `${current}, ${counted(files, "file")}`;
  const waste = counted(removed, "orphan file");
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
    case "would_rebuild":
      return `would be rebuilt; nothing was changed\n${rebuilding(answer)}\n  to accept this, run the command again with --yes`;
    case "rebuilt":
      return `rebuilt: ${content}\n${rebuilding(answer)}`;
    default:
      return `FAILED: ${printable(message ?? "no reason given")}`;
  }
}

/** The files that a rebuild takes, gives up and leaves. */
function rebuilding({ takes = [], gives_up = [], leaves = [], removes = [], remembers }: Recovered): string {
  const rows = takes.reduce((sum, each) => sum + each.rows, 0);
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${printable(line)}`)];
  return [
    ...list(
      `takes ${counted(takes.length, "file")} as its content, ${counted(rows, "row")}:`,
      takes.map((each) => `${each.file}  ${counted(each.rows, "row")}, ${counted(each.bytes, "byte")}`),
    ),
    ...list(
      `gives up ${counted(gives_up.length, "file")} permanently:`,
      gives_up.map(
        (each) => `${each.file}  ${each.rows === undefined ? "" : `${counted(each.rows, "row")}, `}${each.why}`,
      ),
    ),
    ...list(`leaves ${counted(leaves.length, "file")} of other writers, which it does not read:`, leaves),
    ...list(`removes ${counted(removes.length, "orphan file")} of interrupted or earlier runs:`, removes),
    remembers
      ? "  keeps the list of committed executions and earlier generations"
      : "  its record is unreadable: executions missing from it may run again, and earlier generations are lost",
  ].join("\n");
}

/** A table per dataset; ends in a newline. */
export function generationsText(answers: readonly Recovered[]): string {
  return answers.map(table).join("\n");
}

function table({ dataset, action, generations = [], message }: Recovered): string {
  if (action === "failed") return `${printable(dataset)}  FAILED: ${printable(message ?? "no reason given")}\n`;
  if (generations.length === 0) return `${printable(dataset)}  nothing is committed yet\n`;
  const head = ["generation", "time", "rows", "execution"];
  const rows = generations.map(({ generation, time, rows: count, execution }, index) => [
    `${generation}${index === 0 ? " current" : ""}`,
    time,
    count.toLocaleString("en-US"),
    execution === "" ? "-" : printable(execution),
  ]);
  const lines = lineUp([head, ...rows], (index) => index === 2);
  return `${[printable(dataset), ...lines.map((line) => `  ${line}`)].join("\n")}\n`;
}
