/** The columns of a pipeline's sources beside those that it declares, compared by the job's own rules (local/engine/schemas.py). */

import type { Source } from "../../compiler/resolve/sources.ts";

/** A column that is not as it is declared. */
export interface Difference {
  /** `missing`: not there. `new`: not declared. `type`: the declared type cannot hold every value. */
  readonly kind: "missing" | "new" | "type";
  readonly column: string;
  readonly declared?: string;
  readonly found?: string;
  /** The file, or the table of the catalog. */
  readonly where: string;
  /** Of a missing column: a new one with a similar name. */
  readonly meant?: string;
  /** All of it as a sentence. */
  readonly text: string;
}

export interface Column {
  readonly name: string;
  readonly type: string;
}

/**
 * `EQUAL`, `DIFFERENT`: compared with what is declared. `UNDECLARED`: no columns are declared. `DERIVED`: likewise, and
 * another pipeline of the root writes it, so that its columns follow from SQL and are not read. `FAILED`: they cannot be read.
 */
export type SourceStatus = "EQUAL" | "DIFFERENT" | "UNDECLARED" | "DERIVED" | "FAILED";

/** What is known of one source. */
export interface SourceReport {
  readonly source: Source;
  readonly status: SourceStatus;
  /** In order; none if they were not read. */
  readonly columns: readonly Column[];
  readonly differences: readonly Difference[];
  readonly error?: string;
}

/** What a catalog says of a source, or why that is not known. */
export type CatalogColumns =
  | { readonly columns: readonly (readonly [string, string])[]; readonly where: string }
  | { readonly error: string };

/** Sends a request to a process that reads the lake. */
type Ask = (request: Readonly<Record<string, unknown>>) => Promise<readonly Answer[]>;

type Answer =
  | { readonly columns: readonly Column[]; readonly differences: readonly Difference[] }
  | { readonly error: string; readonly missing: boolean };

/**
 * Reads and compares sources, in order.
 *
 * @param catalog what a catalog says of each source, instead of the lake's files; default: the files
 */
export async function compareSources(
  sources: readonly Source[],
  ask: Ask,
  catalog?: readonly CatalogColumns[],
): Promise<SourceReport[]> {
  const known = sources.map((source, index) => ({ source, found: catalog?.[index] }));
  const asked = known.filter(({ source, found }) => !isDerived(source) && (found === undefined || "columns" in found));
  const answers =
    asked.length === 0 ? [] : await ask({ schemas: asked.map(({ source, found }) => request(source, found)) });
  const bySource = new Map(asked.map(({ source }, index) => [source, answers[index]]));
  return known.map(({ source, found }) => {
    if (isDerived(source)) return { source, status: "DERIVED", columns: [], differences: [] };
    if (found !== undefined && "error" in found) return failed(source, found.error);
    const answer = bySource.get(source);
    return answer === undefined || "error" in answer ? failed(source, answer?.error ?? "") : report(source, answer);
  });
}

function request({ name, location, declared, writer }: Source, catalog: CatalogColumns | undefined) {
  return {
    name,
    location: location.location,
    ...(writer?.isIceberg && { format: "iceberg" }),
    declared: (declared?.columns ?? []).map(({ name: column, type }) => [column, type]),
    ...(catalog && { catalog }),
  };
}

function report(
  source: Source,
  { columns, differences }: Extract<Answer, { readonly columns: unknown }>,
): SourceReport {
  const compared = differences.length > 0 ? "DIFFERENT" : "EQUAL";
  return { source, status: isDeclared(source) ? compared : "UNDECLARED", columns, differences };
}

function isDeclared({ declared }: Source): boolean {
  return declared !== undefined && declared.columns.length > 0;
}

function isDerived(source: Source): boolean {
  return source.writer !== undefined && !isDeclared(source);
}

function failed(source: Source, error: string): SourceReport {
  return { source, status: "FAILED", columns: [], differences: [], error };
}
