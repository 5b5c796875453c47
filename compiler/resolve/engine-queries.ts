/** What an engine needs to analyse a pipeline's queries on empty tables: SQL, parameters, and where each table's columns come from. */

import type { Place } from "../diagnostics.ts";
import { editedSql } from "../parse/sql/edited.ts";
import type { Extent } from "../parse/sql/extent.ts";
import type { ParamSyntax } from "../read/extras.ts";
import type { Dataset, Pipeline, Root } from "./types.ts";

/** A column with its type, as Spark spells it. */
export interface TypedColumn {
  readonly name: string;
  readonly type: string;
}

/** Where a table's columns come from. */
export type ColumnsFrom =
  | { readonly kind: "declared"; readonly columns: readonly TypedColumn[] }
  | { readonly kind: "dataset"; readonly pipeline: string; readonly dataset: string }
  /** Not known: why, in a few words. */
  | { readonly kind: "unknown"; readonly why: string };

/** One dataset's query. */
export interface EngineQuery {
  readonly dataset: string;
  /** As the job gives it to an engine: tables with a database have one name. */
  readonly sql: string;
  readonly tables: readonly { readonly name: string; readonly from: ColumnsFrom }[];
  /** Those that the query has. */
  readonly params: readonly {
    readonly name: string;
    readonly type: ParamSyntax["type"];
    readonly default: string | undefined;
  }[];
  /** Its target is an Iceberg table, which lacks some types. */
  readonly isIceberg: boolean;
  /** The place of an extent of the SQL. */
  readonly at: (extent: Extent) => Place;
  /** Where the dataset is declared. */
  readonly declaredAt: Place;
  /** Codes lowered for the dataset, with the reason. */
  readonly allow: ReadonlyMap<string, string>;
}

/** The queries of a pipeline's datasets, in a stage or not, as far as they are one query with a text. */
export function engineQueries(pipeline: Pipeline, root: Root): EngineQuery[] {
  const declared = declaredColumns(pipeline);
  return [...pipeline.datasets.values()].flatMap((dataset) => {
    const { sql } = dataset;
    if (sql === undefined || sql.facts.statements.length !== 1) return [];
    const edited = editedSql(sql.text, sql.facts.qualifiedNames);
    const used = new Set(sql.facts.params.map(({ name }) => name));
    return [
      {
        dataset: dataset.name.value,
        sql: edited.text,
        tables: dataset.tables.map((table) => ({
          name: table.name.value,
          from: columnsFrom(dataset, table, declared, root),
        })),
        params: pipeline.extras.params
          .filter(({ name }) => used.has(name.value))
          .map(({ name, type, default: value }) => ({ name: name.value, type, default: value })),
        isIceberg: dataset.isIceberg,
        at: (extent) => sql.at(edited.written(extent)),
        declaredAt: dataset.name.at,
        allow: dataset.allow,
      },
    ];
  });
}

type Table = Dataset["tables"][number];

/** As the job knows them: by the location, whichever name a dataset has for it. */
function declaredColumns({ sourceNamed, datasets }: Pipeline): ReadonlyMap<string, readonly TypedColumn[]> {
  const found = new Map<string, readonly TypedColumn[]>();
  for (const { tables } of datasets.values())
    for (const { name, location } of tables) {
      const columns = sourceNamed(name.value)?.columns ?? [];
      if (location !== undefined && columns.length > 0) found.set(location.value.location, columns);
    }
  return found;
}

function columnsFrom(
  dataset: Dataset,
  { name, location }: Table,
  declared: ReadonlyMap<string, readonly TypedColumn[]>,
  root: Root,
): ColumnsFrom {
  const unknown = (why: string): ColumnsFrom => ({ kind: "unknown", why: `\`${name.value}\` ${why}` });
  if (location === undefined) return unknown("has no location");
  const [writer, another] = root.targets.at(location.value);
  if (another !== undefined) return unknown("has several writers");
  if (writer === dataset) return unknown("is the dataset's own target");
  if (writer !== undefined) return { kind: "dataset", pipeline: writer.pipeline.name, dataset: writer.name.value };
  if (root.targets.meeting(location.value).length > 0) return unknown("is a part of a target, or holds one");
  const columns = declared.get(location.value.location);
  return columns === undefined ? unknown("has no columns in `sources`") : { kind: "declared", columns };
}
