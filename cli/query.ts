/** `strata query`: SQL over the tables of the local catalog. */

import type { CompiledPipeline } from "../compiler/compile.ts";
import { printable } from "../compiler/show/text.ts";
import { query as queryCatalog } from "../local/catalog/query.ts";
import { startWorker, type Worker } from "../local/worker/worker.ts";
import { nameFor } from "../settings/names.ts";
import { HOME } from "../setup/node.mjs";
import { ensurePython } from "../setup/python.mjs";
import { EXIT, usageError } from "./exit.ts";
import { nameInterrupted } from "./resume.ts";
import { choose, lakeOf, load, type RootOptions } from "./root.ts";
import { cancellable } from "./signals.ts";

interface QueryOptions extends RootOptions {
  readonly format: "text" | "json" | "csv";
  readonly asOf?: string;
  readonly limit?: string;
}

/** Rows of a text table, unless `--limit` says otherwise. */
const ROWS = 100;

/** Queries; unqualified names are tables of the pipeline's database. */
export async function query(sql: string, name: string | undefined, options: QueryOptions): Promise<number> {
  const limit = limitOf(options.limit);
  if (options.asOf === "")
    throw usageError("`--as-of` is empty", "give a generation, a time or an execution; omit it for the current rows");
  const lake = lakeOf(options);
  return cancellable("cancelled", async (signal) => {
    // The engine comes up while the root is read.
    const answer = await withReader(lake, async (worker) => {
      const pipeline = choose(await load(options), name);
      refuseNamedQuery(sql, pipeline);
      const database = nameFor("localDatabase", pipeline.name);
      const { format, asOf } = options;
      await nameInterrupted(options);
      return queryCatalog({ lake, database, sql, format, limit, signal, ...(asOf && { asOf }) }, worker);
    });
    for (const warning of answer.warnings) process.stderr.write(`strata: warning: ${printable(warning)}\n`);
    // A terminal is shown no control character of a value; a file or a program gets every byte.
    process.stdout.write(process.stdout.isTTY ? answer.text.split(/\r?\n/).map(printable).join("\n") : answer.text);
    return EXIT.ok;
  });
}

/** Calls `work` with a worker on Sail that only reads the lake; it is gone afterwards. */
export async function withReader<T>(lake: string, work: (worker: Worker) => Promise<T>): Promise<T> {
  const worker = startWorker({ home: HOME, python: await ensurePython("sail"), engine: "sail", lake, reads: true });
  try {
    return await work(worker);
  } finally {
    await worker.kill();
  }
}

/** A name in the place of SQL. */
function refuseNamedQuery(text: string, { name, plan }: CompiledPipeline): void {
  const named = plan?.queries.find((each) => each.name === text.trim());
  if (named === undefined) return;
  throw usageError(
    `\`${named.name}\` is a named query of pipeline \`${name}\`, for Athena`,
    "give SQL: that of the named query, where Spark reads it, too",
  );
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return ROWS;
  if (!/^\d{1,15}$/.test(text)) throw usageError(`--limit \`${text}\` is not a number of rows`, "give 0 for all rows");
  return Number(text) || Number.POSITIVE_INFINITY;
}
