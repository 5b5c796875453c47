/** Columns through the whole graph: each dataset's query is resolved by the columns of what it reads. */

import type { Memo } from "../input.ts";
import { namesOf } from "../names/names.ts";
import type { Column, QueryNames } from "../names/types.ts";
import type { TableUse } from "../parse/sql/facts.ts";
import { fullName } from "../parse/sql/tables.ts";
import type { SyntaxNode } from "../parse/sql/tree.ts";
import type { TableSyntax } from "../read/dataset.ts";
import { expressionQueries } from "../read/expressions.ts";
import type { Location } from "../read/location.ts";
import { remembered } from "./memo.ts";
import type { Dataset, Root } from "./types.ts";

/** What is known of columns. */
export interface GraphColumns extends Pick<Root, "columnsOf" | "writerAt" | "namesOn"> {
  /** The names of a dataset's query; undefined where its SQL is not one query, or does not parse. */
  readonly namesOf: (dataset: Dataset) => QueryNames | undefined;
}

/** Each dataset is resolved once, when it or what reads it is asked for, and after what it reads; in a circle nothing is known of one. */
export function columnsOfGraph(
  rootOf: () => Root,
  treeOf: (sql: string) => SyntaxNode | undefined,
  memo: Memo | undefined,
): GraphColumns {
  const known = new Map<Dataset, QueryNames | undefined>();
  let writers: ReadonlyMap<string, readonly Dataset[]> | undefined;
  const writersAt = ({ location }: Location) => {
    writers ??= Map.groupBy(
      rootOf().pipelines.flatMap(({ datasets }) => [...datasets.values()].filter(({ target }) => target !== undefined)),
      ({ target }) => target?.value.location ?? "",
    );
    return writers.get(location) ?? [];
  };
  const writerAt = (location: Location) => {
    const [only, more] = writersAt(location);
    return more === undefined ? only : undefined;
  };

  const columnsOf = (dataset: Dataset, { name, location }: TableSyntax): readonly Column[] | undefined => {
    if (location === undefined) return undefined;
    if (writersAt(location.value).length > 0) {
      const writer = writerAt(location.value);
      return writer && known.get(writer)?.outputs;
    }
    // What is above or below a target is a mixture.
    if (rootOf().targets.meeting(location.value).length > 0) return undefined;
    const source = dataset.pipeline.sourceNamed(name.value);
    return source && source.columns.length > 0 ? source.columns : undefined;
  };

  const resolve = (dataset: Dataset): QueryNames | undefined => {
    const { sql } = dataset;
    if (sql === undefined || sql.facts.statements.length !== 1) return undefined;
    const tables = new Map(
      dataset.tables.map((table) => [table.name.value.toLowerCase(), columnsOf(dataset, table)] as const),
    );
    const seen = [...tables].map(([name, columns]) => [name, columns?.map((column) => [column.name, column.type])]);
    return remembered(memo, "names", [sql.text, JSON.stringify(seen)], () => {
      const tree = treeOf(sql.text);
      return tree && namesOf(tree, (use: TableUse) => tables.get(fullName(use).toLowerCase()));
    });
  };

  return {
    columnsOf,
    writerAt,
    namesOf(start) {
      const open = new Set<Dataset>();
      const missingOf = (tables: readonly TableSyntax[]) =>
        tables
          .flatMap(({ location }) => (location && writerAt(location.value)) ?? [])
          .filter((each) => !known.has(each) && !open.has(each));
      for (const stack = [start]; stack.length > 0; ) {
        const dataset = stack.at(-1) as Dataset;
        const isFirst = !open.has(dataset);
        open.add(dataset);
        // Listed tables are known without the query, whose tree would be forgotten before it is resolved.
        const listed = isFirst ? missingOf(dataset.listed) : [];
        const missing = known.has(dataset) ? [] : listed.length > 0 ? listed : missingOf(dataset.tables);
        if (missing.length > 0) {
          stack.push(...missing);
          continue;
        }
        stack.pop();
        if (!known.has(dataset)) known.set(dataset, resolve(dataset));
      }
      return known.get(start);
    },
    namesOn(dataset, expression) {
      const tree = treeOf(expressionQueries(expression)[0]);
      return tree && namesOf(tree, () => known.get(dataset)?.outputs);
    },
  };
}
