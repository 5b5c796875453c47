import { nearest, suggestOr } from "../nearest.ts";
import type { SqlFacts, TableUse } from "../parse/sql/facts.ts";
import type { Located } from "../parse/tree.ts";
import type { PipelineWorld, Report, Rule, World } from "../resolve/world.ts";

type Dataset = PipelineWorld["datasets"] extends ReadonlyMap<string, infer D> ? D : never;
type See = (use: TableUse, dataset: Dataset, pipeline: PipelineWorld, report: Report) => void;

/** Q003: a path in SQL bypasses `tables`: no permission, no order, no check of its existence. */
export const tableReadByPath: Rule = {
  code: "Q003",
  check: (world, report) =>
    eachUse(world, report, "path", (use, dataset, pipeline) =>
      report({
        code: "Q003",
        pipeline: pipeline.name,
        dataset,
        at: placeOf(use, dataset, pipeline),
        message: `the SQL of dataset \`${dataset.name.value}\` reads files by their path`,
        help: "list the location under `tables` with a `table_name`, and read that name",
      }),
    ),
};

/** Q004: a table that `tables` does not list fails an hour into the run, or worse: finds a view left over from another dataset. */
export const tableNotListed: Rule = {
  code: "Q004",
  check: (world, report) =>
    eachUse(world, report, "table", (use, dataset, pipeline) => {
      if (!dataset.hasAllTables) return;
      const listed = dataset.tables.map(({ name }) => name.value);
      const isListed = listed.some((name) => name.toLowerCase() === use.name.toLowerCase());
      if (use.qualifier === undefined && isListed) return;
      const full = fullName(use);
      const same = dataset.tables.find(({ name }) => name.value.toLowerCase() === full.toLowerCase());
      if (same !== undefined) return report(databaseInName(use, same.name, dataset, pipeline));
      report({
        code: "Q004",
        pipeline: pipeline.name,
        dataset,
        at: placeOf(use, dataset, pipeline),
        message: `table \`${full}\` is read here, but \`tables\` of dataset \`${dataset.name.value}\` does not list it`,
        help:
          use.qualifier !== undefined && isListed
            ? `write \`${use.name}\`: source tables have no database`
            : suggestOr(use.name, listed, "table", "add it to `tables` with its `s3_path`"),
        notes: [{ place: dataset.name.at, message: "the dataset" }],
      });
    }),
};

/** `"table_name": "db.t"` read as `db.t`: listed, but for Spark the one is a view's name with a dot and the other two names. */
function databaseInName(
  use: TableUse,
  listed: Located<string>,
  dataset: Dataset,
  pipeline: PipelineWorld,
): Parameters<Report>[0] {
  return {
    code: "Q004",
    pipeline: pipeline.name,
    dataset,
    at: listed.at,
    message: `\`table_name\` is \`${listed.value}\`, but a source table has a plain name, without a database`,
    help: `write \`${use.name}\` as \`table_name\`, and read \`${use.name}\` in the SQL`,
    notes: [{ place: placeOf(use, dataset, pipeline), message: `read here as table \`${use.name}\` of a database` }],
  };
}

/** Tables of `tables`, in lower case, that a mistake of Q004 is about: the query means them, but does not name them. */
export function meantTables(dataset: Dataset, facts: SqlFacts): ReadonlySet<string> {
  const listed = dataset.tables.map(({ name }) => name.value.toLowerCase());
  const uses = facts.tables.filter(({ kind }) => kind === "table");
  return new Set(
    uses.flatMap((use) => {
      const full = fullName(use).toLowerCase();
      const meant = listed.includes(full) ? full : nearest(use.name, listed);
      return meant === undefined ? [] : [meant];
    }),
  );
}

function fullName(use: TableUse): string {
  return use.qualifier === undefined ? use.name : `${use.qualifier}.${use.name}`;
}

/** Q009: with `IDENTIFIER(…)` nobody can tell before the run what is read. */
export const tableNamedAtRunTime: Rule = {
  code: "Q009",
  check: (world, report) =>
    eachUse(world, report, "dynamic", (use, dataset, pipeline) =>
      report({
        code: "Q009",
        pipeline: pipeline.name,
        dataset,
        at: placeOf(use, dataset, pipeline),
        message: `the SQL of dataset \`${dataset.name.value}\` names its table at run time`,
        help: "write the table's name itself",
      }),
    ),
};

/** Each name once a dataset, at its first use: one cause, one message. */
function eachUse(world: World, report: Report, kind: TableUse["kind"], see: See): void {
  for (const pipeline of world.pipelines) {
    for (const dataset of pipeline.datasets.values()) {
      const facts = pipeline.sqlOf(dataset)?.file.facts;
      if (facts === undefined || facts.statements.length !== 1 || facts.statements[0] !== "query") continue;
      const seen = new Set<string>();
      for (const use of facts.tables.filter((each) => each.kind === kind)) {
        const key = `${use.qualifier ?? ""}.${use.name}`.toLowerCase();
        if (!seen.has(key)) see(use, dataset, pipeline, report);
        seen.add(key);
      }
    }
  }
}

function placeOf(use: TableUse, dataset: Dataset, pipeline: PipelineWorld) {
  const sql = pipeline.sqlOf(dataset);
  if (sql === undefined) throw new Error("a use has a file");
  return sql.at(use);
}
