import { suggest } from "../nearest.ts";
import { rule } from "./rule.ts";

/** W003: the job would compute everything and then refuse it. */
export const settingColumn = rule("W003", {
  dataset({ name, publish, columns: known }, report) {
    if (known === undefined) return;
    for (const { value, at } of [...publish.partitionBy, ...publish.mergeKey]) {
      // As the query spells it: folders and keys are made of the name.
      if (known.includes(value)) continue;
      report({
        at,
        message: `dataset \`${name.value}\` has no column \`${value}\``,
        help: suggest(value, known, "column"),
      });
    }
    const [first] = publish.partitionBy;
    const named = new Set(publish.partitionBy.map(({ value }) => value));
    if (first === undefined || known.some((column) => !named.has(column))) return;
    report({
      at: first.at,
      message: `\`partition_by\` names every column of dataset \`${name.value}\``,
      help: "remove a column from it: the files need at least one other column",
    });
  },
});
