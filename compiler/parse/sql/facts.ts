/** Facts about one SQL file, as plain JSON: what the rules need, so that its tree can be forgotten. */

import type { WrongCall } from "./calls.ts";
import type { Extent, NamedExtent } from "./extent.ts";
import type { Reach } from "./reach.ts";

/** A table that the query reads; names of common table expressions are resolved and left out. */
export interface TableUse extends Extent {
  /** The last part of the name, without quotes. */
  readonly name: string;
  /** What is before it, joined by dots; undefined for a plain name. */
  readonly qualifier: string | undefined;
  /** `table`: a name. `path`: a file format and a path. `dynamic`: `IDENTIFIER(…)`. */
  readonly kind: "table" | "path" | "dynamic";
  /** True where a common table expression has the whole name, with dots, of a table with a database. */
  readonly isHidden?: boolean;
}

/** A change of the text: an extent, which may be empty, and what takes its place. */
export interface SqlEdit extends Extent {
  readonly text: string;
}

/** Why a text is not SQL. */
export interface SyntaxMistake extends Extent {
  /** Lower case, no full stop. */
  readonly message: string;
  /** The change to make; undefined where it is not known. */
  readonly help: string | undefined;
  /** What the help says to write in place of the extent, where that is one text; empty: nothing. */
  readonly instead?: string;
  /** Parts of a table's name that is written in double quotes. */
  readonly table?: readonly string[];
}

/** A text in double quotes that looks like an identifier. */
export interface DoubleQuoted extends NamedExtent {
  /** True as an item of a list of columns, or as a side of a comparison: nowhere else a name alone makes sense. */
  readonly isBare: boolean;
  /** True behind a point or `AS`, where the grammar takes a name and no string. */
  readonly isName: boolean;
  /** True where a column of this name, if there is one, is certainly meant: alone as an item of a list of columns or as an argument, or compared with something. */
  readonly isColumn: boolean;
}

/** What is known of one SQL text. */
export interface SqlFacts {
  /** Set when the text does not parse; the lists below then come from the tokens alone, or are empty. */
  readonly syntaxError: SyntaxMistake | undefined;
  /**
   * Set where a query is nested too deeply to be parsed, its first token: `statements` and what follows `params` come from the tokens;
   * nothing is known of its tables and columns.
   */
  readonly notAnalyzed: Extent | undefined;
  /** What each statement is: `query`, or its first word in lower case. */
  readonly statements: readonly string[];
  /** Where each of them begins: its first token. */
  readonly starts: readonly Extent[];
  /** In order of appearance, each use. */
  readonly tables: readonly TableUse[];
  /** Edits after which each table with a database has one name (qualified.ts); in order, without overlaps. */
  readonly qualifiedNames: readonly SqlEdit[];
  /** True where it has an aggregate or window function anywhere. */
  readonly aggregates: boolean;
  /** Calls of functions that Spark does not have, or not with so many arguments; in no order. */
  readonly wrongCalls: readonly WrongCall[];
  /** Named parameters, each use. */
  readonly params: readonly NamedExtent[];
  /** Positional parameters `?`. */
  readonly positional: readonly Extent[];
  /** Texts in double quotes that look like an identifier (double-quoted.ts). */
  readonly doubleQuoted: readonly DoubleQuoted[];
  /** Texts in single quotes that hold a quote twice, as in `'x''y'`. */
  readonly quotedTwice: readonly Extent[];
  /** Every word of the text in lower case, sorted: a fallback where the text does not parse. */
  readonly words: readonly string[];
  /** What would leave the sandbox of a query; known whether the text parses or not. */
  readonly reaches: readonly Reach[];
}
