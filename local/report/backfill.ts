/** Prints a backfill: a line per day, the details of a failed day, and a summary. */

import { counted } from "../../compiler/show/counted.ts";
import { printable } from "../../compiler/show/text.ts";
import type { DayResult } from "../run/backfill.ts";
import { warnings } from "../run/result.ts";
import type { RunEvent } from "../run/run.ts";
import { failedExpectations } from "./expectations.ts";
import { failures } from "./failures.ts";
import { ledgerLine, unkeptLine } from "./reporter.ts";
import { Shown } from "./shown.ts";
import { summaryTable } from "./summary.ts";
import { type Colours, coloursOf, type ReporterContext } from "./terminal.ts";

export interface BackfillReporter {
  readonly onEvent: (event: RunEvent) => void;
  readonly onDay: (day: string) => void;
  readonly onResult: (run: DayResult) => void;
  /** Restores the terminal. */
  readonly close: () => void;
}

/** Lines go to `results`, a status line to `stream` if it is a terminal. */
export function backfillReporter(
  stream: NodeJS.WriteStream,
  results: NodeJS.WriteStream,
  days: readonly string[],
  context: ReporterContext,
): BackfillReporter {
  const colours = coloursOf(results);
  const shown = new Shown();
  const clear = () => stream.isTTY === true && stream.write("\r\u001b[2K");
  return {
    onEvent: (event) => {
      if (event.kind === "job") shown.take(event.event);
      if (event.kind === "unkept") {
        clear();
        stream.write(`${unkeptLine(event.reason, coloursOf(stream))}\n`);
      }
      if (event.kind !== "job" || event.event.event !== "ledger_failed") return;
      const { name, message } = event.event;
      clear();
      stream.write(`${ledgerLine(printable(name), message, coloursOf(stream))}\n`);
    },
    onDay: (day) => {
      clear();
      if (stream.isTTY) stream.write(colours.dim(`${day}, ${days.indexOf(day) + 1} of ${days.length} …`));
    },
    onResult: (run) => {
      clear();
      if (run.status === "CANCELLED") return; // the command's last lines report it
      results.write(`${dayLine(run, colours)}\n`);
      if (run.status === "SUCCEEDED") return;
      for (const part of [
        summaryTable(run, colours),
        failures(run, context, colours, shown),
        failedExpectations(run, context, colours),
      ])
        if (part !== "") results.write(`\n${part}\n`);
    },
    close: clear,
  };
}

/** `2026-01-31  done    3 datasets, 0.4 s`. */
export function dayLine(run: DayResult, colours: Colours): string {
  const ran = run.stages.flatMap(({ datasets }) => datasets).filter(({ status }) => status !== "NOT_SELECTED");
  const done = ran.filter(({ status }) => ["SUCCEEDED", "COMMITTED", "SKIPPED"].includes(status));
  const repeated = done.filter((dataset) => dataset.repeated).length;
  const skipped = done.filter(({ status }) => status === "SKIPPED").length;
  const warned = done.flatMap(({ expectations }) => warnings(expectations)).length;
  const notes = [
    `${run.status === "SUCCEEDED" ? "" : `${done.length} of `}${counted(ran.length, "dataset")}`,
    ...(repeated > 0 ? [`${repeated === ran.length ? "all" : repeated} written earlier`] : []),
    ...(skipped > 0 ? [`${skipped === ran.length ? "all" : skipped} unchanged`] : []),
    ...(warned > 0 ? [counted(warned, "warning")] : []),
    `${run.seconds.toFixed(1)} s`,
  ];
  return `${Object.values(run.each).join()}  ${mark(run, repeated === ran.length, warned, colours)}${notes.join(", ")}`;
}

function mark(run: DayResult, kept: boolean, warned: number, colours: Colours): string {
  if (run.status !== "SUCCEEDED") return `${colours.red("failed")}  `;
  if (warned > 0) return `${colours.yellow("warned")}  `;
  return kept ? `${colours.dim("kept")}    ` : `${colours.green("done")}    `;
}
