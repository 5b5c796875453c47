/**
 * Spark's own test statements as roots, one a file: their queries, and the tables and views that statements before them made.
 *
 * Each is a dataset: a view with its query, a table with casts to its columns' types. What changes a table otherwise, or cannot be
 * followed, makes its columns unknown.
 */

import { analyzeSql } from "../../../compiler/parse/sql/analyze.ts";
import { lex, type Token } from "../../../compiler/parse/sql/lexer.ts";
import { wordOf } from "../../../compiler/parse/sql/tree.ts";
import { isSparkType } from "../../../contract/spark-types.ts";
import { isQuery, type Query, type Statement, statementsOf } from "../corpus.ts";
import type { Columns, TruthDataset, TruthRoot } from "./root.ts";

/** A root of one file. */
export interface TestFile extends TruthRoot {
  readonly name: string;
  /** The statements that are queries, by the names of their datasets; the others are views. */
  readonly queries: ReadonlyMap<string, Statement>;
}

/** Tables that Spark makes for all files (SQLQueryTestHelper.createTestTables). */
const UNIQUE = "unique1 unique2 two four ten twenty hundred thousand twothousand fivethous tenthous odd even".split(
  " ",
);
const TENK: Columns = {
  ...Object.fromEntries(UNIQUE.map((column) => [column, "int"])),
  stringu1: "string",
  stringu2: "string",
  string4: "string",
};
const TABLES: Readonly<Record<string, Columns>> = {
  testdata: { key: "int", value: "string" },
  arraydata: { arraycol: "array<int>", nestedarraycol: "array<array<int>>" },
  mapdata: { mapcol: "map<int,string>" },
  aggtest: { a: "int", b: "float" },
  onek: TENK,
  tenk1: TENK,
};

/** Folders whose queries call functions that only the tests have, and such functions elsewhere. */
const OWN_FOLDERS = /^sql-tests\/results\/(udf|udaf|udtf)\//;
const OWN_FUNCTIONS = /\b(booleq|boolne|vol)\s*\(/i;

/** What changes the meaning of queries behind it: no dataset can have it. */
const CHANGES_ALL =
  /^\s*(DECLARE|USE|SET\s+(VAR|CATALOG|spark\.sql\.legacy\S+\s*=\s*true)|BEGIN|CREATE\b.*\bFUNCTION)\b/is;

/** Reads the files of results; those whose queries depend on what no dataset has end there. */
export function readTestFiles(files: readonly Query[]): TestFile[] {
  return files.filter(({ name }) => !OWN_FOLDERS.test(name)).map(readTestFile);
}

function readTestFile(file: Query): TestFile {
  const session = new Session();
  const queries = new Map<string, Statement>();
  for (const statement of statementsOf(file)) {
    const { sql, outcome } = statement;
    if (CHANGES_ALL.test(sql) && outcome !== "refused") break;
    if (OWN_FUNCTIONS.test(sql)) continue;
    if (isQuery(statement)) queries.set(session.add(`q${statement.number}`, sql), statement);
    else if (outcome !== "refused") session.run(sql, statement.number);
  }
  const read = new Set(session.datasets.flatMap(({ reads }) => Object.values(reads)));
  const datasets = session.datasets.filter(({ name }) => queries.has(name) || read.has(name));
  return { name: file.name, queries, sources: {}, datasets };
}

/** The tables of one file at a time. */
class Session {
  readonly datasets: TruthDataset[] = [];
  /** The dataset that a table's name means now. */
  readonly #tables = new Map(Object.keys(TABLES).map((name) => [name, name]));

  constructor() {
    for (const [name, columns] of Object.entries(TABLES)) this.add(name, emptyTable(columns));
  }

  /** A query that reads what its tables mean now. */
  add(name: string, sql: string): string {
    const used = new Set(
      analyzeSql(sql).tables.flatMap((table) => (table.qualifier === undefined ? [table.name.toLowerCase()] : [])),
    );
    const reads = [...used].flatMap((table) => {
      const read = this.#tables.get(table);
      return read === undefined ? [] : [[table, read] as const];
    });
    this.datasets.push({ name, sql, reads: Object.fromEntries(reads) });
    return name;
  }

  /** A statement other than a query. */
  run(sql: string, number: number): void {
    const tokens = lex(sql).tokens;
    const at = tokens.findIndex(({ upper }) => upper === "TABLE" || upper === "VIEW");
    const nameAt = at + (tokens[at + 1]?.upper === "IF" ? (tokens[at + 2]?.upper === "NOT" ? 4 : 3) : 1);
    const name = wordOf(tokens[nameAt]).toLowerCase();
    if (at < 0) return;
    this.#tables.delete(name);
    if (tokens[0]?.upper !== "CREATE" || tokens[nameAt + 1]?.text === ".") return;
    const made = `${name.replace(/\W/g, "_")}_${number}`;
    const list = tokens[nameAt + 1]?.text === "(" ? listAt(tokens, nameAt + 1) : undefined;
    const query = queryOf(sql, tokens, list?.end ?? nameAt + 1);
    const columns = list && columnsOf(sql, list.items);
    if (query !== undefined) this.add(made, list ? renamed(query, list.items.map(nameOf)) : query);
    else if (columns !== undefined) this.add(made, emptyTable(columns));
    else return;
    this.#tables.set(name, made);
  }
}

const nameOf = ([first]: readonly Token[]) => wordOf(first);

function emptyTable(columns: Columns): string {
  const items = Object.entries(columns).map(([name, type]) => `CAST(NULL AS ${type}) AS \`${name}\``);
  return `SELECT ${items.join(", ")} WHERE false`;
}

/** A view with names of its own for its columns. */
function renamed(query: string, names: readonly string[]): string {
  return `SELECT * FROM (${query}\n) AS v(${names.map((name) => `\`${name}\``).join(", ")})`;
}

/** What is between two brackets, in items, and the index behind them. */
function listAt(tokens: readonly Token[], start: number): { readonly items: Token[][]; readonly end: number } {
  const items: Token[][] = [[]];
  let depth = 0;
  for (let at = start; at < tokens.length; at += 1) {
    const token = tokens[at] as Token;
    if (/^[(<]$/.test(token.text)) depth += 1;
    if (/^(\)|>+)$/.test(token.text)) depth -= token.text.length;
    if (depth === 0) return { items, end: at + 1 };
    if (token.text === "," && depth === 1) items.push([]);
    else if (at > start) items.at(-1)?.push(token);
  }
  return { items, end: tokens.length };
}

/** The query behind AS. */
function queryOf(sql: string, tokens: readonly Token[], from: number): string | undefined {
  const as = tokens.findIndex(({ upper }, at) => at >= from && upper === "AS");
  const next = tokens[as + 1];
  return as < 0 || next === undefined ? undefined : sql.slice(next.start);
}

/** Columns of CREATE TABLE; undefined where a type is not one of a source. */
function columnsOf(sql: string, items: readonly Token[][]): Columns | undefined {
  const columns = items.map((item) => {
    const end = item.findIndex(({ upper }, at) => at > 1 && /^(NOT|DEFAULT|COMMENT|GENERATED|COLLATE)$/.test(upper));
    const type = item.slice(1, end < 0 ? undefined : end);
    return [nameOf(item), sql.slice(type[0]?.start, type.at(-1)?.end).toLowerCase()] as const;
  });
  return columns.every(([, type]) => isSparkType(type)) ? Object.fromEntries(columns) : undefined;
}
