import { sqlKey } from "../resolve/sql-files.ts";
import { rule } from "./rule.ts";

/** C008: a path that leads out of `sql/` would read files that no review of SQL has seen. */
export const sqlFileOutside = rule("C008", {
  dataset({ name, sqlFile }, report) {
    if (sqlFile === undefined || sqlKey(sqlFile.value) !== undefined) return;
    report({
      at: sqlFile.at,
      message: `\`sql_file\` of dataset \`${name.value}\` is not a path below \`sql/\``,
      help: "write the path relative to `sql/`, with `/`, for example `bookings/sql_queries/fact_bookings.sql`",
    });
  },
});
