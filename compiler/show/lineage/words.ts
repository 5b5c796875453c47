/** What every form of a lineage says in the same words. */

import type { LineageColumn, LineageTable, RowUse } from "../../resolve/lineage.ts";
import type { Selection } from "./select.ts";

/** Longest expression that is shown. */
const LONGEST = 80;

/** A table's name; with its pipeline or location where the plain one could be another table's. */
export function tableName({ table: asked, all }: Selection, table: LineageTable | undefined): string {
  if (table === undefined) return "";
  const name =
    table.pipeline === asked.pipeline || table.kind === "source" ? table.name : `${table.pipeline}/${table.name}`;
  const isOther = (each: LineageTable) =>
    each !== table && each.name === table.name && each.pipeline === table.pipeline;
  const isAmbiguous = table.kind === "source" && [...all.values()].some(isOther);
  return isAmbiguous ? `${name} (${table.location ?? "no location"})` : name;
}

/** An expression on one line, cut. */
export function shortExpression({ expression = "" }: LineageColumn): string {
  const line = expression.replace(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1).toWellFormed()}…` : line;
}

/** "group by". */
export function useWords(use: RowUse): string {
  return use.replace("_", " ");
}

/** What is not known of what was reached: one sentence each, lower case. */
export function unknownsOf(selection: Selection): string[] {
  const named = (table: LineageTable | undefined) => `\`${tableName(selection, table)}\``;
  return selection.tables.flatMap(({ table, columns }) => {
    if (columns === undefined) {
      if (table.kind === "source")
        return `columns of ${named(table)} are not known: declare them under \`sources\` in \`pipeline.yaml\``;
      const reads = table.reads.map((key) => named(selection.all.get(key))).join(", ");
      return `columns of ${named(table)} are not known${reads === "" ? "" : `; it reads ${reads}`}`;
    }
    const unsure = columns.filter(({ isKnown }) => !isKnown);
    return unsure.map(({ name }) =>
      name === ""
        ? `a column of ${named(table)} has no known name`
        : `\`${tableName(selection, table)}.${name}\` is made of something that is not known`,
    );
  });
}
