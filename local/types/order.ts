/** The datasets of a root, each after those that it reads. */

import type { CompiledPipeline } from "../../compiler/compile.ts";
import type { EngineQuery } from "../../compiler/resolve/engine-queries.ts";

/** A query with its pipeline. */
export interface Query extends EngineQuery {
  readonly pipeline: string;
}

/** By pipeline and name. */
export function keyOf(pipeline: string, dataset: string): string {
  return JSON.stringify([pipeline, dataset]);
}

/**
 * The queries of the chosen pipelines, and all that these depend on. Of a cycle, which is an error, one comes before what it
 * reads.
 */
export function ordered(pipelines: readonly CompiledPipeline[], isChosen: (pipeline: string) => boolean): Query[] {
  const all = new Map<string, Query>();
  for (const { name, engineQueries } of pipelines)
    for (const query of engineQueries()) all.set(keyOf(name, query.dataset), { ...query, pipeline: name });
  const found = new Map<string, Query>();
  const seen = new Set<string>();
  // Without recursion: a chain may have thousands.
  const waiting = [...all.values()].filter(({ pipeline }) => isChosen(pipeline)).reverse();
  while (waiting.length > 0) {
    const query = waiting[waiting.length - 1] as Query;
    const key = keyOf(query.pipeline, query.dataset);
    const sources = seen.has(key) ? [] : sourcesOf(query).flatMap((each) => all.get(each) ?? []);
    seen.add(key);
    const missing = sources.filter((each) => !seen.has(keyOf(each.pipeline, each.dataset)));
    if (missing.length > 0) waiting.push(...missing.reverse());
    else {
      waiting.pop();
      found.set(key, found.get(key) ?? query);
    }
  }
  return [...found.values()];
}

function sourcesOf({ tables }: Query): string[] {
  return tables.flatMap(({ from }) => (from.kind === "dataset" ? [keyOf(from.pipeline, from.dataset)] : []));
}
