/**
 * SQL over a lake's tables, by Sail, in the dialect of a dataset's SQL. Read only: one SELECT, held to the rules of a dataset's
 * SQL, in its own worker that no other process reaches.
 */

import { mistakeOfQuery, tablesNamed } from "../../compiler/rules/given-query.ts";
import { UserError } from "../user-error.ts";
import type { Worker } from "../worker/worker.ts";
import { readDatabases } from "./catalog.ts";
import { type Column, type Format, formatTable, type Row } from "./format.ts";

export interface Query {
  readonly lake: string;
  /** Unqualified tables are looked up here; others as `database.table`. */
  readonly database: string;
  readonly sql: string;
  readonly format: Format;
  /** Rows shown at most as text; default: all. */
  readonly limit?: number;
  /** An earlier run, by generation, time or execution; only Iceberg tables remember. */
  readonly asOf?: string;
  readonly signal?: AbortSignal;
}

/** The result as text, and what Sail computes otherwise than Spark. */
export interface Answer {
  readonly text: string;
  readonly warnings: readonly string[];
}

type Event = { readonly columns: readonly Column[] } | { readonly rows: readonly Row[] };

type Done =
  | { readonly rows: number; readonly warnings: readonly string[] }
  | { readonly error: { readonly message: string; readonly line?: number; readonly column?: number } };

/** Asks a worker that reads the lake. Throws `UserError` for whatever the query gets wrong. */
export async function query(asked: Query, worker: Worker): Promise<Answer> {
  const { lake, database, sql, format, asOf, limit = Number.POSITIVE_INFINITY, signal } = asked;
  const mistake = mistakeOfQuery(sql);
  if (mistake !== undefined) throw new UserError(placed(mistake.message, mistake), mistake.help);
  const databases = await readDatabases(lake);
  const tables = databases.flatMap(({ database, tables }) => tables.map((table) => ({ ...table, database })));
  if (tables.length === 0)
    throw new UserError(
      `the lake ${lake} has no tables yet`,
      "a run that succeeds makes them at its end, of all that is committed: `strata run`",
    );
  const uses = tablesNamed(sql, tables, database).map(({ table: { name, location, format }, ...use }) => ({
    ...{ name, location, ...(format && { format }), as: use.name },
    ...(use.database !== undefined && { database: use.database }),
  }));
  let columns: readonly Column[] = [];
  const rows: Row[] = [];
  const done = await worker.ask<Done>(
    {
      lake,
      query: {
        ...{ sql, uses, known: tables.map(({ name }) => name), json: format === "json", asOf: asOf ?? null },
        limit: format === "text" && Number.isFinite(limit) ? limit : null,
      },
    },
    (event: Event) => {
      if ("columns" in event) columns = event.columns;
      else for (const row of event.rows) rows.push(row);
    },
    signal,
  );
  if ("error" in done) throw new UserError(placed(done.error.message, done.error));
  return { text: formatTable({ columns, rows, all: done.rows }, format), warnings: done.warnings };
}

function placed(message: string, { line, column }: { readonly line?: number; readonly column?: number }): string {
  return line === undefined ? message : `line ${line}, column ${column}: ${message}`;
}
