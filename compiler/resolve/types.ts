/** All pipelines of a root together, each dataset with what the others say of it: what rules and the plan look at. */

import type { Place } from "../diagnostics.ts";
import type { SourceFile } from "../input.ts";
import type { Column, QueryNames } from "../names/types.ts";
import type { Reach } from "../parse/sql/reach.ts";
import type { Located } from "../parse/tree.ts";
import type { DatasetSyntax, TableSyntax } from "../read/dataset.ts";
import type { ExpectationSyntax } from "../read/expectations.ts";
import type { SourceSyntax } from "../read/extras.ts";
import type { Location } from "../read/location.ts";
import type { PipelineSyntax } from "../read/pipeline.ts";
import type { FactsOf, ResolvedSql } from "./sql-files.ts";

/** A table that a dataset reads. */
export interface Table extends TableSyntax {
  /** `tables` does not list it: its places are that of its name in the SQL. */
  readonly isDerived: boolean;
}

/** What has a name that SQL may read without an entry in `tables`. */
export interface NamedTable {
  readonly kind: "dataset" | "source";
  /** Its name where it is declared. */
  readonly name: Located<string>;
  readonly location: Location;
}

/** Finds tables of a pipeline by their names, whatever their case. */
export interface TableNames {
  /** Those with a name, each location once; more than one where the name is ambiguous. */
  readonly called: (name: string) => readonly NamedTable[];
  /** Every name, as it is written. */
  readonly all: readonly string[];
}

/** A dataset, resolved. */
export interface Dataset extends DatasetSyntax {
  readonly pipeline: Pipeline;
  /** Every table that it reads: the listed ones, then the derived ones. */
  readonly tables: readonly Table[];
  /** Index of the stage that runs it; undefined where no stage lists it. */
  readonly stage: number | undefined;
  readonly sql: ResolvedSql | undefined;
  /** What its query's names mean; undefined where its SQL is not one query, or does not parse. */
  readonly names: QueryNames | undefined;
  /** Names of the columns of its result, as the query spells them; undefined where not all are known. */
  readonly columns: readonly string[] | undefined;
  /** The pipeline's, then its own, which replace those of the pipeline with the same name. None without a target. */
  readonly expectations: readonly ExpectationSyntax[];
  /** Its author asked for an Iceberg table: the job itself writes its entry in the catalog. */
  readonly isIceberg: boolean;
  /** The staged datasets whose targets it or its expectations read, itself left out, in the order of `tables`. */
  readonly writers: readonly Writer[];
}

/** A dataset that a stage runs and that keeps its result. */
export type Target = Dataset & { readonly stage: number; readonly target: Located<Location> };

/** A pipeline, resolved. */
export interface Pipeline extends Omit<PipelineSyntax, "datasets"> {
  readonly datasets: ReadonlyMap<string, Dataset>;
  /** Datasets that a stage lists, in order, each once. */
  readonly staged: readonly Dataset[];
  readonly targets: TargetIndex;
  readonly tableNames: TableNames;
  /** What `pipeline.yaml` declares of a source, whatever the case of its name. */
  readonly sourceNamed: (name: string) => SourceSyntax | undefined;
  /** Declared ones, else derived ones. */
  readonly crawlers: readonly Crawler[];
  /** SQL that does something else than read its sources. */
  readonly reaches: readonly LocatedReach[];
}

/** The whole root. */
export interface Root {
  readonly pipelines: readonly Pipeline[];
  /** Targets of all pipelines. */
  readonly targets: TargetIndex;
  /** Columns that a dataset sees of a table of its `tables`: those of the dataset that writes it, else declared ones; undefined where they are not known. */
  readonly columnsOf: (dataset: Dataset, table: TableSyntax) => readonly Column[] | undefined;
  /** The only dataset that writes a location. */
  readonly writerAt: (location: Location) => Dataset | undefined;
  /** What the names of an expression on a dataset's result mean; undefined where it does not parse. */
  readonly namesOn: (dataset: Dataset, expression: string) => QueryNames | undefined;
  /** Every location that a staged dataset reads or writes. */
  readonly locations: LocationIndex;
  /** `.sql` files by their path below `sql/`. */
  readonly sql: ReadonlyMap<string, SourceFile>;
  /** Folders below `sql/`, and files there that do not end in `.sql`. */
  readonly others: ReadonlyMap<string, "folder" | "file">;
  readonly factsOf: FactsOf;
}

/** A dataset of the same pipeline whose target a source table meets. */
export interface Writer {
  readonly dataset: Target;
  readonly table: TableSyntax;
  /** True when source and target are the same folder. */
  readonly exact: boolean;
}

/** A crawler. */
export interface Crawler {
  readonly name: string;
  readonly location: Location;
  /** Where it is declared; undefined for a derived one. */
  readonly at: Place | undefined;
  /** Staged datasets whose targets are its tables, in plan order. */
  readonly datasets: readonly Target[];
  /** Folders from the bucket to a table, the bucket counted as the first (Glue's TableLevelConfiguration). */
  readonly tableLevel: number;
  readonly exclusions: readonly string[];
}

/** Where SQL reaches out. */
export interface LocatedReach extends Pick<Reach, "kind" | "name"> {
  /** There is none for a named query. */
  readonly dataset?: Dataset;
  readonly at: Place;
}

/** Finds targets of staged datasets; each answer is in plan order. */
export interface TargetIndex {
  readonly all: readonly Target[];
  /** Equal to the location. */
  readonly at: (location: Location) => readonly Target[];
  /** Equal to the location, above it or below it. */
  readonly meeting: (location: Location) => Target[];
  /** Equal to the location or below it. */
  readonly below: (location: Location) => Target[];
}

/** Finds known locations. */
export interface LocationIndex {
  /** Those inside a location, without itself. */
  readonly inside: (location: Location) => Location[];
}
