/** A root that is made for a question about columns: tables with columns, and queries that read them or each other. */

import type { CompileInput } from "../../../compiler/input.ts";

/** Name and type of each column of a table, in order, as Spark spells them. */
export type Columns = Readonly<Record<string, string>>;

/** A query of the root. */
export interface TruthDataset {
  readonly name: string;
  readonly sql: string;
  /** By the name that the SQL has for a table: a source of the root, or a dataset before this one. */
  readonly reads: Readonly<Record<string, string>>;
}

/** Everything that Spark, or `check`, is asked about together. */
export interface TruthRoot {
  readonly sources: Readonly<Record<string, Columns>>;
  /** Each follows those that it reads. */
  readonly datasets: readonly TruthDataset[];
}

/** The pipeline's name. */
const PIPELINE = "truth";

/** The file of a dataset, relative to the root. */
export function fileOf(dataset: string): string {
  return `sql/${dataset}.sql`;
}

/** The root as the compiler reads it: one pipeline with one stage. */
export function inputOf({ sources, datasets }: TruthRoot): CompileInput {
  const isSource = (name: string) => Object.hasOwn(sources, name);
  // The last folder is a table's name, each once.
  const locationOf = (name: string) => `s3://truth/${isSource(name) ? "raw" : "out"}/${name.replaceAll("/", "-")}/`;
  const queries = datasets.map(({ name, reads }) => [
    name,
    {
      sql_name: name,
      sql_file: `${name}.sql`,
      tables: Object.entries(reads).map(([table, of]) => ({ table_name: table, s3_path: locationOf(of) })),
      s3_target: locationOf(name),
    },
  ]);
  const file = (name: string, content: unknown) => ({
    path: `pipelines/${PIPELINE}/${name}`,
    text: `${JSON.stringify(content, null, 1)}\n`,
  });
  const declared = Object.entries(sources).map(([name, columns]) => [name, { columns }]);
  return {
    pipelines: [
      {
        name: PIPELINE,
        stages: file("etl_stages.json", { stage: datasets.map(({ name }) => name) }),
        queries: file("sql_queries.json", Object.fromEntries(queries)),
        extras: file("pipeline.yaml", { sources: Object.fromEntries(declared) }),
      },
    ],
    sql: new Map(datasets.map(({ name, sql }) => [`${name}.sql`, { path: fileOf(name), text: sql }])),
  };
}
