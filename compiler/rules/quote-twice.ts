import { rule } from "./rule.ts";

/** Q011: Spark 4.1 takes a quote twice for one; Spark 3.5 and Sail for two texts beside each other, without any quote. */
export const quoteTwice = rule("Q011", {
  sql({ facts, at }, _, report) {
    for (const text of facts.quotedTwice)
      report({
        at: at(text),
        message:
          "engines interpret a doubled quote in a string differently: Spark 4.1 as a quote, Spark 3.5 and Sail as nothing",
        help: "write `\\'`, a quote on every engine",
      });
  },
});
