import { suggest } from "../nearest.ts";
import type { TableUse } from "../sql/facts.ts";
import type { PipelineWorld, Report, Rule, World } from "./world.ts";

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
      const listed = dataset.tables.map(({ name }) => name.value);
      const isListed = listed.some((name) => name.toLowerCase() === use.name.toLowerCase());
      if (use.qualifier === undefined && isListed) return;
      const full = use.qualifier === undefined ? use.name : `${use.qualifier}.${use.name}`;
      report({
        code: "Q004",
        pipeline: pipeline.name,
        dataset,
        at: placeOf(use, dataset, pipeline),
        message: `table \`${full}\` is read here, but \`tables\` of dataset \`${dataset.name.value}\` does not list it`,
        help:
          use.qualifier !== undefined && isListed
            ? `write \`${use.name}\`: source tables have no database`
            : `${suggest(use.name, listed, "table")}; or add it to \`tables\` with its \`s3_path\``,
        notes: [{ place: dataset.name.at, message: "the dataset" }],
      });
    }),
};

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
