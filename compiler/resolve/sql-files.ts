/** From a dataset's `sql_file` to the file, and from extents in it to places. */

import type { Edit, Place } from "../diagnostics.ts";
import type { SourceFile } from "../input.ts";
import type { Extent } from "../parse/sql/extent.ts";
import type { SqlFacts } from "../parse/sql/facts.ts";
import { type LocatedText, locate } from "../parse/text.ts";
import type { Located } from "../parse/tree.ts";

/** Parses SQL texts, each once. */
export type FactsOf = (sql: string) => SqlFacts;

/** A dataset's SQL file, with the positions of what is in it. */
export interface ResolvedSql {
  readonly text: string;
  readonly facts: SqlFacts;
  /** The place of an extent, as far as its first line goes. */
  readonly at: (extent: Extent) => Place;
  /** A text in place of an extent. */
  readonly edit: (extent: Extent, text: string) => Edit;
}

/** A resolver from `sql_file` to SQL files that finds line starts once a file. */
export function sqlResolver(files: ReadonlyMap<string, SourceFile>, factsOf: FactsOf) {
  const texts = new Map<string, LocatedText>();
  return (sqlFile: Located<string> | undefined): ResolvedSql | undefined => {
    const key = sqlFile && sqlKey(sqlFile.value);
    const file = key === undefined ? undefined : files.get(key);
    if (file === undefined) return undefined;
    const located = texts.get(file.path) ?? locate(file.path, file.text);
    texts.set(file.path, located);
    const at = (extent: Extent) => located.place(extent.offset, firstLineOf(file.text, extent));
    const edit = ({ offset, length }: Extent, text: string): Edit => ({
      file: file.path,
      range: located.range(offset, length),
      text,
    });
    return {
      text: file.text,
      get facts() {
        return factsOf(file.text);
      },
      at,
      edit,
    };
  };
}

/** The key of a `sql_file` among the files below `sql/`; undefined where it leads out of the folder. */
export function sqlKey(path: string): string | undefined {
  if (/^[/\\]|\\|^[A-Za-z][A-Za-z0-9+.-]*:/.test(path)) return undefined;
  const segments = path.split("/").filter((segment) => segment !== ".");
  return segments.length === 0 || segments.some((segment) => segment === ".." || segment === "")
    ? undefined
    : segments.join("/");
}

function firstLineOf(text: string, extent: Extent): number {
  const end = text.slice(extent.offset, extent.offset + extent.length).search(/[\r\n]/);
  return end < 0 ? extent.length : end;
}
