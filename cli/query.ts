/** `strata query`: SQL over the tables of the local catalog. */

import { printable } from "../compiler/show/text.ts";
import { query as queryCatalog } from "../local/catalog/query.ts";
import { nameFor } from "../settings/names.ts";
import { EXIT, usageError } from "./exit.ts";
import { nameBrokenOff } from "./resume.ts";
import { choose, lakeOf, load, type RootOptions } from "./root.ts";

interface QueryOptions extends RootOptions {
  readonly format: "text" | "json" | "csv";
  readonly asOf?: string;
  readonly limit?: string;
}

/** Rows of a text table, unless `--limit` says otherwise. */
const ROWS = 100;

/** Queries; unqualified names are tables of the pipeline's database. */
export async function query(sql: string, name: string | undefined, options: QueryOptions): Promise<number> {
  const loaded = await load(options);
  const database = nameFor("localDatabase", choose(loaded, name).name);
  const { format, asOf } = options;
  const limit = limitOf(options.limit);
  await nameBrokenOff({ ...(options.root && { root: options.root }), ...(options.lake && { lake: options.lake }) });
  const result = await queryCatalog({ lake: lakeOf(options), database, sql, format, limit, ...(asOf && { asOf }) });
  // A terminal is shown no control character of a value; a file or a program gets every byte.
  process.stdout.write(process.stdout.isTTY ? result.split(/\r?\n/).map(printable).join("\n") : result);
  return EXIT.ok;
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return ROWS;
  if (!/^\d{1,15}$/.test(text)) throw usageError(`--limit \`${text}\` is not a number of rows`, "give 0 for all rows");
  return Number(text) || Number.POSITIVE_INFINITY;
}
