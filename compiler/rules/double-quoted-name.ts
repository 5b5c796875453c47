import type { Rule } from "./world.ts";

/** Q006: `"range"` is the text `range` in Spark SQL, in every row. */
export const doubleQuotedName: Rule = {
  code: "Q006",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      for (const dataset of pipeline.datasets.values()) {
        const sql = pipeline.sqlOf(dataset);
        for (const name of sql?.file.facts.doubleQuoted ?? []) {
          report({
            code: "Q006",
            pipeline: pipeline.name,
            dataset,
            at: sql?.at(name) ?? dataset.name.at,
            message: `Spark reads \`"${name.name}"\` as text, not as a name`,
            help: `write \`\`\` \`${name.name}\` \`\`\` (backticks) for a column, or '${name.name}' (single quotes) for text`,
          });
        }
      }
    }
  },
};
