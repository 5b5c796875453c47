import { rule, tableUse } from "./rule.ts";

/** Q009: with `IDENTIFIER(…)` nobody can tell before the run what is read. */
export const tableNamedAtRunTime = rule(
  "Q009",
  tableUse("dynamic", ({ at }, dataset, report) =>
    report({
      at,
      message: `the SQL of dataset \`${dataset.name.value}\` names its table at run time`,
      help: "write the table's name itself",
    }),
  ),
);
