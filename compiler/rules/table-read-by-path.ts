import { rule, tableUse } from "./rule.ts";

/** Q003: a path in SQL bypasses `tables`: no permission, no order, no check of its existence. */
export const tableReadByPath = rule(
  "Q003",
  tableUse("path", ({ at }, dataset, report) =>
    report({
      at,
      message: `the SQL of dataset \`${dataset.name.value}\` reads files by their path`,
      help: "list the location under `tables` with a `table_name`, and read that name",
    }),
  ),
);
