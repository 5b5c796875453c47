/**
 * Diagnostics: a user's mistake as a value, with a place and a remedy. Only our own bugs throw.
 *
 * Codes go by area — `S` syntax, `C` configuration, `Q` SQL, `G` graph, `L` limits, `P` permissions, `E` expectations, `W` writing, `D` deployment — with three digits.
 * Every code is documented in `docs/diagnostics.md`, which a test holds against the code.
 */

import { CODES, type Code, type Severity } from "./codes.ts";

export type { Severity };

/** A place in a file of the root. */
export interface Place {
  /** Relative to the root, with `/`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units as editors count. */
  readonly column: number;
  /** Number of UTF-16 units from `column` that the message is about; at least 1. */
  readonly length: number;
}

/** The top of a file, for a mistake that has no place of its own. */
export function topOf(file: string): Place {
  return { file, line: 1, column: 1, length: 1 };
}

/** A second place that helps to understand a diagnostic. */
export interface Note {
  readonly place: Place;
  /** Lower case, no full stop. */
  readonly message: string;
}

/** A position in a file, in UTF-16 units as editors count; a byte order mark counts for nothing. */
export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** From a position to the one behind the last character; equal for an insertion. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** A text that replaces a range of a file. */
export interface Edit {
  /** Relative to the root, with `/`. */
  readonly file: string;
  readonly range: Range;
  readonly text: string;
}

/** A change that corrects a mistake: all of its edits, or none. */
export interface Fix {
  /** True where it means what the author meant in any case: `strata check --fix` applies it. Others are only offered. */
  readonly safe: boolean;
  /** The change in the imperative: lower case, no full stop, names in backticks. */
  readonly title: string;
  /** None overlaps another. */
  readonly edits: readonly Edit[];
}

/** One mistake. */
export interface Diagnostic extends Place {
  /** Area letter and three digits, for example `G301`. */
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong: lower case, no full stop, names in backticks. */
  readonly message: string;
  /** The one change to make. */
  readonly help: string;
  readonly notes: readonly Note[];
  /** The likeliest first. */
  readonly fixes: readonly Fix[];
}

/** What differs from rule to rule when a diagnostic is made. */
export interface Finding {
  readonly code: Code;
  /** The catalogue's, unless it is lowered. */
  readonly severity?: Severity | undefined;
  readonly at: Place;
  readonly message: string;
  readonly help: string;
  readonly notes?: readonly Note[];
  readonly fixes?: readonly Fix[] | undefined;
}

/** Makes a diagnostic, of the catalogue's severity unless the finding says otherwise. */
export function diagnostic(finding: Finding): Diagnostic {
  const { file, line, column, length } = finding.at;
  return Object.freeze({
    code: finding.code,
    severity: finding.severity ?? CODES[finding.code].severity,
    message: finding.message,
    file,
    line,
    column,
    length,
    help: finding.help,
    notes: finding.notes ?? [],
    fixes: finding.fixes ?? [],
  });
}

/** Order in which diagnostics are shown: by file, line, column, code, message; independent of locale. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) =>
      compareText(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compareText(a.code, b.code) ||
      compareText(a.message, b.message),
  );
}

/** Sorted, and each once: a conflict of two pipelines is reported to both. */
export function unique(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(sortDiagnostics(diagnostics).map((each) => [JSON.stringify(each), each])).values()];
}

/** True when one of them is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((each) => each.severity === "error");
}

/** Compares by UTF-16 code units: the same everywhere, unlike `localeCompare`. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
