import { rule } from "./rule.ts";

/** Q032: Spark computes everything and then refuses to write it. */
export const duplicateColumn = rule("Q032", {
  sql({ at }, dataset, report) {
    if (dataset.target === undefined) return;
    const found = (dataset.names?.mistakes ?? []).flatMap((each) => (each.kind === "duplicate" ? [each] : []));
    // A star may repeat many.
    for (const [, same] of Map.groupBy(found, ({ offset }) => offset)) {
      const [first] = same;
      if (first === undefined) continue;
      const names = [...new Set(same.map(({ name }) => `\`${name}\``))].join(", ");
      const isStar = first.first.offset === first.offset;
      report({
        at: at(first),
        message: `the result of dataset \`${dataset.name.value}\` has two columns called ${names}`,
        help: "give one of them another name with AS, or leave it out",
        notes: isStar ? [] : [{ place: at(first.first), message: "the other" }],
      });
    }
  },
});
