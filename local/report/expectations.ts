/** Expectations that failed: name, severity, how many rows, where some of them lie. Never the rows themselves. */

import type { DatasetResult, ExpectationResult, RunResult } from "../run/result.ts";
import { type coloursOf, printable } from "./terminal.ts";

type Colours = ReturnType<typeof coloursOf>;

/** One block a dataset with failed expectations; empty if there is none. */
export function failedExpectations(result: RunResult, colours: Colours): string {
  return result.stages
    .flatMap(({ datasets }) => datasets)
    .flatMap((dataset) => block(dataset, colours))
    .join("\n\n");
}

function block({ name, expectations }: DatasetResult, colours: Colours): string[] {
  const failed = expectations.filter(({ status }) => status === "FAILED");
  if (failed.length === 0) return [];
  const head = `expectations of \`${printable(name)}\` that failed:`;
  return [[head, ...failed.flatMap((each) => lines(each, colours))].join("\n")];
}

function lines(expectation: ExpectationResult, colours: Colours): string[] {
  const { name, severity, sample } = expectation;
  const mark = severity === "error" ? colours.red("error  ") : colours.yellow("warning");
  const told = `  ${mark} ${printable(name)}: ${measure(expectation)}`;
  return sample === undefined ? [told] : [told, `          some of them: ${printable(sample)}`];
}

/** What was counted or measured. */
function measure({ kind, failing, observed }: ExpectationResult): string {
  if (failing !== null) return `${failing.toLocaleString("en-US")} ${failing === 1 ? "row" : "rows"}`;
  if (observed === undefined) {
    return kind === "freshness" ? "no time to look at" : "it cannot be computed; the job's log says why";
  }
  return kind === "freshness"
    ? `the newest row is ${observed.toLocaleString("en-US")} seconds old`
    : `the result has ${observed.toLocaleString("en-US")} ${observed === 1 ? "row" : "rows"}`;
}
