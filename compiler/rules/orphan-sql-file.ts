import { nearest } from "../nearest.ts";
import { locate } from "../parse/text.ts";
import { type Rule, sqlKey } from "../resolve/world.ts";

/** C010: a `.sql` file that no dataset of any pipeline names is dead, or somebody forgot it. */
export const orphanSqlFile: Rule = {
  code: "C010",
  check(world, report) {
    if (world.pipelines.some((pipeline) => !pipeline.complete)) return;
    const named = new Set(
      world.pipelines.flatMap((pipeline) =>
        [...pipeline.datasets.values()].flatMap(({ sqlFile }) => {
          const key = sqlFile && sqlKey(sqlFile.value);
          // A misspelt name is C009, which suggests the file.
          return key === undefined || world.sql.has(key) ? [key] : [nearest(key, world.sql.keys())];
        }),
      ),
    );
    for (const [key, file] of world.sql) {
      if (named.has(key)) continue;
      report({
        code: "C010",
        pipeline: ownerOf(
          key,
          world.pipelines.map((pipeline) => pipeline.name),
        ),
        at: locate(file.path, file.text).place(0),
        message: `no dataset names \`${file.path}\``,
        help: "add a dataset for it to `sql_queries.json`, or delete the file",
      });
    }
  },
};

/** The pipeline that a file belongs to by its first folder; otherwise the first one, so that it is shown at all. */
function ownerOf(key: string, pipelines: readonly string[]): string {
  return pipelines.find((name) => key.startsWith(`${name}/`)) ?? pipelines[0] ?? "";
}
