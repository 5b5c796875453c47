import type { Rule } from "./world.ts";

/** Q001: the parser refuses the text. It does not know all of Spark, so a dataset may allow it with a reason. */
export const sqlDoesNotParse: Rule = {
  code: "Q001",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      for (const dataset of pipeline.datasets.values()) {
        const sql = pipeline.sqlOf(dataset);
        if (sql?.file.facts.syntaxError === undefined) continue;
        report({
          code: "Q001",
          pipeline: pipeline.name,
          dataset,
          at: sql.at(sql.file.facts.syntaxError),
          message: `the SQL of dataset \`${dataset.name.value}\` does not parse: ${sql.file.facts.syntaxError.message}`,
          help: 'correct the SQL; if Spark does read it, allow it for this dataset: `"strata": {"allow": {"Q001": "<reason>"}}`',
        });
      }
    }
  },
};
