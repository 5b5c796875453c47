/** What a text such as `dataset.column` names in a lineage. */

import { suggest } from "../../nearest.ts";
import type { Lineage, LineageTable } from "../../resolve/lineage.ts";
import { type Asked, columnsCalled } from "./select.ts";

/** Why a text names nothing, and what to write. */
export interface NotFound {
  readonly problem: string;
  readonly help: string;
}

/**
 * Finds a table or one of its columns. Names may contain points: the longest that a table has is meant.
 *
 * @param pipeline whose tables are meant; undefined: those of every pipeline
 */
export function findAsked(
  { tables }: Lineage,
  text: string,
  pipeline: string | undefined,
): Pick<Asked, "table" | "column"> | NotFound {
  const known = [...tables.values()].filter((each) => pipeline === undefined || each.pipeline === pipeline);
  for (const [name, column] of splits(text)) {
    const found = called(known, name);
    const [table] = found;
    if (table === undefined) continue;
    if (found.length > 1) return ambiguous(name, found);
    return column === undefined ? { table, column } : withColumn(table, column);
  }
  const names = new Set(known.map(({ name }) => name));
  const [name = text] = [...splits(text)].at(-1) ?? [];
  return { problem: `there is no dataset or source \`${name}\``, help: suggest(name, names, "dataset") };
}

/** `a.b.c`, then `a.b` and `c`, then `a` and `b.c`. */
function splits(text: string): [string, string | undefined][] {
  const points = [...text.matchAll(/\./g)].map(({ index }) => index).reverse();
  return [[text, undefined], ...points.map((at): [string, string] => [text.slice(0, at), text.slice(at + 1)])];
}

/** Datasets before sources, the same case before another. */
function called(tables: readonly LineageTable[], name: string): LineageTable[] {
  const alike = tables.filter((each) => each.name.toLowerCase() === name.toLowerCase());
  const exact = alike.filter((each) => each.name === name);
  const found = exact.length > 0 ? exact : alike;
  const datasets = found.filter(({ kind }) => kind === "dataset");
  return datasets.length > 0 ? datasets : found;
}

function ambiguous(name: string, found: readonly LineageTable[]): NotFound {
  const pipelines = [...new Set(found.map(({ pipeline }) => pipeline))];
  if (pipelines.length > 1)
    return { problem: `several pipelines have \`${name}\``, help: `name one of: ${pipelines.join(", ")}` };
  const places = found.map(({ location }) => location ?? "no location").join(", ");
  return { problem: `\`${name}\` is read from several locations: ${places}`, help: "name a dataset that reads it" };
}

function withColumn(table: LineageTable, column: string): Pick<Asked, "table" | "column"> | NotFound {
  const [found] = columnsCalled(table, column);
  if (found !== undefined) return { table, column: found.name };
  if (table.columns === undefined)
    return {
      problem: `columns of \`${table.name}\` are not known`,
      help:
        table.kind === "source"
          ? "declare them under `sources` in `pipeline.yaml`"
          : `\`strata lineage ${table.name}\` shows why`,
    };
  const names = table.columns.map(({ name }) => name).filter((name) => name !== "");
  return { problem: `\`${table.name}\` has no column \`${column}\``, help: suggest(column, names, "column") };
}
