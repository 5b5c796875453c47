import { suggestOr } from "../nearest.ts";
import { fullName } from "../resolve/table-uses.ts";
import { rule, tableUse } from "./rule.ts";

/** Q004: a table that `tables` does not list fails an hour into the run, or worse: reads a view of another dataset. */
export const tableNotListed = rule(
  "Q004",
  tableUse("table", (use, dataset, report) => {
    if (!dataset.hasAllTables) return;
    const listed = dataset.tables.map(({ name }) => name.value);
    const isListed = listed.some((name) => name.toLowerCase() === use.name.toLowerCase());
    if (use.qualifier === undefined && isListed) return;
    const full = fullName(use);
    const same = dataset.tables.find(({ name }) => name.value.toLowerCase() === full.toLowerCase())?.name;
    // For Spark the one is a view's name with a dot and the other two names.
    if (same !== undefined)
      return report({
        at: same.at,
        message: `\`table_name\` is \`${same.value}\`, but a source table has a plain name, without a database`,
        help: `write \`${use.name}\` as \`table_name\`, and read \`${use.name}\` in the SQL`,
        notes: [{ place: use.at, message: `read here as table \`${use.name}\` of a database` }],
      });
    report({
      at: use.at,
      message: `table \`${full}\` is not in \`tables\` of dataset \`${dataset.name.value}\``,
      help:
        use.qualifier !== undefined && isListed
          ? `write \`${use.name}\`: source tables have no database`
          : suggestOr(use.name, listed, "table", "add it to `tables` with its `s3_path`"),
      notes: [{ place: dataset.name.at, message: "the dataset" }],
    });
  }),
);
