/** Roots with one wrong name or type each, the same for the same seed. */

import { createHash } from "node:crypto";
import type { Extent } from "../../../compiler/parse/sql/extent.ts";
import { randomOf } from "../../random.ts";
import type { CorpusRoot } from "./corpora.ts";
import { type Choose, KINDS, nodesOfSql } from "./edits.ts";
import type { TruthDataset, TruthRoot } from "./root.ts";

/** How many are made. */
const MUTANTS = 1000;

/** One wrong root. */
export interface NameMutant {
  readonly kind: string;
  /** The corpus and the dataset, or the source. */
  readonly of: string;
  readonly root: TruthRoot;
  /** Where in a dataset's text the mistake was made. */
  readonly made: { readonly dataset: string; readonly places: readonly Extent[] } | undefined;
  /** Of what was changed. */
  readonly digest: string;
}

/** Makes them, the kinds in turn; without those that Spark takes, by their digests. What is made of one kind depends on no other. */
export function makeNameMutants(roots: readonly CorpusRoot[], seed: number, taken: ReadonlySet<string>): NameMutant[] {
  const found = new Map<string, NameMutant>();
  for (let round = 0; found.size < MUTANTS && round < MUTANTS; round += 1)
    for (const kind of Object.keys(KINDS)) {
      const random = randomOf(Number.parseInt(digestOf(String(seed), kind, String(round)).slice(0, 8), 16));
      const mutant = mutantOf(kind, roots, (of) => of[Math.floor(random() * of.length)]);
      if (mutant !== undefined && !taken.has(mutant.digest) && found.size < MUTANTS) found.set(mutant.digest, mutant);
    }
  return [...found.values()];
}

function mutantOf(kind: string, roots: readonly CorpusRoot[], choose: Choose): NameMutant | undefined {
  for (let tries = 0; tries < 100; tries += 1) {
    const root = choose(roots);
    const dataset = root && choose(root.datasets);
    const mutant = root && dataset && mutate(kind, aroundOf(root, dataset), dataset, choose);
    if (mutant !== undefined) return { ...mutant, kind, of: `${root?.name} ${dataset?.name}` };
  }
  return undefined;
}

/** The part of a root that a change of a dataset can be seen in: queries of TPC read no others. */
function aroundOf(root: CorpusRoot, dataset: TruthDataset): TruthRoot {
  if (root.name === "bookings") return root;
  const sources = Object.entries(root.sources).filter(([name]) => Object.hasOwn(dataset.reads, name));
  return { sources: Object.fromEntries(sources), datasets: [dataset] };
}

type Made = Pick<NameMutant, "root" | "made" | "digest">;
function mutate(kind: string, root: TruthRoot, dataset: TruthDataset, choose: Choose): Made | undefined {
  const { edit, source } = KINDS[kind] ?? {};
  if (source !== undefined) {
    const table = choose(Object.values(dataset.reads).filter((name) => Object.hasOwn(root.sources, name)));
    const columns = table === undefined ? undefined : root.sources[table];
    const changed = columns && source(columns, choose);
    if (table === undefined || changed === undefined || JSON.stringify(changed) === JSON.stringify(columns)) return;
    const sources = { ...root.sources, [table]: changed };
    const digest = digestOf(kind, dataset.name, table, JSON.stringify(changed));
    return { root: { ...root, sources }, made: undefined, digest };
  }
  const isRead = root.datasets.some(({ reads }) => Object.values(reads).includes(dataset.name));
  const edited = edit?.({ sql: dataset.sql, nodes: nodesOfSql(dataset.sql), isRead }, choose);
  if (edited === undefined || edited.sql === dataset.sql) return undefined;
  const datasets = root.datasets.map((each) => (each === dataset ? { ...each, sql: edited.sql } : each));
  return {
    root: { ...root, datasets },
    made: { dataset: dataset.name, places: edited.places },
    digest: digestOf(dataset.name, edited.sql),
  };
}

function digestOf(...texts: readonly string[]): string {
  return createHash("sha256").update(texts.join("\n")).digest("hex").slice(0, 16);
}
