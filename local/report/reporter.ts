/** Prints a run: progress, then a table, failures with their causes, and the engine. */

import { counted } from "../../compiler/show/counted.ts";
import { printable } from "../../compiler/show/text.ts";
import type { Continued } from "../run/keeping.ts";
import { warnings } from "../run/result.ts";
import type { RunEvent, RunResult } from "../run/run.ts";
import type { DatasetFinished } from "../worker/worker.ts";
import { failedExpectations } from "./expectations.ts";
import { failures } from "./failures.ts";
import { Shown } from "./shown.ts";
import { changedSources } from "./source-changes.ts";
import { summaryTable } from "./summary.ts";
import { type Colours, coloursOf, type ReporterContext } from "./terminal.ts";

export interface Reporter {
  readonly onEvent: (event: RunEvent) => void;
  /** Prints the summary; `resume`: the command that resumes a run that did not succeed. */
  readonly finish: (result: RunResult, resume?: string) => void;
  /** Restores the terminal. */
  readonly close: () => void;
}

/** Progress: a redrawn status line on a terminal, a line per event elsewhere. The summary goes to `results`. */
export function reporterFor(
  stream: NodeJS.WriteStream,
  results: NodeJS.WriteStream,
  context: ReporterContext,
): Reporter {
  const colours = coloursOf(stream);
  const live = stream.isTTY === true;
  const running = new Set<string>();
  const shown = new Shown();
  let stage = "";
  const clear = () => live && stream.write("\r\u001b[2K");
  const status = () =>
    live &&
    stream.write(
      oneLine(colours.dim(running.size > 0 ? `${stage}: ${[...running].join(", ")} …` : ""), stream.columns),
    );
  const line = (text: string) => {
    clear();
    stream.write(`${text}\n`);
    status();
  };
  return {
    onEvent: (event) => {
      switch (event.kind) {
        case "engine":
          return;
        case "continued":
          line(continuedLine(event.execution, event.continued));
          return;
        case "unkept":
          line(unkeptLine(event.reason, colours));
          return;
        case "crawler":
          line(crawlerLine(event.result.name, event.result.tables.length, event.result.error));
          for (const text of event.result.warnings ?? []) line(`  ${colours.yellow("warning")}: ${printable(text)}`);
          return;
        case "broken":
          running.clear();
          line(`${event.cancelled ? colours.yellow("cancelled") : colours.red("failed")} ${printable(event.stage)}`);
          return;
        case "job":
          onJob(event);
      }
    },
    finish: (result, resume) => {
      clear();
      const ending = coloursOf(results);
      results.write(`\n${summaryTable(result, ending)}\n`);
      for (const part of [failures(result, context, ending, shown), failedExpectations(result, context, ending)])
        if (part !== "") results.write(`\n${part}\n`);
      results.write(
        `\n${printable(result.execution)}: ${result.status === "SUCCEEDED" ? ending.green("SUCCEEDED") : ending.red(result.status)} in ${result.seconds.toFixed(1)} s\n`,
      );
      if (resume !== undefined) results.write(`To resume: ${resume}\n`);
      if (context.namesEngine !== false) results.write(`Engine: ${result.engine ?? "none"}\n`);
    },
    close: clear,
  };

  function onJob({ stage: name, event }: Extract<RunEvent, { kind: "job" }>): void {
    const dataset = "name" in event ? printable(event.name) : "";
    shown.take(event);
    if (event.event === "job_started") {
      stage = printable(name);
      line(colours.bold(`stage ${stage}`));
    } else if (event.event === "dataset_started") {
      running.add(dataset);
      clear();
      status();
    } else if (event.event === "dataset_finished") {
      running.delete(dataset);
      if (event.status !== "NOT_SELECTED") line(`  ${datasetLine(dataset, event, colours)}`);
      for (const text of event.warnings ?? []) line(`    ${colours.yellow("warning")}: ${printable(text)}`);
      for (const text of changedSources(event.source_changes)) line(`    ${colours.yellow("changed")}: ${text}`);
    } else if (event.event === "ledger_failed") line(`  ${ledgerLine(dataset, event.message, colours)}`);
    else if (event.event === "job_finished") running.clear();
  }
}

function datasetLine(name: string, event: DatasetFinished, colours: Colours): string {
  const seconds = `${event.seconds.toFixed(1)} s`;
  const rows = counted(event.rows ?? 0, "row");
  const warned = warnings(event.expectations).length;
  if (event.status === "SKIPPED") return `${colours.dim("skipped")} ${name}  ${rows}, unchanged`;
  if (event.repeated === true) return `${colours.dim("kept")}    ${name}  ${rows}, written earlier by this execution`;
  if (event.status === "SUCCEEDED" && warned > 0)
    return `${colours.yellow("warned")}  ${name}  ${rows}, ${seconds}, ${counted(warned, "expectation")} failed`;
  if (event.status === "SUCCEEDED") return `${colours.green("done")}    ${name}  ${rows}, ${seconds}`;
  if (event.error?.class === "PUBLISH_INTERRUPTED")
    return `${colours.yellow("committed")} ${name}  ${rows}, not promoted`;
  if (event.status === "BLOCKED") return `${colours.yellow("blocked")} ${name}`;
  return `${colours.red("failed")}  ${name}, ${seconds}`;
}

/** A warning, since the run's result does not depend on the ledger. */
export function ledgerLine(name: string, message: string, colours: Colours): string {
  return `${colours.yellow("warning")} cannot write or read the ledger record of ${name}: ${printable(message)}`;
}

/** One line: the datasets that a resumed execution need not write again. */
export function continuedLine(execution: string, { committed, sqlChanged }: Continued): string {
  const names = (all: readonly string[]) => all.map(printable).join(", ");
  const done =
    committed.length === 0
      ? "nothing is committed yet"
      : `${counted(committed.length, "dataset")} ${committed.length === 1 ? "is" : "are"} committed and ${committed.length === 1 ? "counts" : "count"} as done: ${names(committed)}`;
  const changed = sqlChanged.length === 0 ? "" : `; the SQL has changed since the commit of ${names(sqlChanged)}`;
  return `resuming ${printable(execution)}; ${done}${changed}`;
}

/** A warning, since the run does not depend on its record. */
export function unkeptLine(reason: string, colours: Colours): string {
  return `${colours.yellow("warning")} cannot record this execution, so \`--execution\` will not find it: ${printable(reason)}`;
}

function crawlerLine(name: string, tables: number, error: string | undefined): string {
  return error === undefined
    ? `crawler ${printable(name)}: ${counted(tables, "table")}`
    : `crawler ${printable(name)} failed: ${printable(error)}`;
}

/** At most one line, so that it can be erased. */
function oneLine(text: string, columns = 80): string {
  return text.length < columns ? text : `${text.slice(0, columns - 2)}…`;
}
