/**
 * The catalogue of diagnostics: every code, once, with its severity and the sentence that names it in `docs/diagnostics.md`.
 *
 * Areas: `S` syntax, `C` configuration, `Q` SQL, `G` graph, `L` limits, `P` permissions, `E` expectations,
 * `W` writing, `D` deployment.
 * A code is never given to another mistake; a rule that goes leaves its number behind.
 */

/** `error` stops everything, `warning` with `--strict`; a `note` is advice and never fails anything. */
export type Severity = "error" | "warning" | "note";

/** One entry of the catalogue. */
export interface CodeEntry {
  readonly severity: Severity;
  /** What the code means: lower case, no full stop. */
  readonly title: string;
  /** May a dataset lower it (an error to a warning, a warning to nothing) under `strata.allow`, with a reason? */
  readonly allowable: boolean;
}

const error = (title: string): CodeEntry => ({ severity: "error", title, allowable: false });
const allowableError = (title: string): CodeEntry => ({ severity: "error", title, allowable: true });
const warning = (title: string): CodeEntry => ({ severity: "warning", title, allowable: true });
/** Of what no dataset has, so that no dataset's `allow` reaches it. */
const fileWarning = (title: string): CodeEntry => ({ severity: "warning", title, allowable: false });
const note = (title: string): CodeEntry => ({ severity: "note", title, allowable: true });

/** Codes of the compiler and of loading. */
export const COMPILER_CODES = {
  S001: error("a JSON file is not valid JSON"),
  S002: error("a YAML file is not valid YAML"),
  S003: error("an object has a duplicate key"),
  S004: error("a file cannot be read or is not UTF-8 text"),
  S005: error("a file is nested too deeply"),
  C001: error("a value has the wrong type"),
  C002: error("a key is missing"),
  C003: error("`sql_name` differs from the dataset's key"),
  C004: error("one of a pipeline's two JSON files is missing"),
  C005: error("a stage lists a dataset that does not exist"),
  C006: error("a dataset is listed twice"),
  C007: warning("no stage lists a dataset, so it never runs"),
  C008: error("`sql_file` is outside the folder `sql/`"),
  C009: error("`sql_file` does not exist, or is not a `.sql` file"),
  C010: fileWarning("no dataset names a `.sql` file"),
  C011: error("a location is malformed"),
  C012: error("an unknown key in Strata's settings"),
  C013: error("an unknown value in Strata's settings"),
  C014: error("a parameter's default does not fit its type"),
  C015: error("`sources` declares a table that no dataset reads as an external source"),
  C016: error("a name is empty or has control characters"),
  C017: error("targets of one crawler are at different depths"),
  C018: error("a crawler's prefix is inside another crawler's"),
  C019: fileWarning("a crawler's prefix has no target"),
  C020: error("a pipeline has no stage"),
  C021: fileWarning("a stage lists no dataset"),
  C022: error("two source tables of a dataset have the same name"),
  C023: error("a dataset already has `sql_text`"),
  C024: error("a key of `strata` is next to it instead of inside"),
  C025: allowableError("a dataset reads a source at another location than `sources` declares"),
  C026: fileWarning("no dataset reads a source that `sources` declares with its `s3_path`"),
  C028: fileWarning("two names for one location declare different columns"),
  Q001: allowableError("the SQL does not parse as Spark SQL"),
  Q002: error("a SQL file does not contain exactly one query"),
  Q003: error("a query reads a table by its path"),
  Q004: error("a query reads a table that is neither listed in `tables` nor a dataset or source of the pipeline"),
  Q005: warning("a listed table is not used by the query"),
  Q006: warning("a double-quoted name is a string in Spark SQL"),
  Q007: error("a query uses a parameter that is not declared"),
  Q008: fileWarning("a declared parameter is not used by any query"),
  Q009: error("a query names its table at run time"),
  Q010: error("a query has a positional parameter"),
  Q011: warning("engines interpret a doubled quote in a string differently"),
  Q012: note("a query is nested too deeply to be analyzed"),
  Q013: error("SQL that is not analyzed has no `tables`, or one with a database"),
  Q014: error("a query reads a name that two datasets or sources have"),
  Q020: error("SQL does more than query: it runs a program, calls Java or reads a file"),
  Q021: allowableError("a function fetches the document type named in its XML"),
  Q030: allowableError("a query names a column that does not exist"),
  Q031: allowableError("a query names a column that two tables have"),
  Q032: allowableError("two columns of a result have the same name"),
  Q033: allowableError("lists of columns that must be equally long are not"),
  Q034: allowableError("a new name of the select list is used where Spark does not see it"),
  Q035: allowableError("a query calls a function that Spark does not have"),
  Q036: allowableError("a function is called with a wrong number of arguments"),
  Q040: allowableError("types cannot be compared, combined or cast, or an argument has the wrong type"),
  Q041: allowableError("an aggregate or window function is where none may be"),
  Q042: allowableError("the sides of a UNION, INTERSECT or EXCEPT have different types"),
  Q043: allowableError("a column is neither in GROUP BY nor inside an aggregate function"),
  Q049: allowableError("the engine's analyzer refuses the query"),
  Q050: warning("a new name without AS is the name of a column: a comma is missing"),
  Q051: warning("a join does not connect its two sides"),
  Q052: warning("a column is compared with a text that its `accepted_values` do not have"),
  Q053: warning("`NOT IN` over a sub-query that may give NULL"),
  Q054: warning("a comparison with NULL"),
  Q055: warning("a LIMIT without an order keeps other rows in each run"),
  Q056: warning("a value is taken out of JSON twice"),
  Q057: warning("a column of the result is an interval"),
  Q058: warning("a query gives another result in each run"),
  Q059: warning("a column of the result has a type that a target cannot store"),
  G001: error("two datasets write the same target"),
  G002: error("a target is inside another target"),
  G003: error("two tables of one database have the same name"),
  G004: error("a dataset reads what a later stage writes"),
  G005: error("datasets of a stage form a cycle"),
  G006: warning("a source overlaps a target without being equal to it"),
  G007: warning("a dataset reads the target of a dataset that is in no stage"),
  G008: warning("tables of two pipelines have the same name"),
  G009: allowableError("a source's path is nearly that of a target"),
  L001: error("a named query exceeds Athena's limit"),
  L002: error("a location, or a folder name in it, is too long for a store"),
  L003: error("the definition exceeds Step Functions' limit"),
  P001: fileWarning("a job's permissions are wider than the plan, to fit IAM's limits"),
  P002: error("permissions exceed IAM's limits"),
  E001: error("an expectation names a column that does not exist"),
  E002: allowableError("the expression of an expectation is not a single condition"),
  E003: error("two expectations of a dataset have one name"),
  E004: error("an expectation refers to a dataset that the pipeline does not write"),
  E005: error("freshness is compared with a value that is not a time"),
  W001: error("a dataset without a target has settings for one"),
  W002: error("settings of a target contradict each other"),
  W003: error("a setting of a target names a column that does not exist"),
  W004: allowableError("each run of a dataset appends the same rows"),
  W005: note("a large table is replaced while it is read"),
} as const satisfies Record<string, CodeEntry>;

/** Codes of a stack's settings and of its deployment. */
export const DEPLOYMENT_CODES = {
  D001: error("a stack has no settings file"),
  D002: error("a setting is unknown"),
  D003: error("a setting has an invalid value"),
  D004: error("a setting that the plan contains is a secret"),
  D005: error("a setting is missing"),
  D006: error("a logical bucket is not mapped"),
  D007: error("two buckets of a stack have the same name"),
  D008: error("a setting names a stage or pipeline that does not exist"),
  D009: error("a bucket belongs to another stack"),
  D010: fileWarning("no dataset writes a target any more"),
  D011: error("a pipeline has the name of the stack's canary"),
  D012: fileWarning("a file looks like a stack's settings, but Pulumi does not read it"),
  D013: error("a stage on Glue 5.1 has SQL that only Spark 4 supports"),
} as const satisfies Record<string, CodeEntry>;

/** Codes of everything. */
export const CODES = { ...COMPILER_CODES, ...DEPLOYMENT_CODES } as const;

/** A code of the compiler. */
export type CompilerCode = keyof typeof COMPILER_CODES;

/** A code of a lint (compiler/names/lints/). */
export type LintCode = Extract<CompilerCode, `Q05${number}`>;

/** Any code. */
export type Code = keyof typeof CODES;
