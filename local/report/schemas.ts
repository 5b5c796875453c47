/** The result of `strata schemas` as text and as JSON. */

import { counted } from "../../compiler/show/counted.ts";
import { lineUp, printable } from "../../compiler/show/text.ts";
import type { SourceReport, SourceStatus } from "../schemas/compare.ts";

/** What was done about a source's declaration: written, or why not; nothing where nothing was asked or needed. */
export interface Written {
  readonly isWritten: boolean;
  readonly refused?: string | undefined;
}

const MARKS: Readonly<Record<SourceStatus, string>> = {
  EQUAL: "equal",
  DIFFERENT: "differs",
  UNDECLARED: "undeclared",
  DERIVED: "derived",
  FAILED: "failed",
};

/** A line a source, its differences below it, a count, and what to do. `file`: the pipeline's `pipeline.yaml`. */
export function schemasText(
  reports: readonly SourceReport[],
  writtenOf: (report: SourceReport) => Written,
  file: string,
): string {
  if (reports.length === 0) return "no sources: every table that the pipeline reads is written by its own datasets\n";
  const heads = lineUp(
    reports.map((each) => [markOf(each, writtenOf(each)), printable(each.source.name), noteOf(each)]),
  );
  const lines = reports.flatMap((each, index) => {
    const { refused } = writtenOf(each);
    const below = [
      ...each.differences.map(({ kind, text }) => (kind === "new" ? `new: ${text}` : text)),
      ...(refused === undefined ? [] : [`not written: ${refused}`]),
    ];
    return [heads[index], ...below.map((text) => `  ${printable(text)}`)];
  });
  return [...lines, "", countOf(reports, writtenOf), ...endOf(reports, writtenOf, printable(file)), ""].join("\n");
}

function endOf(reports: readonly SourceReport[], writtenOf: (report: SourceReport) => Written, file: string): string[] {
  const open = reports.filter(({ status }) => status === "DIFFERENT" || status === "UNDECLARED").map(writtenOf);
  if (open.some(({ isWritten }) => isWritten)) return [`wrote ${file}`];
  return open.some(({ refused }) => refused === undefined)
    ? [`help: \`strata schemas --write\` declares in ${file} what is there`]
    : [];
}

function markOf({ status }: SourceReport, { isWritten }: Written): string {
  return isWritten ? "written" : MARKS[status];
}

function noteOf({ status, source, columns, error }: SourceReport): string {
  if (status === "FAILED") return printable(error ?? "");
  const { writer, location } = source;
  const by = writer && `by dataset \`${writer.dataset}\` of pipeline \`${writer.pipeline}\``;
  const found = `${counted(columns.length, "column")} in ${location.location}`;
  return printable([...(status === "DERIVED" ? [] : [found]), ...(by === undefined ? [] : [by])].join(", "));
}

function countOf(reports: readonly SourceReport[], writtenOf: (report: SourceReport) => Written): string {
  const counts = Map.groupBy(reports, (each) => markOf(each, writtenOf(each)));
  const parts = [...counts].map(([mark, each]) => `${each.length} ${mark}`);
  return `${counted(reports.length, "source")}: ${parts.join(", ")}`;
}

/** For programs. */
export function schemasJson(
  pipeline: string,
  reports: readonly SourceReport[],
  writtenOf: (report: SourceReport) => Written,
): object {
  return {
    version: 1,
    pipeline,
    sources: reports.map((report) => {
      const { source, status, columns, differences, error } = report;
      const { isWritten, refused } = writtenOf(report);
      return {
        ...{ table: source.name, location: source.location.location, status, columns },
        differences: differences.map(({ text: _, ...each }) => each),
        ...(error !== undefined && { error }),
        ...(isWritten && { written: true }),
        ...(refused !== undefined && { refused }),
      };
    }),
  };
}
