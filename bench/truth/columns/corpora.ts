/** The corpora whose tables have known columns, as roots. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { analyzeSql } from "../../../compiler/parse/sql/analyze.ts";
import { HOME } from "../../../setup/node.mjs";
import type { Corpus, Query } from "../corpus.ts";
import type { Columns, TruthDataset, TruthRoot } from "./root.ts";

/** Tables of TPC-DS, TPC-H and SSB: those of Spark's own tests (TPCDSSchema, TPCHBase, SSBQuerySuite), CHAR and VARCHAR as string. */
const SCHEMAS = join(HOME, "bench", "truth", "columns", "schemas.json");

/** A root, and which query of its corpus each dataset is. */
export interface CorpusRoot extends TruthRoot {
  readonly name: string;
}

/** TPC-DS, TPC-H, SSB and `bookings`. */
export function readRoots(corpora: readonly Corpus[]): CorpusRoot[] {
  const schemas = JSON.parse(readFileSync(SCHEMAS, "utf8")) as Record<string, Record<string, Columns>>;
  const made = corpora.flatMap(({ name, queries }) => {
    const sources = schemas[name];
    return sources ? [{ name, sources, datasets: queries.map((query) => datasetOf(query, sources)) }] : [];
  });
  return [...made, readBookingsRoot()];
}

/** A query that reads sources by their names. */
function datasetOf({ name, sql }: Query, sources: Readonly<Record<string, Columns>>): TruthDataset {
  const tables = new Set(analyzeSql(sql).tables.map((table) => table.name.toLowerCase()));
  const reads = Object.keys(sources).filter((table) => tables.has(table));
  return { name: name.replace(/\.sql$/, ""), sql, reads: Object.fromEntries(reads.map((table) => [table, table])) };
}

interface BookingsDataset {
  readonly sql_name: string;
  readonly sql_file: string;
  readonly tables: readonly { readonly table_name: string; readonly s3_path: string }[];
  readonly s3_target?: string;
}

/** The sample pipeline, its datasets in the order of its stages. */
function readBookingsRoot(): CorpusRoot {
  const read = (name: string) => readFileSync(join(HOME, "pipelines", "bookings", name), "utf8");
  const stages = JSON.parse(read("etl_stages.json")) as Record<string, string[]>;
  const queries = JSON.parse(read("sql_queries.json")) as Record<string, BookingsDataset>;
  const declared = (parse(read("pipeline.yaml")) as { sources: Record<string, { columns: Columns }> }).sources;
  const written = new Map(Object.values(queries).map(({ s3_target, sql_name }) => [s3_target, sql_name]));
  const datasets = Object.values(stages)
    .flat()
    .flatMap((name) => queries[name] ?? [])
    .map(({ sql_name, sql_file, tables }) => ({
      name: sql_name,
      sql: readFileSync(join(HOME, "sql", sql_file), "utf8"),
      reads: Object.fromEntries(tables.map((each) => [each.table_name, written.get(each.s3_path) ?? each.table_name])),
    }));
  const sources = Object.fromEntries(Object.entries(declared).map(([name, { columns }]) => [name, columns]));
  return { name: "bookings", sources, datasets };
}
