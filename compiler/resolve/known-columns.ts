/** How much is known of a pipeline's columns. */

import type { QueryNames } from "../names/types.ts";
import { sourcesOf } from "./sources.ts";
import type { Pipeline, Root } from "./types.ts";

/** What `strata check` ends with. */
export interface KnownColumns {
  /** Columns that the queries name, a star being one, and columns of their results. */
  readonly all: number;
  /** Those of which it is known which they are. A result whose columns are not known is one that is not. */
  readonly known: number;
  /** External source tables whose columns are not declared. */
  readonly undeclared: readonly string[];
}

/** Counts the columns of all datasets, in stages or not. */
export function knownColumns(pipeline: Pipeline, root: Root): KnownColumns {
  const counts = [...pipeline.datasets.values()].map(({ names }) => countsOf(names));
  const isDeclared = (columns: readonly unknown[] | undefined) => columns !== undefined && columns.length > 0;
  const sources = sourcesOf(pipeline, root).filter(({ writer }) => writer === undefined);
  const undeclared = sources.filter(({ declared }) => !isDeclared(declared?.columns)).map(({ name }) => name);
  return {
    all: counts.reduce((sum, { all }) => sum + all, 0),
    known: counts.reduce((sum, { known }) => sum + known, 0),
    undeclared: [...new Set(undeclared)],
  };
}

function countsOf(names: QueryNames | undefined): Pick<KnownColumns, "all" | "known"> {
  const { references = [], outputs } = names ?? {};
  const results = outputs?.map(({ name }) => name !== "") ?? [false];
  const all = [...references.map(({ isKnown }) => isKnown), ...results];
  return { all: all.length, known: all.filter((isKnown) => isKnown).length };
}
