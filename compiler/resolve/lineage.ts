/** Where the values of each column come from, through the whole graph of a root. */

import type { Place } from "../diagnostics.ts";
import { type Attribute, originsOf } from "../names/model.ts";
import { analyse } from "../names/names.ts";
import type { OutputColumn } from "../names/types.ts";
import { hasAggregates } from "../parse/sql/aggregates.ts";
import { readSql } from "../parse/sql/analyze.ts";
import type { Extent } from "../parse/sql/extent.ts";
import { fullName } from "../parse/sql/tables.ts";
import { extentOf, nodesBelow, nodesIn, type SyntaxNode } from "../parse/sql/tree.ts";
import { type Clause, clausesOf, type RowUse } from "./clauses.ts";
import type { Dataset, Root, Table } from "./types.ts";

export type { RowUse };

/** A column of a table of the lineage. */
export interface ColumnOf {
  /** Key of the table in `Lineage.tables`. */
  readonly table: string;
  /** As the table's own query or declaration spells it. */
  readonly column: string;
}

/** How a value is made: unchanged, from several rows, or computed otherwise. */
export type Making = "identity" | "aggregation" | "transformation";

/** A column, and what it is made of. */
export interface LineageColumn {
  readonly name: string;
  /** Spark's spelling, where it is known. */
  readonly type: string | undefined;
  /** The expression that makes it, as it is written; undefined for a column of a source. */
  readonly expression: string | undefined;
  /** Of that expression. */
  readonly at: Place | undefined;
  readonly making: Making | undefined;
  /** Sorted, each once. */
  readonly from: readonly ColumnOf[];
  /** False where it is made of something that is not known. */
  readonly isKnown: boolean;
}

/** A column that decides on the rows of a dataset. */
export interface RowInput extends ColumnOf {
  /** Sorted. */
  readonly uses: readonly RowUse[];
}

/** A dataset, or an external source. */
export interface LineageTable {
  /** Unique in the root. */
  readonly key: string;
  readonly kind: "dataset" | "source";
  /** A dataset's, or the name by which a source is read. */
  readonly name: string;
  readonly pipeline: string;
  /** Of its data; undefined for a dataset without a target. */
  readonly location: string | undefined;
  /** Keys of the tables that it reads. */
  readonly reads: readonly string[];
  /** Undefined where it is not known which there are. */
  readonly columns: readonly LineageColumn[] | undefined;
  /** Columns that decide on its rows, sorted. */
  readonly rows: readonly RowInput[];
}

/** All of a root. */
export interface Lineage {
  /** Datasets in the order of the files, then sources. A dataset is analyzed when it is asked for. */
  readonly tables: ReadonlyMap<string, LineageTable>;
}

/** Finds the lineage of a root. */
export function lineageOf(root: Root): Lineage {
  const tables = new Map<string, LineageTable>();
  const datasets = root.pipelines.flatMap((pipeline) => [...pipeline.datasets.values()]);
  for (const dataset of datasets) tables.set(keyOf(dataset), tableOf(dataset, root));
  for (const dataset of datasets)
    for (const table of dataset.tables) {
      const key = readBy(dataset, table, root);
      if (!tables.has(key)) tables.set(key, sourceOf(key, dataset, table, root));
    }
  return { tables };
}

function keyOf({ pipeline, name }: Dataset): string {
  return `dataset ${pipeline.name}/${name.value}`;
}

/** The key of the table behind an entry of `tables`. */
function readBy({ pipeline }: Dataset, { name, location }: Table, root: Root): string {
  const writer = location && root.writerAt(location.value);
  if (writer !== undefined) return keyOf(writer);
  return location ? `source ${location.value.location}` : `source ${pipeline.name}/${name.value}`;
}

function sourceOf(key: string, dataset: Dataset, table: Table, root: Root): LineageTable {
  const columns = root.columnsOf(dataset, table)?.map(({ name, type }) => ({
    name,
    type,
    expression: undefined,
    at: undefined,
    making: undefined,
    from: [],
    isKnown: true,
  }));
  return {
    key,
    kind: "source",
    name: table.name.value,
    pipeline: dataset.pipeline.name,
    location: table.location?.value.location,
    reads: [],
    columns,
    rows: [],
  };
}

function tableOf(dataset: Dataset, root: Root): LineageTable {
  let made: Pick<LineageTable, "columns" | "rows"> | undefined;
  const analyzed = () => {
    made ??= new Query(dataset, root).lineage();
    return made;
  };
  return {
    key: keyOf(dataset),
    kind: "dataset",
    name: dataset.name.value,
    pipeline: dataset.pipeline.name,
    location: dataset.target?.value.location,
    reads: [...new Set(dataset.tables.map((table) => readBy(dataset, table, root)))],
    get columns() {
      return analyzed().columns;
    },
    get rows() {
      return analyzed().rows;
    },
  };
}

/** One dataset's query, resolved once more for what is only needed here. */
class Query {
  readonly #dataset: Dataset;
  readonly #root: Root;
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #origins: Parameters<typeof originsOf>[1] = new Map();

  constructor(dataset: Dataset, root: Root) {
    this.#dataset = dataset;
    this.#root = root;
    this.#tables = new Map(dataset.tables.map((table) => [table.name.value.toLowerCase(), table]));
  }

  lineage(): Pick<LineageTable, "columns" | "rows"> {
    const { sql } = this.#dataset;
    const tree = sql && readSql(sql.text).tree;
    if (tree === undefined) return { columns: undefined, rows: [] };
    const { outputs, references, run } = analyse(tree, (use) => {
      const table = this.#tables.get(fullName(use).toLowerCase());
      return table && this.#root.columnsOf(this.#dataset, table);
    });
    const unknown = references.filter(({ isKnown }) => !isKnown);
    const items = itemsOf(tree);
    return {
      columns: outputs?.map((output) => this.#column(output, items, unknown, run.attributes)),
      rows: this.#rows(clausesOf(tree), run.attributes),
    };
  }

  #column(
    output: OutputColumn,
    items: ReadonlyMap<string, SyntaxNode>,
    unknown: readonly Extent[],
    attributes: ReadonlyMap<SyntaxNode, Attribute>,
  ): LineageColumn {
    const { sql } = this.#dataset;
    const outer = items.get(`${output.offset} ${output.length}`);
    const item = outer && !output.plain ? makerOf(outer, attributes) : outer;
    // Without its new name.
    const { offset, length } = item ? extentOf(nodesIn(item)[0] ?? item) : output;
    return {
      name: output.name,
      type: output.type,
      expression: sql?.text.slice(offset, offset + length),
      at: sql?.at({ offset, length }),
      making: output.plain ? "identity" : item && isAggregated(item, attributes) ? "aggregation" : "transformation",
      from: output.origins.flatMap((origin) => this.#columnOf(origin)),
      isKnown: output.name !== "" && !unknown.some((each) => isInside(each, output)),
    };
  }

  /** By table and column, each once. */
  #rows(clauses: readonly Clause[], attributes: ReadonlyMap<SyntaxNode, Attribute>): RowInput[] {
    const found = new Map<string, ColumnOf & { readonly uses: Set<RowUse> }>();
    for (const [node, attribute] of attributes) {
      const place = extentOf(node);
      const clause = clauses.find((each) => isInside(place, each));
      if (clause === undefined) continue;
      for (const column of originsOf(attribute, this.#origins).flatMap((origin) => this.#columnOf(origin))) {
        const key = `${column.table}\0${column.column}`;
        const input = found.get(key) ?? { ...column, uses: new Set() };
        input.uses.add(clause.use);
        found.set(key, input);
      }
    }
    const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([, { table, column, uses }]) => ({ table, column, uses: [...uses].sort() }));
  }

  #columnOf({ table, column }: { readonly table: string; readonly column: string }): ColumnOf[] {
    const read = this.#tables.get(table.toLowerCase());
    return read === undefined ? [] : [{ table: readBy(this.#dataset, read, this.#root), column }];
  }
}

/** Items of select lists by their places. */
function itemsOf(tree: SyntaxNode): ReadonlyMap<string, SyntaxNode> {
  const items = [...nodesBelow(tree)].filter(({ rule }) => rule === "named");
  return new Map(items.map((node) => [`${extentOf(node).offset} ${extentOf(node).length}`, node]));
}

/** The item that computes what an item only names: `sum(a) AS n` of a common table expression for `c.n`. */
function makerOf(item: SyntaxNode, attributes: ReadonlyMap<SyntaxNode, Attribute>): SyntaxNode {
  const [expression] = nodesIn(item);
  const whole = expression && extentOf(expression);
  for (const node of expression ? nodesBelow(expression) : []) {
    const made = attributes.get(node)?.at;
    const { offset, length } = extentOf(node);
    if (made?.rule === "named" && made !== item && offset === whole?.offset && length === whole.length)
      return makerOf(made, attributes);
  }
  return item;
}

/** True where an item, or one that it is made of, has an aggregate. */
function isAggregated(item: SyntaxNode, attributes: ReadonlyMap<SyntaxNode, Attribute>): boolean {
  const seen = new Set<SyntaxNode>();
  for (const open = [item]; open.length > 0; ) {
    const node = open.pop() as SyntaxNode;
    if (seen.has(node)) continue;
    seen.add(node);
    if (hasAggregates(node)) return true;
    for (const below of nodesBelow(node)) {
      const made = attributes.get(below)?.at;
      if (made !== undefined) open.push(made);
    }
  }
  return false;
}

function isInside(inner: Extent, outer: Extent): boolean {
  return inner.offset >= outer.offset && inner.offset + inner.length <= outer.offset + outer.length;
}
