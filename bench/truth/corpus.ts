/**
 * Queries of others, to be read: TPC-DS, TPC-H, SSB and the statements of Spark's own tests, from the artifact that Spark publishes its tests in.
 *
 * Spark keeps what each of its test statements gives beside it. One that gives a `ParseException` is not Spark SQL; every other is,
 * whatever happens to it later (a column that does not exist, a division by zero).
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { HOME } from "../../setup/node.mjs";

/** One query that Spark reads. */
export interface Query {
  /** Its file, and for a file of many its number in it. */
  readonly name: string;
  readonly sql: string;
}

/** Queries of one origin. */
export interface Corpus {
  readonly name: string;
  readonly queries: readonly Query[];
  /** Largest share of false errors that is accepted. */
  readonly accepted: number;
}

/** All corpora; `folder` holds the artifact. */
export function readCorpora(folder: string): Corpus[] {
  const [jar = ""] = readdirSync(folder);
  const files = unzipSync(readFileSync(join(folder, jar)), {
    filter: ({ name }) =>
      /^(tpcds|tpcds-modifiedQueries|tpcds-v2\.7\.0|tpch|ssb|sql-tests\/results)\/.*\.sql(\.out)?$/.test(name),
  });
  const entries = Object.entries(files).map(([name, bytes]) => ({ name, sql: strFromU8(bytes) }));
  const under = (pattern: RegExp) => entries.filter(({ name }) => pattern.test(name)).sort(byName);
  return [
    { name: "TPC-DS", queries: under(/^tpcds/), accepted: 0 },
    { name: "TPC-H", queries: under(/^tpch\//), accepted: 0 },
    { name: "SSB", queries: under(/^ssb\//), accepted: 0 },
    { name: "Spark's tests", queries: distinct(under(/^sql-tests\/results/).flatMap(statementsOf)), accepted: 0.002 },
    { name: "bookings", queries: readBookings(), accepted: 0 },
  ];
}

/** The queries of the sample pipeline. */
export function readBookings(): Query[] {
  const folder = join(HOME, "sql", "bookings");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".sql"))
    .map((path) => ({ name: `bookings/${path}`, sql: readFileSync(join(folder, path), "utf8") }))
    .sort(byName);
}

/** Comments, blanks and brackets before the first word of a query. */
const QUERY = /^(?:\s|\(|--[^\n]*\n|\/\*.*?\*\/)*(?:SELECT|WITH|VALUES|FROM|TABLE|MAP|REDUCE)\b/is;

/** What writes, and what runs a program: a dataset may do neither, whatever Spark reads. */
const NO_DATASET = /\bINSERT\s+INTO\b|\bUSING\s+'/i;

/** Files that need a setting which changes what SQL is: double quotes for names. */
const NEEDS_SETTING = /double-quoted-identifiers-enabled/;

/** What Spark's parser says of literals beyond their type, which is not a `ParseException`. */
const BAD_LITERAL =
  /"errorClass" : "(INVALID_INTERVAL_FORMAT\.|DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION|INTERVAL_ARITHMETIC_OVERFLOW\.WITHOUT)/;

/** The queries of one file of expected results that Spark parses. */
function statementsOf({ name, sql: text }: Query): Query[] {
  const blocks = text.split(/^-- !query\n/m).slice(1);
  return blocks.flatMap((block, index) => {
    const [sql = "", results = ""] = block.split(/^-- !query schema\n/m);
    const output = results.split(/^-- !query output\n/m)[1] ?? "";
    const isRefused =
      output.startsWith("org.apache.spark.sql.catalyst.parser.ParseException") || BAD_LITERAL.test(output);
    return isRefused || !QUERY.test(sql) || NO_DATASET.test(sql) || NEEDS_SETTING.test(name)
      ? []
      : [{ name: `${name}:${index + 1}`, sql: sql.replace(/\n$/, "") }];
  });
}

/** Spark runs many files in several modes; each text counts once. */
function distinct(queries: readonly Query[]): Query[] {
  return [...new Map(queries.map((query) => [query.sql, query])).values()];
}

function byName(a: Query, b: Query): number {
  return a.name < b.name ? -1 : 1;
}
