import { rule } from "./rule.ts";

/** Q010: positional parameters have no names to give values to. */
export const positionalParameter = rule("Q010", {
  sql({ facts, at }, _, report) {
    const [first] = facts.positional;
    if (first === undefined) return;
    report({
      at: at(first),
      message: "`?` is a positional parameter",
      help: "use a named parameter, `:name`, declared under `params` in `pipeline.yaml`",
    });
  },
});
