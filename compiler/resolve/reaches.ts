/** SQL that would do something else than read its sources, wherever SQL is taken (docs/security.md). */

import { type Reach, type ReachKind, reachesOf } from "../parse/sql/reach.ts";
import type { Dataset, LocatedReach, Pipeline } from "./types.ts";

/** In queries, in expressions of expectations and in named queries. */
export function reachesIn(pipeline: Pipeline): LocatedReach[] {
  return [
    ...[...pipeline.datasets.values()].flatMap((dataset) => [...inQuery(dataset), ...inExpectations(dataset)]),
    ...inNamedQueries(pipeline),
  ];
}

/** What the parser has seen has a diagnostic of its own: tables that are paths, statements other than a query. */
function inQuery(dataset: Dataset): LocatedReach[] {
  if (dataset.sql === undefined) return [];
  const { facts, at } = dataset.sql;
  const tables = new Set(facts.tables.map(({ offset }) => offset));
  const refused = facts.syntaxError !== undefined && !dataset.allow.has("Q001");
  const isReported = ({ kind, offset }: Reach) =>
    (kind === "statement" && (facts.statements.length > 0 || refused)) ||
    ((kind === "file" || kind === "table_at_run_time") && tables.has(offset));
  return facts.reaches
    .filter((reach) => !isReported(reach))
    .map((reach) => ({ kind: reach.kind, name: reach.name, dataset, at: at(reach) }));
}

function inExpectations(dataset: Dataset): LocatedReach[] {
  return dataset.expectations.flatMap(({ body }) =>
    body.kind !== "expression"
      ? []
      : reachesOf(body.sql.value)
          .filter(({ kind }) => kind !== "statement")
          .map(({ kind, name }) => ({ kind, name, dataset, at: body.sql.at })),
  );
}

/** Athena's SQL is another: of what Spark would do only that which means the same there. */
function inNamedQueries({ extras }: Pipeline): LocatedReach[] {
  const kinds: readonly ReachKind[] = ["program", "java", "lambda"];
  return extras.queries.flatMap(({ sql }) =>
    reachesOf(sql.value)
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ kind, name }) => ({ kind, name, at: sql.at })),
  );
}
