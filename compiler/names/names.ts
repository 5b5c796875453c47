/**
 * The names of a query: which columns it gives, what every name in it means, and what is wrong with them. Pure.
 *
 * What is not known or not understood is passed over in silence; nothing that hangs on it is a mistake.
 */

import { extentOf, type SyntaxNode } from "../parse/sql/tree.ts";
import { extractedIn } from "./lints/extracted-twice.ts";
import { lintsOf } from "./lints/lints.ts";
import { type Attribute, originsOf, type Result, type Run } from "./model.ts";
import { queryColumns } from "./query.ts";
import type { NameMistake, OutputColumn, QueryNames } from "./types.ts";

/** What was found out of a query, for what looks at its tree as well (lints). */
export interface Analysis extends Omit<QueryNames, "lints" | "extracted"> {
  readonly run: Pick<Run, "attributes" | "scopes">;
}

/** Resolves the names of a query, by the columns of the tables that it reads: undefined for one whose columns are not known. */
export function namesOf(query: SyntaxNode, sources: Run["sources"]): QueryNames {
  const { run, ...names } = analyse(query, sources);
  return { ...names, lints: lintsOf(query, run), extracted: extractedIn(query, run) };
}

/** The same, with what each node of the tree means. */
export function analyse(query: SyntaxNode, sources: Run["sources"]): Analysis {
  const run: Run = {
    sources,
    references: [],
    mistakes: [],
    columns: 0,
    reported: new Map(),
    attributes: new Map(),
    unclear: new Set(),
    wrong: new Set(),
    scopes: new Map(),
    query: (node, ctes, outer) => queryColumns(run, node, ctes, outer),
  };
  try {
    const result = queryColumns(run, query, undefined, undefined);
    const outputs = outputsOf(result, query);
    return { outputs, references: run.references, mistakes: [...run.mistakes, ...duplicatesIn(outputs ?? [])], run };
  } catch (problem) {
    // A query that is nested deeper than the stack, or has too many columns, is not known.
    if (!(problem instanceof RangeError)) throw problem;
    return { outputs: undefined, references: [], mistakes: [], run: { attributes: new Map(), scopes: new Map() } };
  }
}

function outputsOf({ attributes, isOpen }: Result, query: SyntaxNode): OutputColumn[] | undefined {
  const known: Parameters<typeof originsOf>[1] = new Map();
  if (isOpen) return undefined;
  return attributes.map((attribute: Attribute) => ({
    name: attribute.name,
    type: attribute.type,
    ...extentOf(attribute.at ?? query),
    origins: originsOf(attribute, known),
    plain: attribute.plain,
  }));
}

/** Columns of the result with the name of one before. */
function duplicatesIn(outputs: readonly OutputColumn[]): NameMistake[] {
  const first = new Map<string, OutputColumn>();
  return outputs.flatMap((output): NameMistake[] => {
    const { name, offset, length } = output;
    const before = first.get(name.toLowerCase());
    if (before === undefined) first.set(name.toLowerCase(), output);
    if (before === undefined || name === "") return [];
    return [{ kind: "duplicate", name, first: { offset: before.offset, length: before.length }, offset, length }];
  });
}
