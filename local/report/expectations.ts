/** Failed expectations: name, severity, number of rows, path of the sample. Never the rows themselves. */

import type { Place } from "../../compiler/diagnostics.ts";
import { counted } from "../../compiler/show/counted.ts";
import { printable } from "../../compiler/show/text.ts";
import type { DatasetResult, ExpectationResult, RunResult } from "../run/result.ts";
import type { Colours, ReporterContext } from "./terminal.ts";

/** One block per dataset with failed expectations; empty if there is none. */
export function failedExpectations(result: RunResult, context: ReporterContext, colours: Colours): string {
  return result.stages
    .flatMap(({ datasets }) => datasets)
    .flatMap((dataset) => block(dataset, context, colours))
    .join("\n\n");
}

function block(
  { name, expectations }: DatasetResult,
  { placeOfExpectation }: ReporterContext,
  colours: Colours,
): string[] {
  const failed = expectations.filter(({ status }) => status === "FAILED");
  if (failed.length === 0) return [];
  const head = `expectations of \`${printable(name)}\` that failed:`;
  return [[head, ...failed.flatMap((each) => lines(each, placeOfExpectation?.(name, each.name), colours))].join("\n")];
}

function lines(expectation: ExpectationResult, place: Place | undefined, colours: Colours): string[] {
  const { name, severity, sample } = expectation;
  const mark = severity === "error" ? colours.red("error  ") : colours.yellow("warning");
  const line = `  ${mark} ${printable(name)}: ${measure(expectation)}`;
  return [
    line,
    ...(place === undefined ? [] : [`          --> ${printable(place.file)}:${place.line}:${place.column}`]),
    ...(sample === undefined ? [] : [`          sample: ${printable(sample)}`]),
  ];
}

/** The job's count, or its reason for a failure. */
function measure({ failing, reason }: ExpectationResult): string {
  if (failing !== null) return counted(failing, "row");
  return printable(reason ?? "it cannot be computed");
}
