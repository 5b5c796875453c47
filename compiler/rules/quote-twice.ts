import type { Rule } from "../resolve/world.ts";

/** Q011: Spark 4.1 takes a quote twice for one; Spark 3.5 and Sail for two texts beside each other, without any quote. */
export const quoteTwice: Rule = {
  code: "Q011",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      for (const dataset of pipeline.datasets.values()) {
        const sql = pipeline.sqlOf(dataset);
        for (const text of sql?.file.facts.quotedTwice ?? []) {
          report({
            code: "Q011",
            pipeline: pipeline.name,
            dataset,
            at: sql?.at(text) ?? dataset.name.at,
            message:
              "engines read a doubled quote in a text differently: Spark 4.1 as a quote, Spark 3.5 and Sail as nothing",
            help: "write `\\'`, which every engine reads as a quote",
          });
        }
      }
    }
  },
};
