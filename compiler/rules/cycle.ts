import { cyclesOf } from "../resolve/order.ts";
import { rule } from "./rule.ts";

/** G005: inside a stage the order is computed, unless there is none. */
export const cycle = rule("G005", {
  pipeline(pipeline, report) {
    for (const path of cyclesOf(pipeline)) {
      const [first, second] = path;
      if (first === undefined) continue;
      const names = [...path, first].map(({ name }) => `\`${name.value}\``);
      report({
        dataset: first,
        at: first.name.at,
        message: `datasets wait for each other: ${names.join(" → ")}`,
        help: "let one of them read a table that none of them writes",
        notes: second
          ? [{ place: second.name.at, message: `\`${second.name.value}\` writes what \`${first.name.value}\` reads` }]
          : [],
      });
    }
  },
});
