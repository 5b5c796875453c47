/** What failed and why: the dataset's name, the SQL frame if the engine gives a place, the cause. No stack traces. */

import type { DatasetResult, RunResult } from "../run/result.ts";
import type { Shown } from "./shown.ts";
import { type coloursOf, printable, type ReporterContext } from "./terminal.ts";

type Colours = ReturnType<typeof coloursOf>;

/** Empty if nothing failed. */
export function failures(result: RunResult, context: ReporterContext, colours: Colours, shown: Shown): string {
  const failed = result.stages.flatMap(({ datasets }) => datasets).filter(({ error }) => error !== undefined);
  const parts = failed.map((dataset) => failure(dataset, context, colours, shown.of(dataset.name)));
  const crawlers = result.crawlers
    .filter(({ error }) => error !== undefined)
    .map(({ name, error }) => `${colours.red("error")}: crawler \`${printable(name)}\`: ${printable(error ?? "")}`);
  const execution =
    parts.length + crawlers.length === 0 && result.error
      ? [`${colours.red("error")}: ${executionCause(result.error)}`]
      : [];
  return [...parts, ...crawlers, ...execution].join("\n\n");
}

function failure(
  { name, error, status }: DatasetResult,
  { plan, textOf }: ReporterContext,
  colours: Colours,
  shown: string | undefined,
): string {
  const dataset = plan.stages.flatMap((stage) => stage.datasets).find((each) => each.name === name);
  const file = dataset === undefined ? undefined : `sql/${dataset.sqlFile}`;
  const head = `${status === "BLOCKED" ? colours.yellow("blocked") : colours.red("error")}: dataset \`${printable(name)}\`: ${printable(shown ?? error?.message ?? "")}`;
  return [head, ...frame(file, error?.line, error?.column, textOf), ...help(error)].join("\n");
}

function frame(
  file: string | undefined,
  line: number | undefined,
  column: number | undefined,
  textOf: ReporterContext["textOf"],
): string[] {
  if (file === undefined) return [];
  if (line === undefined || column === undefined) return [` --> ${printable(file)}`];
  const text = textOf(file)?.split(/\r\n|\n|\r/)[line - 1] ?? "";
  const margin = " ".repeat(String(line).length);
  return [
    `${margin}--> ${printable(file)}:${line}:${column}`,
    `${line} | ${printable(text.replaceAll("\t", " "))}`,
    `${margin} | ${" ".repeat(column - 1)}^`,
  ];
}

function help(error: DatasetResult["error"]): string[] {
  // The stage that would have to be run is the one that failed; its message has the remedy.
  if (error === undefined || error.message.startsWith(OWN_TARGET)) return [];
  const text = HELP[error.class];
  return text === undefined ? [] : [`  = help: ${text}`];
}

const THERE =
  "put its Parquet files there, or run the stage that writes it; the sample's raw tables come by `strata data`";

/** How the job begins its message about a dataset whose missing source is its own target, `glue/strata_glue/dataset.py`. */
const OWN_TARGET = "the dataset reads its own target";

/** By the job's error classes, `glue/strata_glue/errors.py`. */
const HELP: Readonly<Record<string, string>> = {
  SOURCE_MISSING: THERE,
  SOURCE_EMPTY: THERE,
  EXPECTATIONS_FAILED: "the old content stands; see below what failed, and correct the SQL or its sources",
};

/** Glue's JobRun comes as JSON; its message is what counts. */
function executionCause({ name, cause }: { readonly name: string; readonly cause: string }): string {
  try {
    const { ErrorMessage } = JSON.parse(cause) as { ErrorMessage?: string };
    return printable(ErrorMessage ?? cause);
  } catch {
    return printable(name.startsWith("States.") || name.startsWith("Strata.") ? cause : `${name}: ${cause}`);
  }
}
