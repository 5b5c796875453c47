/** What `sources` of `pipeline.yaml` should declare: the columns that are there, without what the author may keep. */

import { isVisible } from "../../contract/names.ts";
import { isSparkType } from "../../contract/spark-types.ts";
import type { Column, SourceReport } from "./compare.ts";

/** What to declare under a name. */
export interface Wanted {
  /** As it is declared, else as its first dataset spells it. */
  readonly name: string;
  /** Every column to be declared, in order. */
  readonly columns: readonly Column[];
}

/** What to write, and by source why nothing is written for it. */
export interface Wanteds {
  readonly wanted: readonly Wanted[];
  readonly refused: ReadonlyMap<SourceReport, string>;
}

/**
 * The columns to declare for each name. Columns that are there and whose declared types hold them stay as they are; others get
 * the type that is there, new ones follow the column that they follow in the files, and missing ones go.
 */
export function wantedColumns(reports: readonly SourceReport[]): Wanteds {
  const wanted: Wanted[] = [];
  const refused = new Map<SourceReport, string>();
  for (const same of Map.groupBy(reports, ({ source }) => source.name.toLowerCase()).values()) {
    const changing = same.filter(({ status }) => status === "DIFFERENT" || status === "UNDECLARED");
    const [first] = changing;
    if (first === undefined) continue;
    const problem = same.length > 1 ? problemOfSeveral(same) : problemOfColumns(first.columns);
    for (const each of problem === undefined ? [] : changing) refused.set(each, problem as string);
    if (problem === undefined)
      wanted.push({ name: first.source.declared?.name.value ?? first.source.name, columns: columnsOf(first) });
  }
  return { wanted, refused };
}

/** A name can have one list of columns only. */
function problemOfSeveral(same: readonly SourceReport[]): string | undefined {
  const failed = same.find(({ status }) => status === "FAILED");
  const where = same.map(({ source }) => source.location.location).join(", ");
  if (failed !== undefined) return `it is also read from ${failed.source.location.location}, which cannot be read`;
  const lists = new Set(
    same.map(({ columns }) => JSON.stringify(columns.map(({ name, type }) => [name.toLowerCase(), type]))),
  );
  if (lists.size > 1)
    return `datasets read it from locations with different columns (${where}): give each location its own name`;
  return problemOfColumns(same[0]?.columns ?? []);
}

function problemOfColumns(columns: readonly Column[]): string | undefined {
  const unnamed = columns.find(({ name }) => !isVisible(name));
  if (unnamed !== undefined)
    return `the name of column ${JSON.stringify(unnamed.name)} cannot be declared: rename the column in the files`;
  const untyped = columns.find(({ type }) => !isSparkType(type));
  if (untyped === undefined) return undefined;
  return `column \`${untyped.name}\` has the type ${untyped.type}, which Spark SQL cannot name: declare the columns by hand, with a type that holds it`;
}

function columnsOf({ source, columns, differences }: SourceReport): Column[] {
  const changed = new Map(differences.map((each) => [each.column.toLowerCase(), each]));
  const kept = (source.declared?.columns ?? []).filter(
    ({ name }) => changed.get(name.toLowerCase())?.kind !== "missing",
  );
  const wanted: Column[] = kept.map(({ name, type }) => ({
    name,
    type: changed.get(name.toLowerCase())?.found ?? type,
  }));
  let at = 0;
  for (const column of columns) {
    const index = wanted.findIndex(({ name }) => name.toLowerCase() === column.name.toLowerCase());
    if (index < 0) wanted.splice(at, 0, column);
    at = index < 0 ? at + 1 : index + 1;
  }
  return wanted;
}
