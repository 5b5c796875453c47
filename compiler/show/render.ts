/** Diagnostics as text, in rustc's form: headline, place, the line with carets, label, help. Pure: the caller brings the texts. */

import type { Diagnostic, Place } from "../diagnostics.ts";
import { counted } from "./counted.ts";
import { printable, widthOf } from "./text.ts";

/** How to colour; identity functions where there is no terminal. */
export interface Palette {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly note: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly dim: (text: string) => string;
}

/** No colours. */
export const PLAIN: Palette = { error: same, warning: same, note: same, strong: same, dim: same };

/** A line longer than this is shown around its caret only. */
const WIDEST = 160;

/** More places of one mistake than this are counted only. */
const MOST_PLACES = 20;

/** All diagnostics, a blank line between two; those that say the same are one block with all their places. `textOf` gives a file's text; without it only the place is shown. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  textOf: (file: string) => string | undefined,
  palette: Palette = PLAIN,
): string {
  const groups = Map.groupBy(diagnostics, ({ code, severity, message, help, notes, fixes }) =>
    JSON.stringify([code, severity, message, help, notes.map((note) => note.message), fixes.map(({ title }) => title)]),
  );
  return [...groups.values()].map((same) => renderGroup(same, textOf, palette)).join("\n\n");
}

/** "2 errors, 1 warning and 1 note", or "no errors". */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const parts = (["error", "warning", "note"] as const)
    .map((severity) => count(diagnostics.filter((each) => each.severity === severity).length, severity))
    .filter((part) => part !== "");
  const last = parts.pop();
  if (last === undefined) return "no errors";
  return parts.length === 0 ? last : `${parts.join(", ")} and ${last}`;
}

function count(number: number, word: string): string {
  return number === 0 ? "" : counted(number, word);
}

/** Diagnostics with one code, message and help: the first in full, of the others the place. */
function renderGroup(
  [each, ...others]: readonly Diagnostic[],
  textOf: (file: string) => string | undefined,
  palette: Palette,
): string {
  if (each === undefined) return "";
  const paint = palette[each.severity];
  const gutter = Math.max(...[each, ...each.notes.map(({ place }) => place)].map(({ line }) => String(line).length));
  const margin = " ".repeat(gutter);
  const frame = (place: Place, mark: string, label: string, arrow: string) =>
    renderFrame(place, textOf(place.file), { mark, label, arrow, gutter, palette });
  return [
    `${paint(`${each.severity}[${each.code}]`)}${palette.strong(`: ${printable(each.message)}`)}`,
    ...frame(each, paint("^"), "", "-->"),
    ...each.notes.flatMap((note) => frame(note.place, "-", printable(note.message), ":::")),
    ...others
      .slice(0, MOST_PLACES)
      .map(({ file, line, column }) => `${margin}${palette.dim(":::")} ${printable(file)}:${line}:${column} the same`),
    ...(others.length > MOST_PLACES
      ? [`${margin}${palette.dim(":::")} the same at ${counted(others.length - MOST_PLACES, "more place")}`]
      : []),
    `${margin} ${palette.dim("=")} help: ${printable(each.help)}`,
    // Fixes that are only offered are what the help says.
    ...each.fixes
      .filter(({ safe }) => safe)
      .map(({ title }) => `${margin} ${palette.dim("=")} fix: ${printable(title)} (\`strata check --fix\`)`),
  ].join("\n");
}

/** How a frame marks its place. */
export interface FrameMark {
  /** One character that is repeated below the place, painted or not. */
  readonly mark?: string;
  /** The words beside the mark, or beside the place where there is no line. */
  readonly label?: string;
  readonly arrow?: string;
  /** Columns for line numbers; default: as many as this one takes. */
  readonly gutter?: number;
  readonly palette?: Palette;
}

/** A place, its line and a mark below it; the place alone where the text is not known or the line is empty. */
export function renderFrame(
  place: Place,
  text: string | undefined,
  { mark = "^", label = "", arrow = "-->", gutter = String(place.line).length, palette = PLAIN }: FrameMark = {},
): string[] {
  const margin = " ".repeat(gutter);
  const head = `${margin}${palette.dim(arrow)} ${printable(place.file)}:${place.line}:${place.column}`;
  const line = text?.split(/\r\n|\n|\r/)[place.line - 1];
  if (line === undefined || line.trim() === "") return label === "" ? [head] : [`${head} ${label}`];
  const start = Math.max(0, Math.min(place.column - 1 - WIDEST / 2, line.length - WIDEST));
  const shown = line.slice(start, start + WIDEST);
  const before = shown.slice(0, place.column - 1 - start);
  const carets = Math.max(1, widthOf(expand(shown.slice(before.length, before.length + place.length))));
  const under = `${" ".repeat(widthOf(expand(before)))}${mark.replace(/[\^-]/, (sign) => sign.repeat(carets))}`;
  return [
    head,
    `${palette.dim(`${String(place.line).padStart(gutter)} |`)} ${expand(shown)}`,
    `${palette.dim(`${margin} |`)} ${under}${label === "" ? "" : ` ${label}`}`,
  ];
}

/** A line as it is shown; a tab takes four columns. */
function expand(text: string): string {
  return printable(text.replaceAll("\t", "    "));
}

function same(text: string): string {
  return text;
}
