import type { DatasetSyntax } from "../read/dataset.ts";
import { isIceberg } from "../resolve/iceberg.ts";
import type { PipelineWorld, Rule } from "../resolve/world.ts";
import { crawlersOf } from "./crawlers.ts";
import { writersOf } from "./order.ts";

/** Rows from which on a target is large: copying it to its place takes minutes, in which readers see old and new files. */
export const LARGE_ROWS = 50_000_000;

/**
 * W005: a large table that others query while it is replaced.
 *
 * The compiler sees no data, so it believes what the author says: `rows` of the sources that the dataset's rows come
 * from, or the least `row_count` that is expected of it.
 */
export const icebergRecommended: Rule = {
  code: "W005",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      if (!saysLarge(pipeline)) continue;
      const crawled = new Set(crawlersOf(pipeline, world).flatMap(({ datasets }) => datasets));
      for (const dataset of crawled) {
        const { write } = dataset.publish;
        const rows = rowsBehind(dataset, pipeline, new Set());
        if (isIceberg(dataset) || write.value !== "replace" || rows < LARGE_ROWS) continue;
        report({
          code: "W005",
          pipeline: pipeline.name,
          dataset,
          at: dataset.target?.at ?? dataset.name.at,
          message: `dataset \`${dataset.name.value}\` replaces a large table (about ${rows.toLocaleString("en-US")} rows behind it) that others query`,
          help: '`"format": "iceberg"` under `strata` shows every reader one generation, whole, at any moment (docs/publish.md)',
        });
      }
    }
  },
};

/** Crawlers and writers need not be looked up where nothing is large. */
function saysLarge(pipeline: PipelineWorld): boolean {
  return (
    pipeline.extras.sources.some(({ rows = 0 }) => rows >= LARGE_ROWS) ||
    pipeline.staged.some(({ dataset }) => leastRows(dataset, pipeline) >= LARGE_ROWS)
  );
}

/** The largest number of rows that is known of what a dataset's rows come from. */
function rowsBehind(dataset: DatasetSyntax, pipeline: PipelineWorld, seen: Set<DatasetSyntax>): number {
  if (seen.has(dataset)) return 0;
  seen.add(dataset);
  const sources = new Map(pipeline.extras.sources.map(({ name, rows = 0 }) => [name.value.toLowerCase(), rows]));
  const external = dataset.tables.map(({ name }) => sources.get(name.value.toLowerCase()) ?? 0);
  const before = writersOf(dataset, pipeline).map((writer) => rowsBehind(writer.dataset, pipeline, seen));
  return Math.max(leastRows(dataset, pipeline), 0, ...external, ...before);
}

function leastRows(dataset: DatasetSyntax, pipeline: PipelineWorld): number {
  const least = pipeline
    .expectationsOf(dataset)
    .map(({ body }) => (body.kind === "row_count" ? (body.rows.min ?? 0) : 0));
  return Math.max(0, ...least);
}
