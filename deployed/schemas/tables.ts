/** Columns of locations, by the tables of the account's Glue catalog. */

import {
  type Column,
  type GlueClient,
  paginateGetDatabases,
  paginateGetTables,
  type Table,
} from "@aws-sdk/client-glue";
import { reasonOf } from "../verify/finding.ts";

/** What the catalog says of a location, or why that is not known. */
export type CatalogColumns =
  | { readonly columns: readonly (readonly [name: string, type: string])[]; readonly where: string }
  | { readonly error: string };

/** The tables of a catalog, and what of it cannot be read. */
interface Catalog {
  readonly tables: readonly Table[];
  readonly problems: readonly string[];
}

/**
 * Columns of each location: those of the table whose `Location` it is, whatever its closing slash. Partition keys count as
 * columns; views and links to tables of other accounts do not count as tables. Several tables at one location must have the same columns.
 */
export async function catalogColumns(
  glue: GlueClient,
  locations: readonly string[],
  signal?: AbortSignal,
): Promise<CatalogColumns[]> {
  const catalog = await readCatalog(glue, signal);
  const sorted = catalog.tables.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const byLocation = Map.groupBy(sorted, ({ StorageDescriptor }) => plain(StorageDescriptor?.Location ?? ""));
  return locations.map((location) => columnsAt(location, byLocation.get(plain(location)) ?? [], catalog));
}

async function readCatalog(client: GlueClient, abortSignal: AbortSignal | undefined): Promise<Catalog> {
  const options = abortSignal && { abortSignal };
  const tables: Table[] = [];
  const problems: string[] = [];
  const names: string[] = [];
  try {
    for await (const { DatabaseList = [] } of paginateGetDatabases({ client }, {}, options))
      names.push(...DatabaseList.filter(({ TargetDatabase }) => !TargetDatabase).flatMap(({ Name }) => Name ?? []));
  } catch (problem) {
    problems.push(`the catalog's databases cannot be listed (glue:GetDatabases): ${reasonOf(problem)}`);
  }
  for (const DatabaseName of names)
    try {
      for await (const { TableList = [] } of paginateGetTables({ client }, { DatabaseName }, options))
        tables.push(...TableList);
    } catch (problem) {
      problems.push(`database \`${DatabaseName}\` cannot be read (glue:GetTables): ${reasonOf(problem)}`);
    }
  return { tables: tables.filter((each) => each.TableType !== "VIRTUAL_VIEW" && !each.TargetTable), problems };
}

function columnsAt(location: string, found: readonly Table[], { tables, problems }: Catalog): CatalogColumns {
  const [first] = found;
  if (first === undefined) return { error: [notThere(location, tables), ...problems].join("; ") };
  const lists = new Set(found.map((table) => JSON.stringify(columnsOf(table))));
  const names = found.map(nameOf).join(", ");
  if (lists.size > 1)
    return {
      error: `${found.length} tables of the catalog have the location ${location}, with different columns: ${names}: delete those that are out of date, or crawl again`,
    };
  return { columns: columnsOf(first), where: `table ${nameOf(first)} of the catalog` };
}

function notThere(location: string, tables: readonly Table[]): string {
  const at = plain(location);
  const near = tables.find(({ StorageDescriptor }) => {
    const other = plain(StorageDescriptor?.Location ?? "");
    return other !== "/" && (at.startsWith(other) || other.startsWith(at));
  });
  const hint = near && ` (${nameOf(near)} is at ${near.StorageDescriptor?.Location})`;
  return `no table of the catalog has the location ${location}${hint ?? ""}: crawl it, or compare with a lake (\`--lake\`)`;
}

/** Iceberg keeps columns of earlier schemas in its entry, and marks them. */
function columnsOf({ StorageDescriptor, PartitionKeys = [] }: Table): (readonly [string, string])[] {
  const current = ({ Parameters }: Column) => Parameters?.["iceberg.field.current"] !== "false";
  const columns = [...(StorageDescriptor?.Columns ?? []).filter(current), ...PartitionKeys];
  return columns.map(({ Name = "", Type = "" }) => [Name, Type]);
}

function nameOf({ DatabaseName, Name }: Table): string {
  return `\`${DatabaseName}.${Name}\``;
}

/** Hadoop has two further schemes for S3. */
function plain(location: string): string {
  return `${location.replace(/^s3[an]:/, "s3:").replace(/\/+$/, "")}/`;
}
