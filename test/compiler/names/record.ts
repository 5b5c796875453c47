/** Spark 4.1's answers to queries on a few tables (record_spark_answers.py), and what the resolver finds on the same tables. */

import { readFileSync } from "node:fs";
import { namesOf } from "../../../compiler/names/names.ts";
import type { QueryNames } from "../../../compiler/names/types.ts";
import { readSql } from "../../../compiler/parse/sql/analyze.ts";
import type { TableUse } from "../../../compiler/parse/sql/facts.ts";

/** An error of Spark; some have no place. */
export interface Refusal {
  readonly error: string;
  readonly line?: number;
  readonly column?: number;
}

export const RECORD: {
  readonly tables: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly answers: Readonly<Record<string, readonly string[] | Refusal>>;
} = JSON.parse(readFileSync(new URL("spark-answers.json", import.meta.url), "utf8"));

const sourcesOf = ({ name }: TableUse) => {
  const columns = RECORD.tables[name.toLowerCase()];
  return columns && Object.entries(columns).map(([column, type]) => ({ name: column, type }));
};

/** Undefined for a text that is not one query. */
export function resolve(sql: string): QueryNames | undefined {
  const { tree } = readSql(sql);
  return tree && namesOf(tree, sourcesOf);
}
