/** Names of the columns of a query whose tables' columns are not known. */

import { namesOf } from "../../../compiler/names/names.ts";
import { readSql } from "../../../compiler/parse/sql/analyze.ts";

/** Undefined where the text alone does not show them all. */
export function outputsOf(sql: string): readonly string[] | undefined {
  const { tree } = readSql(sql);
  const names = tree && namesOf(tree, () => undefined).outputs?.map(({ name }) => name);
  return names?.includes("") ? undefined : names;
}
