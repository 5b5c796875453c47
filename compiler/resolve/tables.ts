/** The tables that a dataset reads: those that its `tables` lists, and those whose names in its SQL are known without it. */

import type { TableUse } from "../parse/sql/facts.ts";
import { fullName } from "../parse/sql/tables.ts";
import type { TableSyntax } from "../read/dataset.ts";
import { tableName } from "../read/location.ts";
import { firstUses, type LocatedUse } from "./table-uses.ts";
import type { Dataset, NamedTable, Pipeline, Table, TableNames } from "./types.ts";

/**
 * Tables of a pipeline by name. A dataset with a target has its own name, the table's name in the catalog, and
 * `target_name`; a source of `pipeline.yaml` with an `s3_path` has its own.
 */
export function tableNames({ datasets, extras }: Pipeline): TableNames {
  const byName = new Map<string, NamedTable[]>();
  const all: string[] = [];
  const add = (name: string, table: NamedTable) => {
    if (name === "") return;
    const known = byName.get(name.toLowerCase());
    if (known === undefined) {
      byName.set(name.toLowerCase(), [table]);
      all.push(name);
    } else if (known.every(({ location }) => location.location !== table.location.location)) known.push(table);
  };
  for (const { name, target, targetName = name.value } of datasets.values()) {
    if (target === undefined) continue;
    const table: NamedTable = { kind: "dataset", name, location: target.value };
    for (const each of [name.value, tableName(target.value), targetName]) add(each, table);
  }
  for (const { name, location } of extras.sources)
    if (location) add(name.value, { kind: "source", name, location: location.value });
  return { called: (name) => byName.get(name.toLowerCase()) ?? [], all };
}

/** The tables of a dataset: the listed ones, then those that are derived, in the order of the SQL. */
export function tablesOf(dataset: Dataset): Table[] {
  const listed = dataset.listed.map((table) => ({ ...table, isDerived: false }));
  if (!dataset.hasAllTables) return listed;
  const derived = unlisted(dataset).flatMap((use): Table[] => {
    const [meaning, ...others] = meaningsOf(use, dataset);
    if (meaning === undefined || others.length > 0) return [];
    const { at } = use;
    return [{ name: { value: fullName(use), at }, location: { value: meaning.location, at }, isDerived: true }];
  });
  return [...listed, ...derived];
}

/** False where a dataset may read tables that are not known: `tables` or the query cannot be read, or has a name that is a mistake. */
export function knowsTables(dataset: Dataset): boolean {
  const { hasAllTables, hasTables, sql } = dataset;
  if (!hasAllTables || sql === undefined || sql.facts.syntaxError !== undefined) return false;
  if (sql.facts.notAnalyzed !== undefined) return hasTables;
  return sql.facts.statements.length === 1 && unlisted(dataset).every((use) => meaningsOf(use, dataset).length === 1);
}

/** Tables that the query names and `tables` does not list, each at its first use. */
export function unlisted(dataset: Dataset): LocatedUse[] {
  return firstUses(dataset, "table").filter((use) => !isOneOf(use, dataset.listed));
}

/** Those of them that mean nothing. */
export function unknownTables(dataset: Dataset): LocatedUse[] {
  return unlisted(dataset).filter((use) => meaningsOf(use, dataset).length === 0);
}

/** True for a table that the dataset reads, listed or derived. */
export function isKnown(use: TableUse, { tables }: Dataset): boolean {
  return isOneOf(use, tables);
}

function isOneOf(use: TableUse, tables: readonly TableSyntax[]): boolean {
  const name = fullName(use).toLowerCase();
  return use.isHidden !== true && tables.some((table) => table.name.value.toLowerCase() === name);
}

/**
 * What a name that `tables` does not list may mean; more than one table where it is ambiguous. A dataset's own target has
 * to be listed: to read it is rarely meant, and its first run fails.
 */
export function meaningsOf(use: TableUse, dataset: Dataset): readonly NamedTable[] {
  return use.isHidden === true ? [] : called(fullName(use), dataset);
}

/** Names that a dataset's SQL may read without an entry in `tables`. */
export function namesFor(dataset: Dataset): string[] {
  return dataset.pipeline.tableNames.all.filter((name) => called(name, dataset).length > 0);
}

function called(name: string, { target, pipeline }: Dataset): readonly NamedTable[] {
  return pipeline.tableNames.called(name).filter(({ location }) => location.location !== target?.value.location);
}
