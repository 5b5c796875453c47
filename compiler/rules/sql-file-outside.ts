import { type Rule, sqlKey } from "../resolve/world.ts";

/** C008: a path that leads out of `sql/` would read files that no review of SQL has seen. */
export const sqlFileOutside: Rule = {
  code: "C008",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      for (const { name, sqlFile } of pipeline.datasets.values()) {
        if (sqlFile === undefined || sqlKey(sqlFile.value) !== undefined) continue;
        report({
          code: "C008",
          pipeline: pipeline.name,
          at: sqlFile.at,
          message: `\`sql_file\` of dataset \`${name.value}\` is no path below \`sql/\``,
          help: "write the path of the file below `sql/`, with `/`, for example `bookings/sql_queries/fact_bookings.sql`",
        });
      }
    }
  },
};
