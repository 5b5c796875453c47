/** Failures: the dataset's name, the position in the SQL or of the expectation, the cause, a remedy. No stack traces. */

import type { DatasetPlan, ExpectationPlan } from "../../compiler/plan/types.ts";
import { renderFrame } from "../../compiler/show/render.ts";
import { printable } from "../../compiler/show/text.ts";
import type { DatasetError, DatasetResult, RunResult } from "../run/result.ts";
import { withFolders } from "./folders.ts";
import { isMissing, missingHelp } from "./missing.ts";
import type { Shown } from "./shown.ts";
import { changedSources } from "./source-changes.ts";
import type { Colours, ReporterContext } from "./terminal.ts";

/** Empty if nothing failed. */
export function failures(result: RunResult, context: ReporterContext, colours: Colours, shown: Shown): string {
  const failed = result.stages.flatMap(({ datasets }) => datasets).filter(({ error }) => error !== undefined);
  const parts = failed.map((dataset) => failure(dataset, context, colours, shown.of(dataset.name)));
  const located = (text: string) => withFolders(text, context);
  const crawlers = result.crawlers
    .filter(({ error }) => error !== undefined)
    .map(({ name, error }) =>
      located(`${colours.red("error")}: crawler \`${printable(name)}\`: ${printable(error ?? "")}`),
    );
  const execution =
    parts.length + crawlers.length === 0 && result.error
      ? [located(`${colours.red("error")}: ${executionCause(result.error)}`)]
      : [];
  return [...parts, ...crawlers, ...execution].join("\n\n");
}

function failure(
  { name, error, status, sourceChanges }: DatasetResult,
  context: ReporterContext,
  colours: Colours,
  shown: string | undefined,
): string {
  const dataset = context.plan.stages.flatMap((stage) => stage.datasets).find((each) => each.name === name);
  const head = `${status === "BLOCKED" ? colours.yellow("blocked") : colours.red("error")}: dataset \`${printable(name)}\`: ${printable(shown ?? error?.message ?? "")}`;
  const places = frames(dataset, error, context);
  const changed = changedSources(sourceChanges).map((text) => `  = note: ${text}`);
  return [withFolders(head, context), ...places, ...changed, ...help(error, dataset, context)].join("\n");
}

/** Position of the error: the expectation, or the SQL. Failed expectations have theirs in a separate list. */
function frames(dataset: DatasetPlan | undefined, error: DatasetResult["error"], context: ReporterContext): string[] {
  if (dataset === undefined || error?.class === "EXPECTATIONS_FAILED") return [];
  const { placeOfExpectation, textOf } = context;
  const blamed = dataset.publish.expectations.filter((each) => error && isBlamed(each, dataset, error));
  const places = blamed.flatMap(({ name }) => placeOfExpectation?.(dataset.name, name) ?? []);
  if (places.length > 0) return places.flatMap(({ file, line, column }) => frame(file, line, column, textOf));
  return frame(`sql/${dataset.sqlFile}`, error?.line, error?.column, textOf);
}

/** True if an expectation could not be computed, or its other dataset is missing. */
function isBlamed({ name, reads }: ExpectationPlan, dataset: DatasetPlan, error: DatasetError): boolean {
  if (error.class === "EXPECTATION_BROKEN")
    return [" cannot be computed", " is compared with"].some((words) => error.message.includes(name + words));
  if (!isMissing(error) || dataset.reads.some(({ location }) => error.message.endsWith(location))) return false;
  return reads.some(({ location }) => error.message.endsWith(location));
}

function frame(
  file: string | undefined,
  line: number | undefined,
  column: number | undefined,
  textOf: ReporterContext["textOf"],
): string[] {
  if (file === undefined) return [];
  if (line === undefined || column === undefined) return [` --> ${printable(file)}`];
  return renderFrame({ file, line, column, length: 1 }, textOf(file));
}

function help(error: DatasetResult["error"], dataset: DatasetPlan | undefined, context: ReporterContext): string[] {
  if (error?.class === "EXPECTATIONS_FAILED")
    return ["  = help: the target is unchanged; fix the SQL, its sources or the expectations listed below"];
  const text = isMissing(error) && error && dataset ? missingHelp(error.message, dataset, context) : undefined;
  return text === undefined ? [] : [`  = help: ${text}`];
}

/** Glue's JobRun is JSON; only its message is shown. */
function executionCause({ name, cause }: { readonly name: string; readonly cause: string }): string {
  try {
    const { ErrorMessage } = JSON.parse(cause) as { ErrorMessage?: string };
    return printable(ErrorMessage ?? cause);
  } catch {
    return printable(name.startsWith("States.") || name.startsWith("Strata.") ? cause : `${name}: ${cause}`);
  }
}
