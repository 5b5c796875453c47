import { rule, tableUse } from "./rule.ts";

/** Q009: with `IDENTIFIER(…)` the table is unknown before the run. */
export const tableNamedAtRunTime = rule(
  "Q009",
  tableUse("dynamic", ({ at }, dataset, report) =>
    report({
      at,
      message: `the SQL of dataset \`${dataset.name.value}\` names its table at run time`,
      help: "write the table's name",
    }),
  ),
);
