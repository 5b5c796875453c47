import { adviseName } from "../fix/offer.ts";
import { rule } from "./rule.ts";

/** W003: the job would compute everything and then refuse it. */
export const settingColumn = rule("W003", {
  dataset({ name, publish, columns: known }, report) {
    const named = new Set(publish.partitionBy.map(({ value }) => value));
    for (const { value, at } of publish.sortBy) {
      if (!named.has(value)) continue;
      report({
        at,
        message: `\`sort_by\` names the partition column \`${value}\` of dataset \`${name.value}\``,
        help: "remove it from `sort_by`: it is the same in all rows of a file",
      });
    }
    if (known === undefined) return;
    for (const { value, at } of [...publish.partitionBy, ...publish.mergeKey, ...publish.sortBy]) {
      // As the query spells it: folders and keys are made of the name.
      if (known.includes(value)) continue;
      report({
        at,
        message: `dataset \`${name.value}\` has no column \`${value}\``,
        ...adviseName({ value, at }, known, "column"),
      });
    }
    const [first] = publish.partitionBy;
    if (first === undefined || known.some((column) => !named.has(column))) return;
    report({
      at: first.at,
      message: `\`partition_by\` names every column of dataset \`${name.value}\``,
      help: "remove a column from it: the files need at least one other column",
    });
  },
});
