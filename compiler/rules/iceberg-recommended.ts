import type { Dataset, Pipeline } from "../resolve/types.ts";
import { rule } from "./rule.ts";

/** Rows from which on a target is large: copying it to its place takes minutes, in which readers see old and new files. */
export const LARGE_ROWS = 50_000_000;

/**
 * W005: a large table that others query while it is replaced.
 *
 * The compiler sees no data, so it believes what the author says: `rows` of the sources that the dataset's rows come
 * from, or the least `row_count` that is expected of it.
 */
export const icebergRecommended = rule("W005", {
  pipeline(pipeline, report) {
    if (!saysLarge(pipeline)) return;
    for (const dataset of new Set(pipeline.crawlers.flatMap(({ datasets }) => datasets))) {
      const rows = rowsBehind(dataset, new Set());
      if (dataset.isIceberg || dataset.publish.write.value !== "replace" || rows < LARGE_ROWS) continue;
      report({
        dataset,
        at: dataset.target.at,
        message: `dataset \`${dataset.name.value}\` replaces a large table (from about ${rows.toLocaleString("en-US")} rows) while others may query it`,
        help: '`"format": "iceberg"` under `strata` gives every reader a consistent snapshot at any time (docs/publish.md)',
      });
    }
  },
});

/** Crawlers and writers need not be looked up where nothing is large. */
function saysLarge({ extras, staged }: Pipeline): boolean {
  return (
    extras.sources.some(({ rows = 0 }) => rows >= LARGE_ROWS) || staged.some((each) => leastRows(each) >= LARGE_ROWS)
  );
}

/** The largest number of rows that is known of what a dataset's rows come from. */
function rowsBehind(dataset: Dataset, seen: Set<Dataset>): number {
  if (seen.has(dataset)) return 0;
  seen.add(dataset);
  const external = dataset.tables.map(({ name }) => dataset.pipeline.sourceNamed(name.value)?.rows ?? 0);
  const before = dataset.writers.map((writer) => rowsBehind(writer.dataset, seen));
  return Math.max(leastRows(dataset), ...external, ...before);
}

function leastRows({ expectations }: Dataset): number {
  const least = expectations.map(({ body }) => (body.kind === "row_count" ? (body.rows.min ?? 0) : 0));
  return Math.max(0, ...least);
}
