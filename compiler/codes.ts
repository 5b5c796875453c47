/**
 * The catalogue of diagnostics: every code, once, with its severity and the sentence that names it in `docs/diagnostics.md`.
 *
 * Areas: `S` syntax, `C` configuration, `Q` SQL, `G` graph, `L` limits, `P` permissions, `E` expectations,
 * `W` writing, `D` deployment.
 * A code is never given to another mistake; a rule that goes leaves its number behind.
 */

import type { Severity } from "./diagnostics.ts";

/** One entry of the catalogue. */
export interface CodeEntry {
  readonly severity: Severity;
  /** What the code stands for: lower case, no full stop. */
  readonly title: string;
  /** May a dataset lower it (an error to a warning, a warning to nothing) under `strata.allow`, with a reason? */
  readonly allowable: boolean;
}

const error = (title: string): CodeEntry => ({ severity: "error", title, allowable: false });
const allowableError = (title: string): CodeEntry => ({ severity: "error", title, allowable: true });
const warning = (title: string): CodeEntry => ({ severity: "warning", title, allowable: true });
/** Of a file that no dataset has, so that no dataset's `allow` reaches it. */
const fileWarning = (title: string): CodeEntry => ({ severity: "warning", title, allowable: false });
const note = (title: string): CodeEntry => ({ severity: "note", title, allowable: true });

/** Codes of the compiler and of loading; the deployment's are in `settings/`. */
export const COMPILER_CODES = {
  S001: error("a JSON file is not valid JSON"),
  S002: error("a YAML file is not valid YAML"),
  S003: error("an object has a key twice"),
  S004: error("a file cannot be read or is not UTF-8 text"),
  S005: error("a file is nested too deeply"),
  C001: error("a value has the wrong type"),
  C002: error("a key is missing"),
  C003: error("`sql_name` differs from the dataset's key"),
  C004: error("one of a pipeline's two JSON files is missing"),
  C005: error("a stage lists a dataset that does not exist"),
  C006: error("a dataset is listed twice"),
  C007: warning("no stage lists a dataset, so it never runs"),
  C008: error("`sql_file` leads out of the folder `sql/`"),
  C009: error("`sql_file` does not exist, or is no `.sql` file"),
  C010: fileWarning("no dataset names a `.sql` file"),
  C011: error("a location is malformed"),
  C012: error("an unknown key among Strata's own settings"),
  C013: error("a value that Strata's own settings do not know"),
  C014: error("a parameter's default does not fit its type"),
  C015: error("`sources` declares a table that nothing reads from outside"),
  C016: error("a name is empty or has control characters"),
  C017: error("the targets below one crawler lie at different depths"),
  C018: error("a crawler lies inside another crawler"),
  C019: fileWarning("no target lies below a crawler"),
  C020: error("a pipeline has no stage"),
  C021: fileWarning("a stage lists no dataset"),
  C022: error("two source tables of a dataset have one name"),
  C023: error("`sql_text` is already in the dataset's object"),
  C024: error("a key of `strata` is outside of it"),
  Q001: allowableError("the SQL does not parse as Spark SQL"),
  Q002: error("a SQL file holds anything but exactly one query"),
  Q003: error("a query reads a table by its path"),
  Q004: error("a query reads a table that `tables` does not list"),
  Q005: warning("a listed table is not used by the query"),
  Q006: warning("a name in double quotes is text in Spark SQL"),
  Q007: error("a query uses a parameter that is not declared"),
  Q008: fileWarning("no query uses a declared parameter"),
  Q009: error("a query names its table at run time"),
  Q010: error("a query has a positional parameter"),
  Q011: warning("engines read a doubled quote in a text differently"),
  Q012: note("a query is not analyzed, since the parser does not read all of Spark SQL"),
  Q020: error("SQL reaches out of its query: it runs a program, calls Java, reads a file"),
  Q021: allowableError("a function fetches the document type that its XML names"),
  G001: error("two datasets write the same target"),
  G002: error("a target lies inside another target"),
  G003: error("two tables of one database have one name"),
  G004: error("a dataset reads what a later stage writes"),
  G005: error("datasets of a stage wait for each other"),
  G006: warning("a source overlaps a target without being equal to it"),
  G007: warning("a dataset reads what a dataset outside all stages writes"),
  G008: warning("two pipelines have tables of one name"),
  G009: allowableError("the path of a source is almost a target"),
  L001: error("a named query is longer than Athena takes"),
  L002: error("a location, or one of its folders' names, is longer than a store holds"),
  L003: error("the definition is larger than Step Functions takes"),
  P001: {
    severity: "warning",
    title: "a job's permissions are wider than the plan, to fit IAM's limits",
    allowable: false,
  },
  P002: error("permissions are larger than IAM takes"),
  E001: error("an expectation names a column that does not exist"),
  E002: allowableError("the expression of an expectation is not one condition"),
  E003: error("two expectations of a dataset have one name"),
  E004: error("an expectation refers to a dataset that nothing is known of"),
  E005: error("freshness is compared with what is no moment"),
  W001: error("a dataset without target has settings of one"),
  W002: error("settings of a target contradict each other"),
  W003: error("a setting of a target names a column that does not exist"),
  W004: allowableError("a dataset appends the same rows each time"),
  W005: note("a large table is replaced under its readers"),
} as const satisfies Record<string, CodeEntry>;

/** A code of the compiler. */
export type CompilerCode = keyof typeof COMPILER_CODES;
