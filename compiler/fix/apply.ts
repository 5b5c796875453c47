/** Fixes → texts. */

import type { Edit, Fix } from "../diagnostics.ts";
import { type LocatedText, locate, type Splice, spliced } from "../parse/text.ts";

/** A text by its file's path; undefined where there is none. */
type TextOf = (file: string) => string | undefined;

/** What came of some fixes. */
export interface Applied {
  /** New texts of the files that changed, by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** The fixes that are in them. */
  readonly fixes: readonly Fix[];
}

/** An edit as offsets of its file's text. */
interface Change extends Splice {
  readonly file: string;
}

/**
 * Applies fixes to texts. One that overlaps an earlier one is left out whole, and so is one whose ranges no text has; one whose edits all were
 * made before is applied by them.
 */
export function applyFixes(fixes: readonly Fix[], textOf: TextOf): Applied {
  const located = new Map<string, LocatedText | undefined>();
  const textAt = (file: string) => {
    if (!located.has(file)) located.set(file, locateIn(file, textOf));
    return located.get(file);
  };
  const made = new Map<string, Change[]>();
  const applied = fixes.filter(({ edits }) => {
    const changes = edits.map((edit) => changeOf(edit, textAt(edit.file)));
    const isMade = (each: Change) => made.get(each.file)?.some((other) => isSame(each, other)) === true;
    const isFree = (each: Change) => made.get(each.file)?.some((other) => overlap(each, other)) !== true;
    if (!changes.every((each) => each !== undefined) || overlapInside(changes)) return false;
    if (!changes.every((each) => isMade(each) || isFree(each))) return false;
    for (const each of changes)
      if (!isMade(each)) (made.get(each.file) ?? made.set(each.file, []).get(each.file))?.push(each);
    return changes.length > 0;
  });
  const texts = [...made].map(([file, changes]) => [file, spliced(textAt(file)?.text ?? "", changes)] as const);
  return { texts: new Map(texts.filter(([file, text]) => text !== textOf(file))), fixes: applied };
}

function locateIn(file: string, textOf: TextOf): LocatedText | undefined {
  const text = textOf(file);
  return text === undefined ? undefined : locate(file, text);
}

function changeOf({ file, range, text }: Edit, located: LocatedText | undefined): Change | undefined {
  const [start, end] = [located?.offset(range.start), located?.offset(range.end)];
  return start === undefined || end === undefined || start > end ? undefined : { file, text, start, end };
}

function isSame(a: Change, b: Change): boolean {
  return a.start === b.start && a.end === b.end && a.text === b.text;
}

/** Touching is not overlapping, except for an insertion: its place beside the other text would be a guess. */
function overlap(a: Change, b: Change): boolean {
  if (a.start === a.end || b.start === b.end) return a.start <= b.end && b.start <= a.end;
  return a.start < b.end && b.start < a.end;
}

function overlapInside(changes: readonly Change[]): boolean {
  return changes.some((each, index) =>
    changes.slice(index + 1).some((other) => each.file === other.file && overlap(each, other)),
  );
}
