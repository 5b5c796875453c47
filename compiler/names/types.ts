/** What the resolver finds out of a query: plain JSON, so that it can be kept by the text and the columns of its sources. */

import type { LintCode } from "../codes.ts";
import type { Extent } from "../parse/sql/extent.ts";

/** A column as a query sees it. */
export interface Column {
  /** As it is spelled; empty where it is not sure: a name that Spark makes, or the mistake of an item of the select list. */
  readonly name: string;
  /** Spark's spelling of its type where it is declared or CAST, carried through plain references; undefined where it is not known. */
  readonly type: string | undefined;
}

/** Where a value of a column comes from: a table that the query reads, spelled as `TableUse` spells it, and its column. */
export interface Origin {
  readonly table: string;
  readonly column: string;
}

/** A column of the result; its extent is that of the item of the select list. */
export interface OutputColumn extends Column, Extent {
  /** What the value is made of: sorted, each once. */
  readonly origins: readonly Origin[];
  /** Set where the value is that column unchanged, renamed or not, through common table expressions and sub-queries. */
  readonly plain: Origin | undefined;
}

/** A column that the query names, or a star. */
export interface Reference extends Extent {
  /** The column of a table that it is unchanged; undefined for a computed column, a star, or one that is not known. */
  readonly origin: Origin | undefined;
  /** False where the columns that could be meant are not known, or the name is a mistake. */
  readonly isKnown: boolean;
}

/** A name that could have been meant, and the column of a table that it is unchanged. */
export interface Candidate {
  readonly name: string;
  readonly origin: Origin | undefined;
}

/** Something with columns that a name was looked for in. */
export interface Place {
  /** What it is called there; empty without a name. */
  readonly name: string;
  /** The table that it is, spelled as `TableUse` spells it; undefined for anything else. */
  readonly table: string | undefined;
}

/** A name with what is before it, `t.a`, and the place of the part that is wrong. */
export interface Mention extends Extent {
  readonly part: Extent;
}

/** No column, field or table has a name. */
export interface UnknownName extends Mention {
  readonly kind: "unknown";
  readonly what: "column" | "field" | "table";
  readonly name: string;
  /** What is before the name, as written: a table for a column, a column for a field. */
  readonly qualifier: string | undefined;
  /** The names that are there, each once. */
  readonly known: readonly Candidate[];
  /** Why Spark does not see the column though there is one of that name; undefined where there is none. */
  readonly reason: "distinct" | "outer" | undefined;
  /** True in ORDER BY and its like, which look through the result first. */
  readonly isOrder: boolean;
  /** Where else it was looked for. */
  readonly among: readonly Place[];
  /** Where else the query has the same mistake. */
  readonly others: readonly Mention[];
}

/** Several columns have a name. */
export interface AmbiguousName extends Extent {
  readonly kind: "ambiguous";
  readonly name: string;
  /** What have it: empty names for columns of the result, or new names of the select list. */
  readonly among: readonly Place[];
  readonly others: readonly Extent[];
}

/** Two columns of the result have one name. */
export interface DuplicateOutput extends Extent {
  readonly kind: "duplicate";
  readonly name: string;
  /** The item that gives the name first. */
  readonly first: Extent;
}

/** Lists of columns that must be equally long. */
export interface WrongCount extends Extent {
  readonly kind: "count";
  readonly what: "set operation" | "column list" | "rows" | "sub-query";
  /** Columns at the extent. */
  readonly has: number;
  readonly wanted: number;
  /** What it is compared with; undefined for a sub-query. */
  readonly first: Extent | undefined;
}

/** A new name of the select list is used where Spark does not see it. */
export interface MisplacedAlias extends Extent {
  readonly kind: "alias";
  readonly name: string;
  readonly clause: "WHERE" | "ON" | "GROUP BY" | "aggregate" | "window" | "generator" | "sub-query";
  /** The item that has it as its new name. */
  readonly item: Extent;
  readonly others: readonly Extent[];
}

/** A mistake in the names of a query. */
export type NameMistake = UnknownName | AmbiguousName | DuplicateOutput | WrongCount | MisplacedAlias;

/** A text in place of an extent. */
export interface Replacement extends Extent {
  readonly text: string;
}

/** Something legal that is wrong. */
export interface Lint extends Extent {
  readonly code: LintCode;
  readonly message: string;
  readonly help: string;
  /** What corrects it, offered. */
  readonly fix?: { readonly title: string; readonly edits: readonly Replacement[] };
  /** It is one only where what it needs is so in the tables that the query reads. */
  readonly given?: Given;
}

/** What must hold of a column of a table that the query reads. */
export type Given =
  /** No expectation `not_null` covers it. */
  | { readonly kind: "nullable"; readonly origin: Origin }
  /** Its `accepted_values` do not contain the text. */
  | { readonly kind: "not accepted"; readonly origin: Origin; readonly text: string }
  /** It was itself extracted from JSON, by the same path. */
  | { readonly kind: "extracted"; readonly origin: Origin; readonly path: string };

/** What is known of the names of a query. */
export interface QueryNames {
  /** In order; undefined where it is not known which there are. */
  readonly outputs: readonly OutputColumn[] | undefined;
  /** In the order in which Spark resolves them. */
  readonly references: readonly Reference[];
  /** In that order. */
  readonly mistakes: readonly NameMistake[];
  /** What is legal and wrong, by place. */
  readonly lints: readonly Lint[];
  /** Columns of the result, in lower case, that are the value of a path in a JSON text, and that path. */
  readonly extracted: Readonly<Record<string, string>>;
}
