/** A lineage as a Mermaid graph: a box a table, a node a column. */

import { mermaidLabel } from "../plan.ts";
import type { Selection } from "./select.ts";
import { tableName, unknownsOf, useWords } from "./words.ts";

/** Solid arrows make values, dotted ones decide on rows. Ends in a newline. */
export function lineageMermaid(selection: Selection): string {
  const boxes = new Map<string, string>();
  const nodes = new Map<string, string>();
  const key = (table: string, column: string) => `${table}\0${column.toLowerCase()}`;
  const lines = ["flowchart LR"];
  for (const [index, { table, columns }] of selection.tables.entries()) {
    boxes.set(table.key, `t${index}`);
    lines.push(`  subgraph t${index} ["${mermaidLabel(tableName(selection, table))}"]`);
    for (const { name } of columns ?? []) {
      const id = `c${nodes.size}`;
      nodes.set(key(table.key, name), id);
      lines.push(`    ${id}["${mermaidLabel(name || "?")}"]`);
    }
    if (columns === undefined) lines.push(`    u${index}["columns are not known"]`);
    lines.push("  end");
  }
  const edges = new Set<string>();
  for (const { table, columns, rows } of selection.tables) {
    for (const { name, from } of columns ?? [])
      for (const each of from) {
        const source = nodes.get(key(each.table, each.column));
        if (source !== undefined) edges.add(`  ${source} --> ${nodes.get(key(table.key, name))}`);
      }
    for (const { table: from, column, uses } of rows) {
      const source = nodes.get(key(from, column));
      if (source !== undefined)
        edges.add(`  ${source} -. "${uses.map(useWords).join(", ")}" .-> ${boxes.get(table.key)}`);
    }
  }
  const unknown = unknownsOf(selection).map((each) => `%% ${mermaidLabel(each)}`);
  return `${[...lines, ...edges, ...unknown].join("\n")}\n`;
}
