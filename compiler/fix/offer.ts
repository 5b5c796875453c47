/** Makes fixes of what a rule knows: a name that is meant, a text in place of another. */

import type { Edit, Fix, Place } from "../diagnostics.ts";
import { nearest, suggest, suggestOr } from "../nearest.ts";
import type { Extent } from "../parse/sql/extent.ts";
import { STRUCTURE } from "../parse/sql/grammar.ts";
import type { Located } from "../parse/tree.ts";

/** Help for a misspelt name, and the offer to write the nearest known one where one is near enough. */
export interface Advice {
  readonly help: string;
  readonly fixes: readonly Fix[];
}

/** A text of SQL whose extents can be edited. */
export interface EditableSql {
  readonly text: string;
  readonly edit: (extent: Extent, text: string) => Edit;
}

/** A fix that `strata check --fix` applies: only where no other change could be meant. */
export function safeFix(title: string, edits: readonly Edit[]): Fix {
  return { safe: true, title, edits };
}

/** A fix for an author to choose. */
export function offeredFix(title: string, edits: readonly Edit[]): Fix {
  return { safe: false, title, edits };
}

/**
 * Advice on a key or value of JSON or YAML.
 *
 * @param what the kind of name, for the list of known ones: `column`
 * @param otherwise what to do where no known name is meant; default: nothing
 */
export function adviseName(
  written: Located<string>,
  known: Iterable<string>,
  what: string,
  otherwise?: string,
): Advice {
  const all = [...known];
  return { help: helpFor(written.value, all, what, otherwise), fixes: offerName(written, nearest(written.value, all)) };
}

/** Advice on a name of a query. */
export function adviseSqlName(
  sql: EditableSql,
  written: Extent & { readonly name: string },
  known: Iterable<string>,
  what: string,
  otherwise?: string,
): Advice {
  const all = [...known];
  const near = nearest(written.name, all);
  const fixes = near === undefined ? [] : [offerSqlName(sql, written, near)];
  return { help: helpFor(written.name, all, what, otherwise), fixes };
}

function helpFor(name: string, known: readonly string[], what: string, otherwise: string | undefined): string {
  return otherwise === undefined ? suggest(name, known, what) : suggestOr(name, known, what, otherwise);
}

/** The offer to write a name in place of a key or value; none without a name, or where the place does not show the whole text. */
export function offerName({ value, at }: Located<string>, name: string | undefined): Fix[] {
  // With escapes, or over several lines, the value has another length than its text. Quotes are not part of it.
  const isWhole = /^\S+$/.test(value) && (at.length === value.length || at.length === value.length + 2);
  if (name === undefined || name === value || !isWhole) return [];
  return [offeredFix(`replace \`${value}\` with \`${name}\``, [replaceScalar(at, name)])];
}

/** A scalar in place of another, with the quotes that its file needs. */
export function replaceScalar(at: Place, text: string): Edit {
  return replaceAt(at, at.file.endsWith(".json") || !isPlainYaml(text) ? JSON.stringify(text) : text);
}

/** A text in place of what is at a place, on one line. */
export function replaceAt({ file, line, column, length }: Place, text: string): Edit {
  return { file, range: { start: { line, column }, end: { line, column: column + length } }, text };
}

/** A text behind what is at a place, on one line. */
export function insertAfter({ file, line, column, length }: Place, text: string): Edit {
  const end = { line, column: column + length };
  return { file, range: { start: end, end }, text };
}

/** The offer to write a name in place of one of a query, also where else it is written. */
export function offerSqlName(sql: EditableSql, written: Extent, name: string, others: readonly Extent[] = []): Fix {
  const textOf = ({ offset, length }: Extent) => sql.text.slice(offset, offset + length);
  const isQuoted = (each: Extent) => textOf(each).startsWith("`");
  const old = isQuoted(written) ? textOf(written) : `\`${textOf(written)}\``;
  const edits = [written, ...others].map((each) => sql.edit(each, isQuoted(each) ? quoted(name) : sqlName(name)));
  return offeredFix(`replace ${old} with \`${name}\``, edits);
}

/** A name as SQL has it: in backticks where it would be read as something else without. */
export function sqlName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && !STRUCTURE.has(name.toUpperCase()) ? name : quoted(name);
}

function quoted(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** True for a text that YAML reads as itself, in any context. */
function isPlainYaml(text: string): boolean {
  return /^[A-Za-z_][\w-]*(:[\w-]+)*$/.test(text) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text);
}
