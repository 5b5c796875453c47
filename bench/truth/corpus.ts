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

/** A statement of Spark's own tests, with what came of it. */
export interface Statement extends Query {
  /** Its file. */
  readonly file: string;
  /** Its place in the file, from 1. */
  readonly number: number;
  /** The columns of its result, as Spark writes a struct type. */
  readonly schema: string;
  /** `unread`: Spark's parser refuses it. `refused`: its analyzer does, for a condition. `taken`: whatever happens to it later. */
  readonly outcome: "unread" | "refused" | "taken";
  readonly condition: string | undefined;
}

/** The text files of the artifact with Spark's tests. */
export function readArtifact(folder: string): Query[] {
  const [jar = ""] = readdirSync(folder);
  const files = unzipSync(readFileSync(join(folder, jar)), {
    filter: ({ name }) =>
      /^(tpcds|tpcds-modifiedQueries|tpcds-v2\.7\.0|tpch|ssb|sql-tests\/results)\/.*\.sql(\.out)?$/.test(name),
  });
  return Object.entries(files).map(([name, bytes]) => ({ name, sql: strFromU8(bytes) }));
}

/** All corpora, of the artifact's files and the sample. */
export function readCorpora(files: readonly Query[]): Corpus[] {
  const under = (pattern: RegExp) => files.filter(({ name }) => pattern.test(name)).sort(byName);
  return [
    { name: "TPC-DS", queries: under(/^tpcds/), accepted: 0 },
    { name: "TPC-H", queries: under(/^tpch\//), accepted: 0 },
    { name: "SSB", queries: under(/^ssb\//), accepted: 0 },
    {
      name: "Spark's tests",
      queries: distinct(testFiles(files).flatMap((file) => statementsOf(file).filter(isQuery))),
      accepted: 0.002,
    },
    { name: "bookings", queries: readBookings(), accepted: 0 },
  ];
}

/** The files of statements and what came of them, without those that need a setting which changes what SQL is. */
export function testFiles(files: readonly Query[]): Query[] {
  return files.filter(({ name }) => name.startsWith("sql-tests/results/") && !NEEDS_SETTING.test(name)).sort(byName);
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

/** Files that need a setting which changes what SQL is: double quotes for names, patterns for columns. */
const NEEDS_SETTING = /double-quoted-identifiers-enabled|query_regex_column/;

/** What Spark's parser says of literals beyond their type, which is not a `ParseException`. */
const BAD_LITERAL =
  /"errorClass" : "(INVALID_INTERVAL_FORMAT\.|DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION|INTERVAL_ARITHMETIC_OVERFLOW\.WITHOUT)/;

/** The statements of one file of expected results. */
export function statementsOf({ name: file, sql: text }: Query): Statement[] {
  const blocks = text.split(/^-- !query\n/m).slice(1);
  return blocks.map((block, index) => {
    const [sql = "", results = ""] = block.split(/^-- !query schema\n/m);
    const [schema = "", output = ""] = results.split(/^-- !query output\n/m);
    const isUnread =
      /^org\.apache\.spark\.sql\.catalyst\.parser\.ParseException/.test(output) || BAD_LITERAL.test(output);
    const isRefused = /^org\.apache\.spark\.sql\.\S*AnalysisException/.test(output);
    const number = index + 1;
    return {
      name: `${file}:${number}`,
      file,
      number,
      sql: sql.replace(/\n$/, ""),
      schema: schema.trim(),
      outcome: isUnread ? "unread" : isRefused ? "refused" : "taken",
      condition: /"errorClass" : "([A-Z_.]+)"/.exec(output)?.[1],
    };
  });
}

/** True for one that Spark parses and that can be a dataset's. */
export function isQuery({ outcome, sql }: Statement): boolean {
  return outcome !== "unread" && QUERY.test(sql) && !NO_DATASET.test(sql);
}

/** Spark runs many files in several modes; each text counts once. */
function distinct(queries: readonly Query[]): Query[] {
  return [...new Map(queries.map((query) => [query.sql, query])).values()];
}

function byName(a: Query, b: Query): number {
  return a.name < b.name ? -1 : 1;
}
