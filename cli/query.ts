/** `strata query`: SQL over the tables of the local catalog. */

import { query as queryCatalog } from "../local/catalog/query.ts";
import { nameFor } from "../settings/names.ts";
import { EXIT } from "./exit.ts";
import { choose, lakeOf, load, type RootOptions } from "./root.ts";

interface QueryOptions extends RootOptions {
  readonly format: "text" | "json" | "csv";
  readonly asOf?: string;
}

/** Queries; unqualified names are tables of the pipeline's database. */
export async function query(sql: string, name: string | undefined, options: QueryOptions): Promise<number> {
  const loaded = await load(options);
  const database = nameFor("localDatabase", choose(loaded, name).name);
  const { format, asOf } = options;
  const result = await queryCatalog({ lake: lakeOf(options), database, sql, format, ...(asOf && { asOf }) });
  process.stdout.write(result);
  return EXIT.ok;
}
