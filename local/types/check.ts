/** The types of a root for `strata check`: from the cache as far as it goes, else from an engine's worker. */

import { rm } from "node:fs/promises";
import type { CompiledPipeline } from "../../compiler/compile.ts";
import { scratchFolder } from "../scratch.ts";
import { type Analysis, analyze } from "./analyze.ts";
import { openCache, versionOf } from "./cache.ts";
import { analyzingEngine } from "./engine.ts";

/** Which engine, and where it is. */
export interface TypesOptions {
  /** The installation. */
  readonly home: string;
  readonly root: string;
  readonly engine: "sail" | "spark";
  /** Name of the engine's environment. */
  readonly environment: string;
  /** Its interpreter. */
  readonly python: string;
  readonly signal: AbortSignal;
}

/** Analyzes the chosen pipelines. Rejects with `UserError` if the engine is needed and does not start. */
export async function checkTypes(
  pipelines: readonly CompiledPipeline[],
  isChosen: (pipeline: string) => boolean,
  { home, root, engine, environment, python, signal }: TypesOptions,
): Promise<Analysis> {
  const cache = openCache(root, engine, versionOf(home, environment));
  const scratch: string[] = [];
  const start = async () => {
    // Spark writes beside its tables; there are none.
    const lake = engine === "spark" ? await scratchFolder("strata-types-") : root;
    if (engine === "spark") scratch.push(lake);
    return { home, python, engine, lake, reads: true };
  };
  const worker = analyzingEngine(start, signal);
  try {
    return await analyze(pipelines, isChosen, cache, worker);
  } finally {
    await worker.end();
    await Promise.all(scratch.map((folder) => rm(folder, { recursive: true, force: true })));
    await cache.save();
  }
}
