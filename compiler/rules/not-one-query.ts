import type { Rule } from "./world.ts";

/** Q002: a dataset is one query; statements that write or change anything are not the job's to run. */
export const notOneQuery: Rule = {
  code: "Q002",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      for (const dataset of pipeline.datasets.values()) {
        const sql = pipeline.sqlOf(dataset);
        if (sql === undefined || sql.file.facts.syntaxError !== undefined) continue;
        const { statements } = sql.file.facts;
        if (statements.length === 1 && statements[0] === "query") continue;
        const other = statements.find((kind) => kind !== "query");
        const found =
          statements.length === 0
            ? "no query"
            : other
              ? `a statement of another kind (${other.replaceAll("_", " ")})`
              : `${statements.length} queries`;
        report({
          code: "Q002",
          pipeline: pipeline.name,
          dataset,
          at: sql.at({ offset: 0, length: 1 }),
          message: `the SQL of dataset \`${dataset.name.value}\` holds ${found}`,
          help: "write exactly one SELECT; Strata writes its result to the target",
        });
      }
    }
  },
};
