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
        message: `datasets depend on each other: ${names.join(" → ")}`,
        help: "break the cycle: let one of them read another table",
        notes: second
          ? [{ place: second.name.at, message: `\`${second.name.value}\` writes what \`${first.name.value}\` reads` }]
          : [],
      });
    }
  },
});
