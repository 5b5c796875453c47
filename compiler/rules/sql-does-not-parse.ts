import type { Rule } from "../resolve/world.ts";

const UNSURE =
  'correct the SQL; if Spark does read it, allow it for this dataset: `"strata": {"allow": {"Q001": "<reason>"}}`';

/** Q001: the parser refuses the text. It does not know all of Spark, so a dataset may allow it with a reason. */
export const sqlDoesNotParse: Rule = {
  code: "Q001",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      for (const dataset of pipeline.datasets.values()) {
        const sql = pipeline.sqlOf(dataset);
        const mistake = sql?.file.facts.syntaxError;
        if (sql === undefined || mistake === undefined) continue;
        report({
          code: "Q001",
          pipeline: pipeline.name,
          dataset,
          at: sql.at(mistake),
          message: `the SQL of dataset \`${dataset.name.value}\` does not parse: ${mistake.message}`,
          help: mistake.help ?? UNSURE,
        });
      }
    }
  },
};

/** Q012: Spark reads the text and the parser does not, so what follows from its tables and columns is not checked. */
export const sqlNotAnalyzed: Rule = {
  code: "Q012",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      for (const dataset of pipeline.datasets.values()) {
        const sql = pipeline.sqlOf(dataset);
        const gap = sql?.file.facts.notAnalyzed;
        if (sql === undefined || gap === undefined) continue;
        report({
          code: "Q012",
          pipeline: pipeline.name,
          dataset,
          at: sql.at(gap),
          message: `the SQL of dataset \`${dataset.name.value}\` is not analyzed: the parser does not read ${gap.construct}`,
          help: "nothing to do: Spark's grammar has it. Strata assumes that it reads what `tables` lists, and does not know its columns",
        });
      }
    }
  },
};
