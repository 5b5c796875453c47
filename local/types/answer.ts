/** What an engine answers to one query (local/engine/analyze.py), and the types that are made of it. */

/** A column of a table or of a result. */
export interface AnalyzedColumn {
  readonly name: string;
  /** Spark's name of its type. */
  readonly type: string;
  /** The engine may give it another type than Spark does: it is compared with nothing. */
  readonly unsure: boolean;
}

/** A column in a request or an answer: name, type, unsure. */
export type WireColumn = readonly [string, string, boolean];

/** One query with its tables, as a request; the content that its answer depends on. */
export interface Question {
  readonly sql: string;
  readonly tables: readonly (readonly [string, readonly WireColumn[]])[];
  /** Name, type, default or null. */
  readonly params: readonly (readonly [string, string, string | null])[];
}

/** A mistake in an engine's words of Spark. */
export interface Mistake {
  /** Spark's class of the error. */
  readonly kind: string;
  readonly message: string;
  /** In characters from the start of the SQL; null if it is not certain. */
  readonly offset: number | null;
}

export interface Answer {
  /** Null if there is a mistake, or the engine refuses. */
  readonly columns: readonly WireColumn[] | null;
  readonly mistakes: readonly Mistake[];
  /** Why there are no types, if that need not be a mistake. */
  readonly refused: string | null;
}

/** Types of the results of all datasets that were analyzed: pipeline → dataset → columns. */
export type Types = Readonly<Record<string, Readonly<Record<string, readonly AnalyzedColumn[]>>>>;

/** The columns that readers of a target see: files and tables have fewer types than queries. */
export function stored(columns: readonly WireColumn[], isIceberg: boolean): readonly WireColumn[] {
  return columns.map(([name, type, unsure]) => [name, storedType(type, isIceberg), unsure]);
}

/** By the job's rules: `as_numbers` (glue/strata_glue/engine/intervals.py), and Iceberg's whole numbers. */
function storedType(type: string, isIceberg: boolean): string {
  if (/^interval (year|month)/.test(type)) return "int";
  if (/^interval /.test(type)) return "bigint";
  return isIceberg ? type.replace(/\b(tinyint|smallint)\b/g, "int") : type;
}
