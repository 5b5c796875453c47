/** SQL that would do something else than read its sources, wherever SQL is taken (docs/security.md). */

import type { Place } from "../diagnostics.ts";
import { type Reach, type ReachKind, reachesOf } from "../parse/sql/reach.ts";
import type { DatasetSyntax } from "../read/dataset.ts";
import type { PipelineWorld, Rule, World } from "../resolve/world.ts";

interface Found {
  readonly reach: Reach;
  readonly pipeline: PipelineWorld;
  /** Undefined for a named query. */
  readonly dataset: DatasetSyntax | undefined;
  readonly at: Place;
}

/** Q020: a query that runs programs or calls Java does so with the rights of the job, or of whoever runs it here. */
export const reachesOut: Rule = {
  code: "Q020",
  check(world, report) {
    for (const { reach, pipeline, dataset, at } of foundIn(world)) {
      if (reach.kind === "document_type") continue;
      const [message, help] = WORDS[reach.kind](reach.name);
      report({ code: "Q020", pipeline: pipeline.name, ...(dataset && { dataset }), at, message, help });
    }
  },
};

/** Q021: Spark's XPath functions follow `<!DOCTYPE a SYSTEM "http://…">`, and what stands in a row may be anybody's. */
export const fetchesDocumentType: Rule = {
  code: "Q021",
  check(world, report) {
    for (const { reach, pipeline, dataset, at } of foundIn(world)) {
      if (reach.kind !== "document_type") continue;
      report({
        code: "Q021",
        pipeline: pipeline.name,
        ...(dataset && { dataset }),
        at,
        message: `\`${reach.name}\` opens the address of a document type that the XML of a row names`,
        help: 'read the XML by `from_xml`, which does not; if nobody else writes that XML, allow it: `"strata": {"allow": {"Q021": "<reason>"}}`',
      });
    }
  },
};

/** Message and help by kind. */
const WORDS: Readonly<Record<Exclude<ReachKind, "document_type">, (name: string) => readonly [string, string]>> = {
  program: () => ["`USING` runs a program on the cluster", "compute it in SQL; a dataset runs no other program"],
  java: (name) => [`\`${name}\` calls any method of Java`, "use a function of Spark SQL"],
  named_at_run_time: () => ["a function is named at run time", "write the function's name itself"],
  table_at_run_time: () => ["a table is named at run time", "write the table's name itself"],
  catalog_function: (name) => [
    `\`${name}\` is a function that a catalog holds, with code of its own`,
    "use a function of Spark SQL, without a database before it",
  ],
  file: () => [
    "files are read by their path",
    "list the location under `tables` with a `table_name`, and read that name",
  ],
  statement: (name) => [`\`${name}\` begins a statement that is no query`, "write exactly one SELECT"],
  schema_file: (name) => [
    `\`${name}\` may read a schema from a file or an address`,
    "write the schema in the SQL, and options as `map('name', 'value')` without `rowValidationXSDPath` and `avroSchemaUrl`",
  ],
  lambda: () => ["`USING EXTERNAL FUNCTION` calls a Lambda function", "compute it in SQL"],
};

function foundIn(world: World): Found[] {
  return world.pipelines.flatMap((pipeline) => [
    ...[...pipeline.datasets.values()].flatMap((dataset) => [
      ...inQuery(dataset, pipeline),
      ...inExpectations(dataset, pipeline),
    ]),
    ...inNamedQueries(pipeline),
  ]);
}

/** What the parser has seen has a diagnostic of its own: tables that are paths, statements that are no query. */
function inQuery(dataset: DatasetSyntax, pipeline: PipelineWorld): Found[] {
  const sql = pipeline.sqlOf(dataset);
  if (sql === undefined) return [];
  const { facts } = sql.file;
  const tables = new Set(facts.tables.map(({ offset }) => offset));
  const refused = facts.syntaxError !== undefined && !dataset.allow.has("Q001");
  const isTold = ({ kind, offset }: Reach) =>
    (kind === "statement" && (facts.statements.length > 0 || refused)) ||
    ((kind === "file" || kind === "table_at_run_time") && tables.has(offset));
  return facts.reaches
    .filter((reach) => !isTold(reach))
    .map((reach) => ({ reach, pipeline, dataset, at: sql.at(reach) }));
}

function inExpectations(dataset: DatasetSyntax, pipeline: PipelineWorld): Found[] {
  return pipeline.expectationsOf(dataset).flatMap(({ body }) =>
    body.kind !== "expression"
      ? []
      : reachesOf(body.sql.value)
          .filter(({ kind }) => kind !== "statement")
          .map((reach) => ({ reach, pipeline, dataset, at: body.sql.at })),
  );
}

/** Athena's SQL is another: of what Spark would do only that which means the same there. */
function inNamedQueries(pipeline: PipelineWorld): Found[] {
  const kinds: readonly ReachKind[] = ["program", "java", "lambda"];
  return pipeline.extras.queries.flatMap(({ sql }) =>
    reachesOf(sql.value)
      .filter(({ kind }) => kinds.includes(kind))
      .map((reach) => ({ reach, pipeline, dataset: undefined, at: sql.at })),
  );
}
