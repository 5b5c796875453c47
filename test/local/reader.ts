/** What a lake holds, by the product's own reader: one worker for all questions of a file of tests. */

import type { AskedTable } from "../../local/catalog/crawl.ts";
import { startWorker, type Worker } from "../../local/worker/worker.ts";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";

/** A worker on Sail that only reads; its caller kills it. It reads any lake that a request names. */
export function startReader(): Worker {
  return startWorker({ home: HOME, python: pythonOf("sail"), engine: "sail", lake: "/", reads: true });
}

/** The rows of a SELECT over one table, whether a catalog has it or not. */
export async function rowsOf<T>(worker: Worker, lake: string, table: AskedTable, sql: string): Promise<T[]> {
  let names: string[] = [];
  const rows: T[] = [];
  const query = { sql, uses: [{ ...table, as: table.name }], known: [], limit: null, asOf: null, json: true };
  const done = await worker.ask<{ error?: { message: string } }>(
    { lake, query },
    (event: { columns?: { name: string }[]; rows?: string[][] }) => {
      if (event.columns) names = event.columns.map(({ name }) => name);
      for (const row of event.rows ?? [])
        rows.push(Object.fromEntries(row.map((value, index) => [names[index], JSON.parse(value)])) as T);
    },
  );
  if (done.error) throw new Error(done.error.message);
  return rows;
}
